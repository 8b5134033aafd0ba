import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const cli = join(process.cwd(), "dist/src/cli/main.js");

const stage = `import { appendFileSync } from "node:fs";
export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { name: { type: "string" }, pieces: { type: "number", default: 1 }, wait: { type: "number", default: 150 } } },
  parts: ({ params }) => params.pieces,
  async run({ params: { name, wait }, part, progress, sources }) {
    appendFileSync("executions", name + " " + part.index + " by " + process.pid + "\\n");
    for (let i = 0; i < 10; i++) {
      await new Promise((wake) => setTimeout(wake, wait / 10));
      progress(i / 10);
    }
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.v[0], 0);
    return { columns: { v: Float64Array.of(before + name.length + part.index) } };
  } };
`;
const pipeline = (wait = 150) => `matrix: { x: [1, 2, 3, 4, 5, 6] }
stages:
  train: { uses: ./stage.mjs, with: { name: "train \${x}", wait: ${wait} } }
  sample: { uses: ./stage.mjs, with: { name: "sample \${x}", pieces: 4, wait: ${wait} }, from: { before: [train] } }
publish: [train, sample]
`;
const EXECUTIONS = 6 + 6 * 4;

function workplace(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-work-"));
  writeFileSync(join(folder, "stage.mjs"), stage);
  writeFileSync(join(folder, "p.yaml"), text);
  writeFileSync(join(folder, "executions"), "");
  return folder;
}

function started(folder: string, ...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (said += text));
  const ended = new Promise<{ end: unknown; said: string }>((done) =>
    child.once("close", (code, signal) => done({ end: code ?? signal, said })),
  );
  return { child, ended };
}

const lines = (folder: string) => readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);

function published(folder: string): string[] {
  const at = join(folder, "results/p");
  const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name)).sort();
  return names.map((name) => `${name} ${readFileSync(join(at, name), "base64")}`);
}

const alone = (async () => {
  const folder = workplace(pipeline());
  const { end, said } = await started(folder, "run", "p.yaml", "-q").ended;
  assert.equal(end, 0, said);
  assert.equal(lines(folder).length, EXECUTIONS);
  return published(folder);
})();

test("two workers share the steps and pieces, compute each once, and publish the bytes of one run", async () => {
  const expected = await alone;
  const folder = workplace(pipeline());
  const workers = [1, 2].map(() => started(folder, "work", "p.yaml", "-j", "1", "-q", "--wait"));
  for (const { end, said } of await Promise.all(workers.map(({ ended }) => ended))) assert.equal(end, 0, said);
  const all = lines(folder);
  assert.equal(new Set(all.map((line) => line.replace(/ by .*/, ""))).size, EXECUTIONS);
  assert.equal(all.length, EXECUTIONS, "nothing was computed twice");
  assert.equal(new Set(all.map((line) => line.split(" by ")[1])).size, 2, "both have worked");
  assert.deepEqual(published(folder), expected);
});

test("what a killed worker has claimed is taken over at once; only that is computed again", async () => {
  const expected = await alone;
  const folder = workplace(pipeline());
  const workers = [1, 2, 3].map(() => started(folder, "work", "p.yaml", "-j", "1", "-q", "--wait"));
  while (lines(folder).length < 6) await sleep(20);
  workers[0].child.kill("SIGKILL");
  while (lines(folder).length < 12) await sleep(20);
  workers[1].child.kill("SIGKILL");
  const { end, said } = await workers[2].ended;
  assert.equal(end, 0, said);
  const all = lines(folder);
  assert.ok(all.length <= EXECUTIONS + 2, `${all.length} executions: each killed worker had one task at most`);
  assert.equal((await started(folder, "run", "p.yaml", "-q").ended).end, 0);
  assert.deepEqual(published(folder), expected);
});

test("a worker leaves what others compute when it has been idle; status says who computes it", async () => {
  const folder = workplace(pipeline(300_000).replace("[1, 2, 3, 4, 5, 6]", "[1]"));
  const first = started(folder, "work", "p.yaml", "-j", "1", "-q");
  while (lines(folder).length < 1) await sleep(20);
  const status = await started(folder, "status", "p.yaml").ended;
  assert.match(status.said, new RegExp(`train@x=1.*process ${first.child.pid}, computes it`));
  const second = await started(folder, "work", "p.yaml", "-j", "1", "-q", "--idle", "0").ended;
  assert.equal(second.end, 0);
  assert.match(second.said, /0 computed here, 0 failed, 2 left/);
  first.child.kill("SIGKILL");
});
