/**
 * What can go wrong with the folder that holds the store: each ends in one clear message, and loses nothing that was
 * finished.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { openStore } from "../../src/store/store.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A column of 80 kB that depends on what comes before; each execution is written down. */
const stage = `import { appendFileSync } from "node:fs";
export default {
  version: 1,
  inputs: { before: { kinds: ["table"], optional: true } },
  output: "table",
  schema: { type: "object", properties: { name: { type: "string" } } },
  async run({ params: { name }, ports, input }) {
    appendFileSync("executions", name + "\\n");
    const first = ports.length > 0 ? input("before").columns.value[1] : name.length;
    return { columns: { value: Float64Array.from({ length: 10000 }, (_, i) => Math.sin(first + i)) }, summary: { first } };
  },
};
`;
const names = ["one", "two", "three", "four", "five"];
const pipeline = `stages:
${names.map((name, i) => `  ${name}: { uses: ./stage.mjs, with: { name: ${name} }${i > 0 ? `, from: { before: ${names[i - 1]} }` : ""} }`).join("\n")}
  all: { uses: gather, from: { table: [five] } }
`;

function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-faults-"));
  writeFileSync(join(folder, "stage.mjs"), stage);
  writeFileSync(join(folder, "p.yaml"), pipeline);
  writeFileSync(join(folder, "executions"), "");
  return folder;
}

const executions = (folder: string) => readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);

function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Path → hash and time of every file below a folder. */
function contents(folder: string): Record<string, string> {
  const paths = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(
    files.map((path) => [
      path,
      `${createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex")} ${statSync(join(folder, path)).mtimeMs}`,
    ]),
  );
}

const hashes = (folder: string) =>
  Object.fromEntries(Object.entries(contents(folder)).map(([path, text]) => [path, text.split(" ")[0]]));

/** A folder in which the pipeline has run; what it publishes. */
const undisturbed = (() => {
  const folder = workplace();
  const { status, stderr } = cirque(folder, "run", "p.yaml");
  assert.equal(status, 0, stderr);
  return { folder, published: hashes(join(folder, "results/p")) };
})();

/** Commands in a world of their own, in which folders can be mounted; undefined where this machine does not let us. */
function mounting(folder: string, ...commands: string[]) {
  if (spawnSync("unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).status !== 0) return undefined;
  const script = commands.join("\n").replaceAll("cirque", `"${process.execPath}" "${cli}"`);
  const { stdout, stderr } = spawnSync("unshare", ["-rm", "sh", "-c", script], { cwd: folder, encoding: "utf8" });
  return { stdout, stderr };
}

test("what another store has is copied and not run; that store is not touched, and what is damaged there runs here", () => {
  const { folder: theirs, published } = undisturbed;
  const before = contents(join(theirs, "results"));
  const ours = workplace();
  const from = ["--store-from", join(theirs, "results")];
  assert.match(cirque(ours, "status", "p.yaml", ...from).stdout, /6 cached$/m);
  assert.equal(existsSync(join(ours, "results")), false, "status writes nothing");
  const run = cirque(ours, "run", "p.yaml", ...from);
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(executions(ours), []);
  assert.deepEqual(hashes(join(ours, "results/p")), published);
  assert.deepEqual(contents(join(theirs, "results")), before);
  assert.match(cirque(ours, "run", "p.yaml").stderr, /6 steps, all cached/, "from now on it is ours");

  const damaged = workplace();
  const copy = join(damaged, "theirs");
  assert.equal(spawnSync("cp", ["-r", join(theirs, "results"), copy]).status, 0);
  const object = largestObject(copy);
  chmodSync(object, 0o644);
  const bytes = readFileSync(object);
  bytes[bytes.length >> 1] ^= 4;
  writeFileSync(object, bytes);
  assert.equal(cirque(damaged, "run", "p.yaml", "--store-from", copy).status, 0);
  assert.equal(executions(damaged).length, 1);
  assert.deepEqual(hashes(join(damaged, "results/p")), published);

  const { status, stderr } = cirque(ours, "run", "p.yaml", "--store-from", "nowhere");
  assert.equal(status, 2);
  assert.match(stderr, /^--store-from nowhere has no store; expected the results folder of another run\n$/);
});

function largestObject(results: string): string {
  const objects = join(results, ".cache/objects");
  const paths = (readdirSync(objects, { recursive: true }) as string[]).map((path) => join(objects, path));
  return paths.sort((a, b) => statSync(b).size - statSync(a).size)[0];
}

test("a full disk ends the run with one message; what was finished is kept, and a run with more room ends as if nothing was", (t) => {
  const folder = workplace();
  const found = mounting(
    folder,
    "mkdir results && mount -t tmpfs -o size=330k tmpfs results",
    "cirque run p.yaml; echo code $?",
    'wc -l < executions; find results -name "*draft*" -o -path "*tmp/*"; echo listed',
    "mount -o remount,size=50m results",
    "cirque run p.yaml -q; echo code $?; cp -r results copy",
  );
  if (found === undefined) return t.skip("no folder can be mounted here");
  const { stdout, stderr } = found;
  const [, first, finished, drafts, second] =
    /code (\d+)\n(\d+)\n([\s\S]*?)listed\n[\s\S]*?code (\d+)\n/.exec(stdout) ?? assert.fail(stdout + stderr);
  assert.equal(first, "1");
  const told =
    "the disk of results/.cache is full; all finished results are kept; make room (cirque gc), then run again";
  assert.equal(stderr.split(told).length, 2, `told once: ${stderr}`);
  assert.doesNotMatch(stderr, /ENOSPC|\n +at /);
  assert.ok(Number(finished) > 1 && Number(finished) <= names.length, stdout);
  assert.equal(drafts, "");
  assert.equal(second, "0", stderr);
  // The step that the disk was too small for runs again, no other.
  assert.equal(executions(folder).length, names.length + 1);
  assert.deepEqual(hashes(join(folder, "copy/p")), undisturbed.published);
});

test("a disk with room for bytes but not for files says so, and a run with more of them ends well", (t) => {
  const folder = workplace();
  const found = mounting(
    folder,
    "mkdir results && mount -t tmpfs -o size=50m,nr_inodes=30 tmpfs results",
    "cirque run p.yaml -q; echo code $?",
    "mount -o remount,nr_inodes=10000 results",
    "cirque run p.yaml -q; echo code $?; cp -r results copy",
  );
  if (found === undefined) return t.skip("no folder can be mounted here");
  assert.match(found.stderr, /^the disk of results\/\.cache holds no more files: it has no free inodes; all finished/);
  assert.deepEqual(found.stdout.match(/code \d/g), ["code 1", "code 0"]);
  assert.deepEqual(hashes(join(folder, "copy/p")), undisturbed.published);
});

test("a folder that cannot be written is told before anything runs; where nothing is to be run it does no harm", (t) => {
  const folder = workplace();
  assert.equal(cirque(folder, "run", "p.yaml").status, 0);
  const before = contents(join(folder, "results"));
  const found = mounting(
    folder,
    "mount --bind results results && mount -o remount,bind,ro results",
    "cirque run p.yaml -q; echo code $?",
    "cirque status p.yaml; echo code $?",
    "sed -i 's/name: two/name: second/' p.yaml",
    "cirque run p.yaml; echo code $?",
  );
  if (found === undefined) return t.skip("no folder can be mounted here");
  const { stdout, stderr } = found;
  assert.deepEqual(stdout.match(/code \d/g), ["code 0", "code 0", "code 1"], stderr);
  assert.match(stdout, /6 cached/);
  assert.match(stderr, /^results\/p cannot be written \(EROFS\); expected a writable folder: --results <folder>\n$/);
  assert.equal(executions(folder).length, names.length, "nothing more ran");
  assert.deepEqual(contents(join(folder, "results")), before);
});

test("a file where the run needs a folder, or a folder where it needs a file, is told", () => {
  const places = ["results", "results/.cache/objects", "results/.cache/live", "results/.cache/claims", "results/p"];
  for (const place of places) {
    const folder = workplace();
    mkdirSync(dirname(join(folder, place)), { recursive: true });
    writeFileSync(join(folder, place), "");
    const { status, stderr } = cirque(folder, "run", "p.yaml", "-q");
    assert.equal(stderr, `${place} is a file; expected a folder\n`);
    assert.equal(status, 1, place);
    if (!place.includes(".cache")) assert.equal(executions(folder).length, 0, "it is told before anything runs");
  }
  const folder = workplace();
  mkdirSync(join(folder, "results/p/manifest.json"), { recursive: true });
  const { status, stderr } = cirque(folder, "run", "p.yaml", "-q");
  assert.equal(stderr, "results/p/manifest.json is a folder; expected a file\n");
  assert.equal(status, 1);
});

test("whatever the clock says, what is intact is found and what was changed is not", () => {
  const key = "a".repeat(64);
  const bytes = new TextEncoder().encode("an artifact");
  const cache = openStore(mkdtempSync(join(tmpdir(), "cirque-clock-")));
  cache.put(key, {}, bytes, {});
  const record = join(cache.folder, "records/aa", `${key}.json`);
  const again = () => {
    const fresh = openStore(cache.folder);
    const found = fresh.lookup(key);
    fresh.remember();
    return found;
  };
  const { path } = { path: "", ...again() };
  for (const time of [0, 1, 4_000_000_000, Date.now() / 1000 + 86_400]) {
    for (const file of [path, record]) utimesSync(file, time, time);
    assert.ok(again().record, `at ${time}`);
    assert.ok(again().record, `at ${time}, once more`);
    // Changed, and then given the times that it had.
    chmodSync(path, 0o644);
    writeFileSync(path, "an Artifact");
    utimesSync(path, time, time);
    assert.equal(again().record, undefined, `changed at ${time}`);
    cache.put(key, {}, bytes, {});
    assert.ok(again().record);
  }
});

test("what killed runs have left is swept, and damaged records of runs are passed over", () => {
  const folder = workplace();
  assert.equal(cirque(folder, "run", "p.yaml").status, 0);
  const drafts = [
    `results/.cache/tmp/${hostname()}-999999999-0a1b2c`,
    `results/p/tables/all.csv.draft-${hostname()}-999999999`,
  ];
  for (const draft of drafts) {
    mkdirSync(join(folder, draft, ".."), { recursive: true });
    writeFileSync(join(folder, draft), "half");
  }
  const runs = join(folder, "results/.cache/runs/p");
  const [name] = readdirSync(runs);
  const text = readFileSync(join(runs, name), "utf8");
  const damages = [
    "",
    "{",
    "null",
    "[]",
    text.slice(0, -5),
    text.replace(/"id":"1-/, '"id":"x-'),
    text.replace(/"steps":\{/, '"steps":null,"x":{'),
  ];
  for (const [i, damage] of damages.entries()) writeFileSync(join(runs, `${i + 2}-00aa.json`), damage);
  rmSync(join(runs, name));
  writeFileSync(join(folder, "p.yaml"), pipeline.replace("name: five", "name: fifth"));
  assert.match(cirque(folder, "status", "p.yaml").stdout, /4 cached, 2 missing/);
  const run = cirque(folder, "run", "p.yaml");
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(
    drafts.filter((draft) => existsSync(join(folder, draft))),
    [],
  );
  // The numbers of damaged records are not given again.
  assert.match(cirque(folder, "runs", "p.yaml").stdout, /^9-[0-9a-f]{4} .* 6 steps, done\n$/);
  assert.equal(cirque(folder, "gc", "p.yaml").status, 0);
});
