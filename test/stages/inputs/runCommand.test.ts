import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const arrow = createRequire(import.meta.url).resolve("apache-arrow");

/** Writes the number in value.txt, which it names in quotes, as a table. */
const script = `const { tableFromArrays, tableToIPC } = require(${JSON.stringify(arrow)});
const { readFileSync, writeFileSync } = require("node:fs");
const v = Float64Array.of(Number(readFileSync("value.txt", "utf8")));
writeFileSync(process.env.CIRQUE_OUTPUT, tableToIPC(tableFromArrays({ v }), "file"));
`;

function workplace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-shell-test-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

const node = process.execPath;
const making = `stages:\n  t: { uses: shell, with: { command: '"${node}" make.cjs > log.txt' } }\n`;

test("a command runs again when a file that it names, or a file that its script names, is another", () => {
  const folder = workplace(
    Object.fromEntries(
      ["a", "b"].flatMap((at, i) => [
        [`${at}/p.yaml`, making],
        [`${at}/make.cjs`, script],
        [`${at}/value.txt`, String(i + 1)],
      ]),
    ),
  );
  const table = () => readFileSync(join(folder, "results/p/tables/t.csv"), "utf8");
  const run = (at: string) => cirque(folder, "run", `${at}/p.yaml`, "--results", "results");
  assert.equal(run("a").status, 0);
  assert.equal(table(), "v\r\n1\r\n");
  assert.equal(run("b").status, 0);
  assert.equal(table(), "v\r\n2\r\n", "the same command in another folder reads other files");
  assert.match(run("b").stderr, /all cached/, "the file that the command writes is not one that it reads");
  writeFileSync(join(folder, "b/value.txt"), "3");
  assert.equal(run("b").status, 0);
  assert.equal(table(), "v\r\n3\r\n");
  writeFileSync(join(folder, "b/make.cjs"), `${script}// changed\n`);
  assert.match(run("b").stderr, /1 to run/);
});

test("a command finds its inputs wherever cirque is called from, and ports that share a variable are refused", () => {
  const copy = 'cp "$CIRQUE_INPUT_X" "$CIRQUE_OUTPUT"';
  const text = `${making}  c: { uses: shell, from: { x: t }, with: { command: '${copy}' } }\n`;
  const folder = workplace({ "in/p.yaml": text, "in/make.cjs": script, "in/value.txt": "5" });
  const run = cirque(folder, "run", "in/p.yaml", "--results", "out");
  assert.equal(run.status, 0, run.stderr);
  const clash = `${making}  c: { uses: shell, from: { a-b: t, a_b: t }, with: { command: "true" } }\n`;
  writeFileSync(join(folder, "in/p.yaml"), clash);
  const { status, stderr } = cirque(folder, "check", "in/p.yaml");
  assert.equal(status, 2);
  assert.match(
    stderr,
    /p\.yaml:3:\d+ c\.from has the ports "a-b" and "a_b", which map to the same variable CIRQUE_INPUT_A_B/,
  );
});

const isGone = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent only.
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
};

async function assertGone(pid: number, seconds: number) {
  for (let i = 0; i < 20 * seconds && !isGone(pid); i++) await sleep(50);
  assert.ok(isGone(pid), `process ${pid} is still there after ${seconds} s`);
}

test("a step ends with its command; what the command left in the background is ended", async () => {
  const command = "sleep 300 & echo $! > child; cp value.arrow $CIRQUE_OUTPUT";
  const folder = workplace({ "p.yaml": `stages: { a: { uses: shell, with: { command: "${command}" } } }\n` });
  const make = `const { tableFromArrays, tableToIPC } = require(${JSON.stringify(arrow)}); require("node:fs").writeFileSync("value.arrow", tableToIPC(tableFromArrays({ v: Float64Array.of(1) }), "file"))`;
  spawnSync(node, ["-e", make], { cwd: folder });
  const start = performance.now();
  const { status, stderr } = cirque(folder, "run", "p.yaml");
  assert.equal(status, 0, stderr);
  assert.ok(performance.now() - start < 60_000);
  await assertGone(Number(readFileSync(join(folder, "child"), "utf8")), 20);
});

test("a command that ignores SIGTERM ends 5 s after its timeout, Ctrl+C, SIGTERM, SIGHUP and kill -9 of the run", {
  timeout: 240_000,
}, async () => {
  const deaf = `trap "" TERM HUP INT; echo $$ > child; while :; do sleep 1; done`;
  const folder = () =>
    workplace({ "p.yaml": `stages: { a: { uses: shell, with: { command: '${deaf}' }, timeout: 1000 } }\n` });
  const late = workplace({ "p.yaml": `stages: { a: { uses: shell, with: { command: '${deaf}' }, timeout: 1 s } }\n` });
  const ends = (["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const).map(async (signal) => {
    const at = folder();
    const run = spawn(node, [cli, "run", "p.yaml"], { cwd: at, stdio: "ignore" });
    const ended = new Promise((done) => run.once("exit", (code, by) => done(code ?? by)));
    while (!existsSync(join(at, "child")) || readFileSync(join(at, "child"), "utf8") === "") await sleep(20);
    run.kill(signal);
    if (signal === "SIGINT") {
      await sleep(200);
      run.kill(signal);
    }
    const codes = { SIGINT: [130, "SIGINT"], SIGTERM: [143], SIGHUP: [129], SIGKILL: ["SIGKILL"] };
    const end = await ended;
    assert.ok((codes[signal] as unknown[]).includes(end), `${signal}: ${end}`);
    await assertGone(Number(readFileSync(join(at, "child"), "utf8")), 20);
  });
  const timedOut = (async () => {
    const run = spawn(node, [cli, "run", "p.yaml"], { cwd: late, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    run.stderr.on("data", (text) => (said += text));
    assert.equal(await new Promise((done) => run.once("exit", done)), 1);
    assert.match(said, /✗ a: it took longer than its timeout of 1 s/);
    assert.doesNotMatch(said, /native code/);
    await assertGone(Number(readFileSync(join(late, "child"), "utf8")), 1);
  })();
  await Promise.all([...ends, timedOut]);
});
