/** `run --executor slurm` against a Slurm that misbehaves as real ones do. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fakeSlurm } from "./slurm/fakeSlurm.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

const stage = `import { appendFileSync } from "node:fs";
export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { name: { type: "string" }, pieces: { type: "number", default: 1 } } },
  parts: ({ params }) => params.pieces,
  async run({ params: { name }, part, progress, sources }) {
    appendFileSync("executions", name + " " + part.index + "\\n");
    for (let i = 0; i < 10; i++) {
      await new Promise((wake) => setTimeout(wake, 15));
      progress(i / 10);
    }
    if (name === "sample 13") throw new Error("thirteen is too much");
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.v[0], 0);
    return { columns: { v: Float64Array.of(before + name.length + part.index) } };
  } };
`;
const pipeline = `matrix: { x: [1, 2, 3, 4] }
resources: { memory: 1 GB, memoryGrowth: 2 }
stages:
  train: { uses: ./stage.mjs, with: { name: "train \${x}" } }
  sample: { uses: ./stage.mjs, with: { name: "sample \${x}", pieces: 3 }, from: { before: [train] }, resources: { cpus: 2 } }
  all: { uses: gather, from: { table: sample } }
publish: [train]
`;
const EXECUTIONS = 4 + 4 * 3;

function workplace(text = pipeline): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-slurm-"));
  for (const [name, content] of Object.entries({ "stage.mjs": stage, "p.yaml": text, executions: "" }))
    writeFileSync(join(folder, name), content);
  return folder;
}

function started(cwd: string, env: NodeJS.ProcessEnv, ...args: string[]) {
  const child = spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const ended = new Promise<{ end: unknown; said: string }>((done) =>
    child.once("close", (code, signal) => done({ end: code ?? signal, said })),
  );
  return { child, ended, said: () => said };
}

const lines = (folder: string) => readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);

function published(folder: string): string[] {
  const at = join(folder, "results/p");
  const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name)).sort();
  return names.map((name) => `${name} ${readFileSync(join(at, name), "base64")}`);
}

const alone = (async () => {
  const folder = workplace();
  const { end, said } = await started(folder, process.env, "run", "p.yaml", "-q").ended;
  assert.equal(end, 0, said);
  return published(folder);
})();

/** Seconds between two questions to the queue: fewer than usual, so that the tests take seconds. */
const POLL = 2;
const poll = ["--poll", String(POLL)];
const slurm = ["run", "p.yaml", "--executor", "slurm", ...poll];

test("workers compute each step and piece once, in few submissions, and the run publishes the bytes of a local one", async () => {
  const expected = await alone;
  const [folder, fake] = [workplace(), fakeSlurm()];
  const start = performance.now();
  const { end, said } = await started(folder, fake.environment, ...slurm).ended;
  assert.equal(end, 0, said);
  const polls = (performance.now() - start) / 1000 / POLL;
  assert.deepEqual(published(folder), expected);
  assert.equal(lines(folder).length, EXECUTIONS);
  assert.equal(new Set(lines(folder)).size, EXECUTIONS);
  const submissions = fake.calls("sbatch").length;
  assert.ok(submissions <= 2 * (1 + 3 * polls), `${submissions} submissions of two kinds of workers`);
  assert.ok(fake.calls("squeue").length <= 1 + polls, "it is asked no more often");
  const again = await started(folder, fake.environment, ...slurm).ended;
  assert.equal(again.end, 0, again.said);
  assert.equal(fake.calls("sbatch").length, submissions, "all is cached");
});

test("a controller that is down is waited for; empty answers of the queue are no failure", async () => {
  const expected = await alone;
  const [folder, fake] = [workplace(), fakeSlurm()];
  writeFileSync(join(fake.state, "down"), "");
  const run = started(folder, fake.environment, ...slurm);
  while (!run.said().includes("does not answer")) await sleep(50);
  writeFileSync(join(fake.state, "empty"), "");
  rmSync(join(fake.state, "down"));
  const { end, said } = await run.ended;
  assert.equal(end, 0, said);
  assert.match(said, /Slurm answers again/);
  assert.deepEqual(published(folder), expected);
  assert.equal(lines(folder).length, EXECUTIONS);
});

test("a worker that ran out of memory has a successor with more; a node that fails has one, too", async () => {
  const expected = await alone;
  const [folder, fake] = [workplace(), fakeSlurm()];
  writeFileSync(join(fake.state, "fates"), "OUT_OF_MEMORY 700\nNODE_FAIL 700\nOUT_OF_MEMORY 600\nOUT_OF_MEMORY 500");
  const { end, said } = await started(folder, fake.environment, ...slurm, "--workers", "2").ended;
  assert.equal(end, 0, said);
  assert.match(said, /a worker ran out of memory \(job 1_0\)/);
  assert.match(said, /a worker disappeared with its node \(job 1_1\)/);
  assert.deepEqual(published(folder), expected);
  const scripts = join(folder, "results/.cache/slurm");
  const asked = (readdirSync(scripts, { recursive: true }) as string[])
    .filter((name) => name.endsWith(".sh"))
    .map((name) => /--mem=(\d+)M/.exec(readFileSync(join(scripts, name), "utf8"))?.[1]);
  assert.ok(asked.includes("2048"), `memory grows: ${asked}`);
});

test("a step that fails is computed once, however many workers there are; the rest is done and told", async () => {
  const [folder, fake] = [workplace(pipeline.replace("[1, 2, 3, 4]", "[1, 13, 2]")), fakeSlurm()];
  const { end, said } = await started(folder, fake.environment, ...slurm).ended;
  assert.equal(end, 1, said);
  assert.match(said, /✗ sample@x=13: thirteen is too much/);
  assert.ok(lines(folder).filter((line) => line.startsWith("sample 13")).length <= 3, "its pieces once each at most");
  assert.ok(existsSync(join(folder, "results/p/tables/train@x=13.csv")));
  const logs = await started(folder, process.env, "logs", "p.yaml", "sample@x=13").ended;
  assert.match(logs.said, /thirteen is too much/);
});

test("the driver may leave or be killed: workers go on, attach publishes, nothing is computed twice", async () => {
  const expected = await alone;
  const [folder, fake] = [workplace(), fakeSlurm()];
  const nothing = await started(folder, fake.environment, "attach", "p.yaml", ...poll).ended;
  assert.equal(nothing.end, 2);
  assert.match(nothing.said, /no workers were submitted for p\.yaml/);
  const left = await started(folder, fake.environment, ...slurm, "--detach").ended;
  assert.equal(left.end, 0, left.said);
  assert.match(left.said, /cirque attach/);
  const killed = started(folder, fake.environment, "attach", "p.yaml", ...poll);
  while (lines(folder).length < 3) await sleep(20);
  killed.child.kill("SIGKILL");
  const { end, said } = await started(folder, fake.environment, "attach", "p.yaml", ...poll).ended;
  assert.equal(end, 0, said);
  assert.deepEqual(published(folder), expected);
  assert.equal(lines(folder).length, EXECUTIONS);
});

test("cancelled workers are not replaced: the run says so, and the next one goes on", async () => {
  const expected = await alone;
  const [folder, fake] = [workplace(), fakeSlurm()];
  const run = started(folder, fake.environment, ...slurm);
  while (lines(folder).length < 2) await sleep(20);
  assert.equal((await started(folder, fake.environment, "cancel", "p.yaml").ended).end, 0);
  const { end, said } = await run.ended;
  assert.equal(end, 1);
  assert.match(said, /its workers were cancelled; run again to go on/);
  const next = await started(folder, fake.environment, ...slurm).ended;
  assert.equal(next.end, 0, next.said);
  assert.deepEqual(published(folder), expected);
});

test("check names the place of what is wrong; scripts are printed; keys do not know of resources", async () => {
  const folder = workplace(pipeline.replace("cpus: 2", "cpus: two").replace("1 GB", "1 TB"));
  const { end, said } = await started(folder, process.env, "check", "p.yaml").ended;
  assert.equal(end, 2);
  assert.match(said, /p\.yaml:2:22.*memory/s);
  assert.match(said, /p\.yaml:5:\d+.*cpus/s);
  const good = workplace();
  const printed = await started(good, process.env, ...slurm, "--print-script").ended;
  assert.equal(printed.end, 0, printed.said);
  assert.deepEqual(printed.said.match(/--cpus-per-task=\d/g), ["--cpus-per-task=1", "--cpus-per-task=2"]);
  const bare = workplace(pipeline.replace(/resources: \{ memory.*\n/, "").replace(", resources: { cpus: 2 }", ""));
  await started(bare, process.env, "run", "p.yaml", "-q").ended;
  const other = await started(bare, process.env, "status", "p.yaml").ended;
  writeFileSync(join(bare, "p.yaml"), pipeline);
  assert.equal((await started(bare, process.env, "status", "p.yaml").ended).said, other.said);
  const wrong = await started(good, process.env, "run", "p.yaml", "--detach").ended;
  assert.equal(wrong.end, 2);
});
