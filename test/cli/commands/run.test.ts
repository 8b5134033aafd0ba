import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A stage that does what `mode` says. */
const stage = `import { appendFileSync, existsSync, writeFileSync } from "node:fs";
export default {
  version: 1,
  inputs: { before: { kinds: ["table"], optional: true } },
  output: "table",
  schema: { type: "object", properties: { mode: { type: "string", default: "well" } } },
  parts: ({ params }) => (params.mode.startsWith("pieces") ? 6 : 1),
  async run({ params: { mode }, part, progress, resume }) {
    if (mode === "memory") for (const all = []; ; ) all.push(new Array(1000).fill(Math.random()));
    if (mode === "ends") process.exit(3);
    if (mode === "ends once" || (mode === "pieces, one ends" && part.index === 2)) {
      if (!existsSync("ended")) {
        writeFileSync("ended", "");
        process.exit(3);
      }
    }
    if (mode === "deaf") for (;;) {}
    let done = 0;
    if (mode === "slow" || mode === "resumed") {
      done = resume.load()?.columns.at[0] ?? 0;
      appendFileSync("begun", mode + " at " + done + "\\n");
      for (; done < 60; done++) {
        await new Promise((wake) => setTimeout(wake, 50));
        progress(done / 60, { done, unit: "points" });
        if (mode === "resumed") {
          resume.save(() => ({ kind: "table", columns: { at: Float64Array.of(done + 1) }, metadata: {}, summary: {} }));
        }
      }
    }
    if (mode === "pieces") {
      appendFileSync("begun", part.index + " begins\\n");
      await new Promise((wake) => setTimeout(wake, 1000));
      progress(1);
      appendFileSync("begun", part.index + " ends\\n");
    }
    return { columns: { index: Float64Array.of(part.index) }, summary: { pieces: part.count, strange: NaN } };
  },
};
`;

function workplace(stages: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-running-"));
  writeFileSync(join(folder, "stage.mjs"), stage);
  writeFileSync(join(folder, "p.yaml"), `stages:\n${stages.trimEnd()}\n`);
  return folder;
}

const use = (name: string, mode: string, rest = "") =>
  `  ${name}: { uses: ./stage.mjs, with: { mode: "${mode}" }${rest} }\n`;

function cirque(folder: string, args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

/** A run in the background; `begun` resolves when its stage says so. */
function started(folder: string, ...args: string[]) {
  const run = spawn(process.execPath, [cli, "run", "p.yaml", ...args], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  run.stdout.on("data", (text) => (said.stdout += text));
  run.stderr.on("data", (text) => (said.stderr += text));
  const ended = new Promise<number | string>((done) => run.once("close", (code, signal) => done(code ?? signal ?? "")));
  const begun = async () => {
    while (!existsSync(join(folder, "begun"))) await sleep(20);
  };
  return { run, said, ended, begun };
}

test("a worker that dies is replaced and its step tried again, at most twice; the other steps go on", () => {
  const folder = workplace(
    use("memory", "memory") +
      use("ends", "ends") +
      use("once", "ends once") +
      use("pieces", "pieces, one ends") +
      use("well", "well"),
  );
  writeFileSync(join(folder, "ended"), "");
  const [first] = [
    cirque(folder, ["run", "p.yaml", "memory", "ends", "well", "-j", "2"], { NODE_OPTIONS: "--max-old-space-size=80" }),
  ];
  assert.equal(first.status, 1, first.stderr);
  assert.match(
    first.stderr,
    /✗ memory: its worker ran out of memory, 3 times; use fewer workers \(-j 1\), or allow each more by NODE_OPTIONS/,
  );
  assert.match(first.stderr, /✗ ends: its worker ended by itself, with exit code 3, 3 times\n/);
  assert.match(first.stderr, /✓ well/);
  assert.match(cirque(folder, ["logs", "p.yaml", "ends"]).stdout, /exit code 3\n.*exit code 3\n.*exit code 3\n/);

  for (const name of ["once", "pieces"]) {
    const again = workplace(use("once", "ends once") + use("pieces", "pieces, one ends"));
    const run = cirque(again, ["run", "p.yaml", name, "-j", "2"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(
      run.stderr,
      new RegExp(`warning ${name}: its worker ended by itself, with exit code 3; a fresh worker tries again`),
    );
  }
});

test("a step that takes longer than its timeout fails alone, whether it speaks or not, and goes on from where it was", () => {
  const limit = ", timeout: 1 s";
  const folder = workplace(
    use("deaf", "deaf", limit) +
      use("slow", "slow", limit) +
      use("resumed", "resumed", ", timeout: 2") +
      use("well", "well", ", timeout: 5 min"),
  );
  const { status, stderr } = cirque(folder, ["run", "p.yaml", "-j", "3"]);
  assert.equal(status, 1);
  for (const [name, seconds] of [
    ["deaf", 1],
    ["slow", 1],
    ["resumed", 2],
  ]) {
    assert.match(stderr, new RegExp(`✗ ${name}: it took longer than its timeout of ${seconds} s\n`));
  }
  assert.match(stderr, /✓ well/);
  writeFileSync(join(folder, "p.yaml"), `stages:\n${use("resumed", "resumed", ", timeout: 30")}`);
  const again = cirque(folder, ["run", "p.yaml"]);
  assert.equal(again.status, 0, `a timeout is no part of the key: ${again.stderr}`);
  const begun = readFileSync(join(folder, "begun"), "utf8");
  const [, from] = /resumed at 0\n(?:.*\n)*resumed at (\d+)\n/.exec(begun) ?? [];
  assert.ok(Number(from) > 0, begun);
});

test("a timeout that is none is told with its place", () => {
  for (const timeout of ["0", "-1", "soon", "0 s", "10 parsecs", "[1]"]) {
    const folder = workplace(use("well", "well", `, timeout: ${timeout}`));
    const { status, stderr } = cirque(folder, ["check", "p.yaml"]);
    assert.equal(status, 2, timeout);
    assert.match(stderr, /^p\.yaml:2:\d+ stages\.well\.timeout is /);
  }
});

test("Ctrl+C once lets pieces end and begins no other; the next run makes only those that are left", async () => {
  const folder = workplace(use("pieces", "pieces"));
  const { run, said, ended, begun } = started(folder, "-j", "1");
  await begun();
  run.kill("SIGINT");
  assert.equal(await ended, 130, said.stderr);
  assert.match(said.stderr, /interrupted; finished steps and pieces are kept; run again to continue\n$/);
  const lines = () => readFileSync(join(folder, "begun"), "utf8").trimEnd().split("\n");
  assert.ok(lines().length < 12 && lines().length % 2 === 0, `as many ends as beginnings: ${lines()}`);
  assert.equal(cirque(folder, ["run", "p.yaml"]).status, 0);
  assert.equal(lines().length, 12, "no piece was made twice");
});

test("Ctrl+C once stops where a step keeps how far it is; twice at once; SIGTERM too", async () => {
  const folder = workplace(use("resumed", "resumed"));
  const first = started(folder);
  await first.begun();
  await sleep(300);
  first.run.kill("SIGINT");
  assert.equal(await first.ended, 130);
  assert.equal(cirque(folder, ["run", "p.yaml"]).status, 0);
  const [, from] = /resumed at 0\nresumed at (\d+)\n$/.exec(readFileSync(join(folder, "begun"), "utf8")) ?? [];
  assert.ok(Number(from) > 0 && Number(from) < 60);

  for (const [signals, code] of [
    [["SIGINT", "SIGINT"], 130],
    [["SIGTERM"], 143],
  ] as const) {
    const run = started(workplace(use("slow", "slow")));
    await run.begun();
    for (const signal of signals) {
      run.run.kill(signal);
      await sleep(200);
    }
    assert.equal(await run.ended, code, run.said.stderr);
  }
});

test("--json prints the events, one object a line, and nothing else", () => {
  const folder = workplace(
    use("one", "well") +
      use("two", "ends", ", from: { before: one }") +
      use("three", "well", ", from: { before: two }"),
  );
  const { status, stdout, stderr } = cirque(folder, ["run", "p.yaml", "--json"]);
  assert.equal(status, 1);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const of = (name: string) => events.filter(({ event }) => event === name);
  assert.deepEqual(
    events[0].steps.map(({ step, uses, cached }: Record<string, unknown>) => [step, uses, cached]),
    ["one", "two", "three"].map((step) => [step, "stage.mjs", false]),
  );
  const finished = of("finished").map(({ step, state, summary }) => [step, state, summary]);
  assert.deepEqual(finished, [
    [
      "one",
      "done",
      [
        ["pieces", 1],
        ["strange", "NaN"],
      ],
    ],
    ["two", "failed", undefined],
    ["three", "blocked", undefined],
  ]);
  assert.equal(of("finished")[0].key, events[0].steps[0].key);
  assert.match(of("finished")[1].error, /exit code 3/);
  assert.equal(of("warning").length, 2);
  assert.ok(of("published")[0].files.includes("results/p/manifest.json"));
  const { event, exitCode, done, cached, failed, blocked } = events.at(-1);
  assert.deepEqual(
    { event, exitCode, done, cached, failed, blocked },
    { event: "end", exitCode: 1, done: 1, cached: 0, failed: 1, blocked: 1 },
  );
  assert.match(stderr, /1 failed: two/);
});
