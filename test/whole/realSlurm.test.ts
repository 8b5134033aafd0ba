/** `run --executor slurm` on a real Slurm: the one of SLURM_CONF, or one that this test starts, as root. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const start = join(process.cwd(), "test/slurm/start.sh");

const stage = `import { appendFileSync, existsSync } from "node:fs";
export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { name: { type: "string" } } },
  async run({ params: { name }, sources }) {
    appendFileSync("executions", name + "\\t" + process.pid + "\\n");
    await new Promise((wake) => setTimeout(wake, 400));
    if (existsSync("fail " + name)) throw new Error("no " + name);
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.v[0], 0);
    return { columns: { v: Float64Array.of(before + name.length) } };
  } };
`;
const pipeline = `matrix: { x: [${Array.from({ length: 12 }, (_, i) => i).join(", ")}] }
resources: { memory: 500 MB, time: 5 min }
stages:
  train: { uses: ./stage.mjs, with: { name: "train \${x}" } }
  sample: { uses: ./stage.mjs, with: { name: "sample \${x}" }, from: { before: [train] } }
  all: { uses: gather, from: { table: sample } }
publish: [train]
`;

function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-slurm-"));
  for (const [name, content] of Object.entries({ "stage.mjs": stage, "p.yaml": pipeline, executions: "" }))
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
  return { child, ended };
}

/** What was begun, in that order, and in which process. */
function begun(folder: string): { name: string; pid: number }[] {
  const lines = readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);
  return lines.map((line) => line.split("\t")).map(([name, pid]) => ({ name, pid: Number(pid) }));
}
const lines = (folder: string) => begun(folder).map(({ name }) => name);

function published(folder: string): string[] {
  const at = join(folder, "results/p");
  const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name)).sort();
  return names.map((name) => `${name} ${readFileSync(join(at, name), "base64")}`);
}

const isInstalled = ["slurmctld", "munged"].every(
  (program) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0,
);
const isGiven = process.env.SLURM_CONF !== undefined && spawnSync("sinfo").status === 0;
const skip = isGiven
  ? false
  : !isInstalled
    ? "Slurm is not installed (Debian: slurm-wlm and munge)"
    : process.getuid?.() !== 0 &&
      "only root can start Slurm (test/slurm/start.sh), and SLURM_CONF names none that runs";
const folder = mkdtempSync(join(tmpdir(), "slurm-"));
const slurm = { ...process.env, SLURM_CONF: process.env.SLURM_CONF ?? join(folder, "slurm.conf") };
const onSlurm = ["run", "p.yaml", "--executor", "slurm", "--workers", "3", "--poll", "3"];
before(() => {
  if (skip !== false || isGiven) return;
  const { status, stderr } = spawnSync(start, [folder], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
});
after(() => {
  if (skip === false && !isGiven) spawnSync(start, [folder, "stop"]);
});

test("a real Slurm: a task is cancelled and the controller stops meanwhile; the bytes are those of a local run", {
  skip,
}, async () => {
  const [here, there] = [workplace(), workplace()];
  const local = await started(here, process.env, "run", "p.yaml", "-q").ended;
  assert.equal(local.end, 0, local.said);
  const run = started(there, slurm, ...onSlurm).ended;
  while (lines(there).length < 3) await sleep(50);
  const jobs = spawnSync("squeue", ["--noheader", "--array", "--states=RUNNING", "--format=%i"], {
    ...{ env: slurm, encoding: "utf8" },
  });
  const [first] = jobs.stdout.split("\n");
  spawnSync("scancel", [first], { env: slurm });
  if (!isGiven) {
    const pid = Number(readFileSync(join(folder, "slurmctld.pid"), "utf8"));
    process.kill(pid, "SIGTERM");
    await sleep(3000);
    assert.equal(spawnSync(start, [folder, "controller"]).status, 0);
  }
  const { end, said } = await run;
  assert.equal(end, 0, said);
  assert.deepEqual(published(there), published(here));
  const all = lines(there);
  assert.equal(new Set(all).size, 24);
  assert.ok(all.length <= 24 + 1, `${all.length} executions: only the cancelled worker lost one`);
});

test("a real Slurm: a full disk, a failing step, a killed worker and a killed run; the next run repeats nothing that is finished", {
  skip,
}, async (t) => {
  const [here, there] = [workplace(), workplace()];
  const results = join(there, "results");
  mkdirSync(results);
  const mount = (...args: string[]) => spawnSync("mount", [...args, results]).status === 0;
  if (!mount("-t", "tmpfs", "-o", "size=160k", "tmpfs")) return t.skip("no folder can be mounted here");
  t.after(() => spawnSync("umount", ["--lazy", results]));
  const stored = () =>
    (readdirSync(join(results, ".cache/records"), { recursive: true }) as string[]).filter((name) =>
      /json$/.test(name),
    );

  writeFileSync(join(there, "fail sample 7"), "");
  const full = await started(there, slurm, ...onSlurm).ended;
  assert.equal(full.end, 1, full.said);
  assert.match(full.said, /is full; all finished results are kept/);
  assert.ok(mount("-o", "remount,size=50m"));
  const kept = stored().length;
  const before = begun(there).length;

  const failing = await started(there, slurm, ...onSlurm).ended;
  assert.equal(failing.end, 1, failing.said);
  assert.match(failing.said, /✗ sample@x=7: no sample 7/);
  assert.equal(begun(there).length - before, 24 - kept, "what was stored on the full disk is not computed again");
  rmSync(join(there, "fail sample 7"));

  rmSync(join(results, ".cache/records"), { recursive: true });
  const next = begun(there).length;
  const killed = started(there, slurm, ...onSlurm);
  while (begun(there).length < next + 4) await sleep(20);
  const dead = begun(there)[next + 3].pid;
  process.kill(dead, "SIGKILL");
  killed.child.kill("SIGKILL");
  await killed.ended;
  const last = await started(there, slurm, ...onSlurm).ended;
  assert.equal(last.end, 0, last.said);
  const again = begun(there).slice(next);
  assert.equal(new Set(again.map(({ name }) => name)).size, 24);
  for (const { name, pid } of again.filter((one, i) => again.slice(i + 1).some((later) => later.name === one.name)))
    assert.equal(pid, dead, `${name} was computed again though its worker lived`);
  const local = await started(here, process.env, "run", "p.yaml", "-q").ended;
  assert.equal(local.end, 0, local.said);
  assert.deepEqual(published(there), published(here));
});
