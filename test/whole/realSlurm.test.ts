/** `run --executor slurm` on a real Slurm: the one of SLURM_CONF, or one that this test starts, as root. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const start = join(process.cwd(), "test/slurm/start.sh");

const stage = `import { appendFileSync } from "node:fs";
export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { name: { type: "string" } } },
  async run({ params: { name }, sources }) {
    appendFileSync("executions", name + "\\n");
    await new Promise((wake) => setTimeout(wake, 400));
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
  return { ended };
}

const lines = (folder: string) => readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);

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
after(() => {
  if (skip === false && !isGiven) spawnSync(start, [folder, "stop"]);
});

test("a real Slurm: a task is cancelled and the controller stops meanwhile; the bytes are those of a local run", {
  skip,
}, async () => {
  if (!isGiven) {
    const { status, stderr } = spawnSync(start, [folder], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  }
  const [here, there] = [workplace(), workplace()];
  const local = await started(here, process.env, "run", "p.yaml", "-q").ended;
  assert.equal(local.end, 0, local.said);
  const run = started(there, slurm, "run", "p.yaml", "--executor", "slurm", "--workers", "3").ended;
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
