/** Many workers on one store: over a network file system, and while some of them are killed again and again. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const delayed = pathToFileURL(join(process.cwd(), "dist/test/whole/delayedVisibility.js")).href;
/** Seconds for which workers are killed. */
const KILLING = Number(process.env.CIRQUE_KILL_SECONDS ?? 5);

const stage = `import { appendFileSync } from "node:fs";
export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { name: { type: "string" }, pieces: { type: "number" }, wait: { type: "number" } } },
  parts: ({ params }) => params.pieces,
  async run({ params: { name, wait }, part, sources }) {
    appendFileSync("executions", JSON.stringify({ what: name + " " + part.index, pid: process.pid }) + "\\n");
    await new Promise((wake) => setTimeout(wake, wait));
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.v[0], 0);
    return { columns: { v: Float64Array.of(before + name.length + part.index) } };
  } };
`;
const pipeline = (
  points: number,
  wait: number,
) => `matrix: { x: [${Array.from({ length: points }, (_, i) => i).join(", ")}] }
stages:
  train: { uses: ./stage.mjs, with: { name: "train \${x}", pieces: 1, wait: ${wait} } }
  sample: { uses: ./stage.mjs, with: { name: "sample \${x}", pieces: 3, wait: ${wait} }, from: { before: [train] } }
  all: { uses: gather, from: { table: sample } }
publish: [train, sample]
`;

function workplace(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-shared-"));
  for (const [name, content] of Object.entries({ "stage.mjs": stage, "p.yaml": text, executions: "" }))
    writeFileSync(join(folder, name), content);
  return folder;
}

function started(cwd: string, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text) => (said += text));
  const ended = new Promise<{ end: unknown; said: string }>((done) =>
    child.once("close", (code, signal) => done({ end: code ?? signal, said })),
  );
  return { child, ended };
}

interface Execution {
  what: string;
  pid: number;
}

const executions = (folder: string) =>
  readFileSync(join(folder, "executions"), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Execution);

function published(folder: string): string[] {
  const at = join(folder, "results/p");
  const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => /\.\w+$/.test(name)).sort();
  return names.map((name) => `${name} ${readFileSync(join(at, name), "base64")}`);
}

async function alone(text: string): Promise<string[]> {
  const folder = workplace(text.replaceAll(/wait: \d+/g, "wait: 0"));
  // The parameter belongs to the key, so only the tables are compared.
  const { end, said } = await started(folder, [cli, "run", "p.yaml", "-q"]).ended;
  assert.equal(end, 0, said);
  return published(folder).filter((name) => name.startsWith("tables/") && name.includes(".csv"));
}

test("workers whose client learns late of files of others compute nothing twice, and miss nothing", async () => {
  const text = pipeline(6, 100);
  const folder = workplace(text);
  const work = ["--import", delayed, cli, "work", "p.yaml", "-j", "1", "-q", "--wait"];
  const workers = [1, 2, 3].map(() => started(folder, work));
  for (const { end, said } of await Promise.all(workers.map(({ ended }) => ended))) assert.equal(end, 0, said);
  const all = executions(folder);
  assert.equal(all.length, 6 + 6 * 3);
  assert.equal(new Set(all.map(({ what }) => what)).size, all.length);
  assert.ok(new Set(all.map(({ pid }) => pid)).size > 1, "they have shared the work");
  const tables = published(folder).filter((name) => name.startsWith("tables/") && name.includes(".csv"));
  assert.deepEqual(tables, await alone(text));
});

test(`four workers of which one is killed again and again, ${KILLING} s: only what a dead one had is computed again`, async (t) => {
  const wait = 200;
  // Enough work for the time: four workers with two threads each.
  const text = pipeline(Math.max(8, Math.ceil((KILLING * 4 * 1000) / (4 * wait))), wait);
  const folder = workplace(text);
  const work = [cli, "work", "p.yaml", "-j", "2", "-q", "--wait"];
  const killed = new Set<number>();
  const living = Array.from({ length: 4 }, () => started(folder, work));
  for (const end = performance.now() + 1000 * KILLING; performance.now() < end; ) {
    await sleep(300 + Math.random() * 1500);
    const at = Math.floor(Math.random() * living.length);
    const { child, ended } = living[at];
    if (child.exitCode !== null) break;
    child.kill("SIGKILL");
    killed.add(child.pid as number);
    await ended;
    living[at] = started(folder, work);
  }
  for (const { end, said } of await Promise.all(living.map(({ ended }) => ended))) assert.equal(end, 0, said);
  const last = await started(folder, [cli, "run", "p.yaml", "-q"]).ended;
  assert.equal(last.end, 0, last.said);
  const byWhat = new Map<string, number[]>();
  for (const { what, pid } of executions(folder)) byWhat.set(what, [...(byWhat.get(what) ?? []), pid]);
  const twice = [...byWhat].filter(([, pids]) => pids.length > 1);
  t.diagnostic(`${byWhat.size} steps and pieces, ${killed.size} workers killed, ${twice.length} computed again`);
  for (const [what, pids] of twice) {
    for (const pid of pids.slice(0, -1)) assert.ok(killed.has(pid), `${what} was computed again though ${pid} lived`);
  }
  const tables = published(folder).filter((name) => name.startsWith("tables/") && name.includes(".csv"));
  assert.deepEqual(tables, await alone(text));
});
