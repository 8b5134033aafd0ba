/**
 * Runs that are killed by kill −9 again and again, while files of the store are spoiled in between, and runs side by
 * side: in the end the results are those of a run that nothing disturbed, byte for byte, and no finished intact step
 * ran twice.
 *
 * A step, or a piece of one, is intact when its record can be read and says its key, and the object that it names is
 * there with the length and the hash that it says. What is intact when a run begins must not run in it; and in no run
 * does anything run twice. CIRQUE_TORTURE=<kills> makes it longer, CIRQUE_TORTURE_SEED=<seed> another.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { canonicalJson } from "../../src/artifact/canonicalJson.js";
import { type Random, randomStream } from "../../src/linalg/random.js";

const kills = Number(process.env.CIRQUE_TORTURE ?? 50);
const seed = Number(process.env.CIRQUE_TORTURE_SEED ?? 1);
const cli = join(process.cwd(), "dist/src/cli/main.js");

/** Six stages at ten points; every third step is in pieces. Each execution is written down outside the store. */
const stage = `import { appendFileSync } from "node:fs";
export default {
  version: 1,
  inputs: { before: { kinds: ["table"], many: true, optional: true } },
  output: "table",
  schema: { type: "object", properties: { name: { type: "string" }, at: { type: "number" }, pieces: { type: "number", default: 1 } } },
  parts: ({ params }) => params.pieces,
  async run({ params: { name, at, pieces }, part, sources, progress }) {
    appendFileSync("executions", name + "@at=" + at + (pieces > 1 ? " " + part.index : "") + "\\n");
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.value.reduce((a, b) => a + b, 0), 0);
    for (let i = 0; i < 3; i++) {
      await new Promise((wake) => setTimeout(wake, 3));
      progress(i / 3);
    }
    const value = Float64Array.from({ length: 400 }, (_, i) => Math.sin(before + at + part.index + i));
    return { columns: { value }, summary: { before } };
  },
};
`;
const PIECES = 3;
const use = (name: string, from: string, pieces = 1) =>
  `  ${name}: { uses: ./stage.mjs, with: { name: ${name}, at: "\${at}", pieces: ${pieces} }${from && `, from: { before: [${from}] }`} }\n`;
const pipeline = `name: p
matrix: { at: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
stages:
${use("one", "")}${use("two", "one", PIECES)}${use("three", "one")}${use("four", "two, three")}${use("five", "four", PIECES)}${use("six", "one, five")}publish: [one, two, three, four, five, six]
`;
const STEPS = 60;
const EXECUTIONS = 40 + 20 * PIECES;

function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-torture-"));
  writeFileSync(join(folder, "stage.mjs"), stage);
  writeFileSync(join(folder, "p.yaml"), pipeline);
  writeFileSync(join(folder, "executions"), "");
  return folder;
}

const executions = (folder: string) => readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);

/** A run in its own process; `ended` gives its exit code or signal. */
function start(folder: string) {
  const run = spawn(process.execPath, [cli, "run", "p.yaml", "-q", "-j", "2"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said = { stderr: "" };
  run.stderr.on("data", (text) => {
    said.stderr += text;
  });
  const ended = new Promise<number | string>((done) => run.once("close", (code, signal) => done(code ?? signal ?? "")));
  return { run, said, ended };
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

/** Path → hash of all that is published. */
function published(folder: string): Record<string, string> {
  const results = join(folder, "results/p");
  return Object.fromEntries(filesBelow(results).map((path) => [relative(results, path), sha256(readFileSync(path))]));
}

/** What is executed → its key, of an undisturbed run. */
function keysOf(folder: string): Map<string, string> {
  const { steps } = JSON.parse(readFileSync(join(folder, "results/p/manifest.json"), "utf8")) as {
    steps: { step: string; key: string }[];
  };
  return new Map(
    steps.flatMap(({ step, key }): [string, string][] => {
      if (!/^(two|five)@/.test(step)) return [[step, key]];
      const pieces = Array.from({ length: PIECES }, (_, index): [string, string] => [
        `${step} ${index}`,
        sha256(canonicalJson({ whole: key, index, count: PIECES })),
      ]);
      return [[step, key], ...pieces];
    }),
  );
}

/** Those of the names that the store has, judged without the program. */
function intact(folder: string, keys: ReadonlyMap<string, string>): Set<string> {
  const cache = join(folder, "results/.cache");
  const isIntact = (key: string) => {
    try {
      const record = JSON.parse(readFileSync(join(cache, "records", key.slice(0, 2), `${key}.json`), "utf8"));
      const object = readFileSync(join(cache, "objects", record.object.slice(0, 2), `${record.object}.arrow`));
      return record.key === key && record.bytes === object.length && sha256(object) === record.object;
    } catch {
      return false;
    }
  };
  return new Set([...keys].filter(([, key]) => isIntact(key)).map(([name]) => name));
}

/** Spoils a random file of the store: a bit, its end, all of it, or that it is there. */
function spoil(folder: string, random: Random): void {
  const files = filesBelow(join(folder, "results/.cache"));
  if (files.length === 0) return;
  const among = (part: string) => files.filter((path) => path.includes(`/.cache/${part}`));
  // Records and objects are many: the others get their turn too.
  const kinds = ["objects", "objects", "records", "records", "verified", "runs", ""].map(among);
  const kind = kinds[random.integer(kinds.length)];
  if (kind.length === 0) return;
  const path = kind[random.integer(kind.length)];
  const bytes = readFileSync(path);
  chmodSync(path, 0o644);
  switch (random.integer(4)) {
    case 0:
      if (bytes.length > 0) bytes[random.integer(bytes.length)] ^= 1 << random.integer(8);
      writeFileSync(path, bytes);
      return;
    case 1:
      truncateSync(path, random.integer(bytes.length + 1));
      return;
    case 2:
      writeFileSync(
        path,
        Uint8Array.from({ length: random.integer(2000) }, () => random.integer(256)),
      );
      return;
    default:
      rmSync(path);
  }
}

/** Kills a run once it has executed so much more, or after so many milliseconds, if it has not ended by then. */
async function killed({ run, ended }: ReturnType<typeof start>, folder: string, more: number, most: number) {
  const before = executions(folder).length;
  let end: number | string | undefined;
  ended.then((code) => {
    end = code;
  });
  const begun = performance.now();
  while (end === undefined && executions(folder).length < before + more && performance.now() - begun < most)
    await sleep(2);
  run.kill("SIGKILL");
  return ended;
}

const undisturbed = (async () => {
  const folder = workplace();
  const { ended, said } = start(folder);
  assert.equal(await ended, 0, said.stderr);
  assert.equal(executions(folder).length, EXECUTIONS);
  const keys = keysOf(folder);
  assert.equal([...keys.keys()].filter((name) => !name.includes(" ")).length, STEPS);
  return { keys, files: published(folder) };
})();

/** Kills runs of one folder, `count` of them, and lets the last one end. Gives how much was executed in all. */
async function torture(count: number, seed: number): Promise<number> {
  const { keys, files } = await undisturbed;
  const steps = [...keys.keys()].filter((name) => !name.includes(" "));
  const random = randomStream(seed, "torture");
  const folder = workplace();
  for (let round = 0, done = 0; done <= count; round++) {
    assert.ok(round < 4 * count + 10, "the runs end before they can be killed");
    const finished = intact(folder, keys);
    const before = executions(folder).length;
    const run = start(folder);
    const isLast = done === count;
    // One in four is killed at any moment from its start on, the others once they have come further.
    const most = random.integer(4) === 0 ? random.integer(3000) : 60_000;
    const end = isLast ? await run.ended : await killed(run, folder, 1 + random.integer(12), most);
    const what = `seed ${seed}, round ${round}, ended with ${end}: ${run.said.stderr}`;
    const executed = executions(folder).slice(before);
    assert.deepEqual(
      executed.filter((name) => finished.has(name) || finished.has(name.split(" ")[0])),
      [],
      `intact, and ran again: ${what}`,
    );
    assert.equal(new Set(executed).size, executed.length, `ran twice: ${what}`);
    if (end === 0) {
      assert.deepEqual(published(folder), files, what);
      const whole = intact(folder, keys);
      assert.deepEqual(
        steps.filter((name) => !whole.has(name)),
        [],
        `not mended: ${what}`,
      );
    } else {
      assert.equal(end, "SIGKILL", what);
    }
    if (isLast) break;
    if (end === "SIGKILL") done++;
    for (let i = random.integer(6) + (end === 0 ? 4 : 0); i > 0; i--) spoil(folder, random);
  }
  assert.deepEqual(published(folder), files);
  assert.deepEqual(filesBelow(join(folder, "results/.cache/tmp")), [], "no draft stays behind");
  const all = executions(folder).length;
  rmSync(folder, { recursive: true });
  return all;
}

test(`killed ${kills} times, and its store spoiled in between, a pipeline ends with the same bytes and repeats nothing that is intact`, async () => {
  const half = kills >> 1;
  const all = await Promise.all([torture(half, seed), torture(kills - half, seed + 1000)]);
  // Less would mean that the kills came too early to disturb anything.
  assert.ok(
    all.every((count) => count >= EXECUTIONS),
    String(all),
  );
});

test("two runs at once, one of them killed: the other ends with the same bytes", async () => {
  const { files } = await undisturbed;
  const random = randomStream(seed, "two runs");
  for (let round = 0; round < Math.max(2, kills / 25); round++) {
    const folder = workplace();
    const [one, other] = [start(folder), start(folder)];
    await killed(one, folder, 1 + random.integer(EXECUTIONS - 20), 60_000);
    assert.equal(await other.ended, 0, other.said.stderr);
    assert.deepEqual(published(folder), files);
    rmSync(folder, { recursive: true });
  }
});
