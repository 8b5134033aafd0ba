import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { announceRun } from "../../src/store/liveRuns.js";
import { openStore } from "../../src/store/store.js";
import { findGarbage, removeGarbage, removeIf } from "../../src/store/tidyStore.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const key = (letter: string) => letter.repeat(64);

/** A store of results a, b and c that were written a day ago. */
function workplace() {
  const store = openStore(mkdtempSync(join(tmpdir(), "cirque-tidy-")));
  for (const letter of ["a", "b", "c"]) store.put(key(letter), { stage: letter }, Buffer.from(letter), {});
  makeOld(store.folder);
  return store;
}

function makeOld(folder: string): void {
  const day = new Date(Date.now() - 86_400_000);
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, name);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) utimesSync(path, day, day);
  }
}

const whats = (garbage: { files: { what: string }[] }) => garbage.files.map(({ what }) => what.slice(0, 1)).sort();

test("what nothing refers to goes, its record before its object; what a key or a live run needs stays", () => {
  const store = workplace();
  const wanted = new Set([key("a")]);
  assert.equal(findGarbage(store, wanted).files.length, 4);
  const { withdraw } = announceRun(store.folder, [key("b")]);
  const garbage = findGarbage(store, wanted);
  assert.deepEqual(whats(garbage), ["a", "c"], "the record of c, and an object without a record");
  assert.match(garbage.files[0].path, /records/);
  withdraw();
  assert.equal(findGarbage(store, wanted).files.length, 4);
  assert.equal(removeGarbage(store, garbage, wanted), 2);
  assert.ok(store.lookup(key("a")).record && store.lookup(key("b")).record);
  assert.equal(store.lookup(key("c")).record, undefined);
});

test("what is written, or needed by a run that begins, between the plan and the removal stays", () => {
  const store = workplace();
  const garbage = findGarbage(store, new Set());
  store.put(key("a"), { stage: "a" }, Buffer.from("a"), {});
  const { withdraw } = announceRun(store.folder, [key("b")]);
  assert.equal(removeGarbage(store, garbage, new Set()), 2);
  withdraw();
  assert.ok(store.lookup(key("a")).record, "written since");
  assert.ok(store.lookup(key("b")).record, "needed since");
});

test("what is written, or needed, between the look at a file and its removal stays", () => {
  const store = workplace();
  const pathOf = (letter: string) => join(store.folder, "records", letter.repeat(2), `${key(letter)}.json`);
  let looks = 0;
  const day = Date.now() - 3_600_000;
  const written = removeIf(store.folder, pathOf("a"), (at) => {
    const isOld = statSync(at).mtimeMs < day;
    if (looks++ === 0) store.put(key("a"), { stage: "a", again: true }, Buffer.from("new"), {});
    return isOld;
  });
  assert.equal(written, false);
  assert.deepEqual(store.record(key("a"))?.preimage, { stage: "a", again: true });

  const garbage = findGarbage(store, new Set());
  const announced: (() => void)[] = [];
  const isBegun = garbage.files.findIndex(({ path }) => path === pathOf("b"));
  const files = garbage.files.map((file, i) => ({
    ...file,
    // The first look at the record of b is before the run begins, the second after it.
    get path() {
      if (i === isBegun && announced.length === 0) announced.push(announceRun(store.folder, [key("b")]).withdraw);
      return file.path;
    },
  }));
  removeGarbage(store, { ...garbage, files }, new Set());
  for (const withdraw of announced) withdraw();
  assert.ok(store.lookup(key("b")).record, "needed since the removal began");
  assert.ok(store.lookup(key("a")).record);
  assert.equal(store.lookup(key("c")).record, undefined);
  assert.deepEqual(readdirSync(join(store.folder, "tmp")), []);

  const newer = removeIf(store.folder, pathOf("b"), (at) => {
    if (at === pathOf("b")) return true;
    store.put(key("b"), { stage: "b", again: true }, Buffer.from("newer"), {});
    return false;
  });
  assert.equal(newer, false);
  assert.deepEqual(store.record(key("b"))?.preimage, { stage: "b", again: true }, "the newer file stays");
});

test("dangling links are not files, and a dead run needs nothing", () => {
  const store = workplace();
  symlinkSync("nowhere", join(store.folder, "objects", "dangling"));
  symlinkSync("nowhere", join(store.folder, "records", "dangling"));
  const all = new Set(["a", "b", "c"].map(key));
  assert.deepEqual(findGarbage(store, all).files, []);

  const announcing = `import { announceRun } from ${JSON.stringify(join(process.cwd(), "dist/src/store/liveRuns.js"))};
    announceRun(${JSON.stringify(store.folder)}, [${JSON.stringify(key("a"))}]);`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", announcing], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.equal(readdirSync(join(store.folder, "live")).length, 1);
  assert.equal(findGarbage(store, new Set()).files.length, 6);
  assert.equal(readdirSync(join(store.folder, "live")).length, 0);
});

test("a folder that cannot be listed ends the search", (t) => {
  // Root may list every folder.
  if (process.getuid?.() === 0) return t.skip("root reads every folder");
  const store = workplace();
  const closed = join(store.folder, "records/aa");
  chmodSync(closed, 0o000);
  try {
    assert.throws(() => findGarbage(store, new Set(["a", "b", "c"].map(key))), /EACCES/);
  } finally {
    chmodSync(closed, 0o755);
  }
});

const stage = `export default { version: 1, inputs: { before: { kinds: ["table"], many: true, optional: true } }, output: "table",
  schema: { type: "object", properties: { n: { type: "number" }, pieces: { type: "number", default: 1 } } },
  parts: ({ params }) => params.pieces,
  async run({ params: { n }, part, sources }) {
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.v[0], 0);
    await new Promise((wake) => setTimeout(wake, 2));
    return { columns: { v: Float64Array.of(before + n + part.index) } };
  } };\n`;
const pipeline = `stages:
${[1, 2, 3, 4].map((n) => `  s${n}: { uses: ./stage.mjs, with: { n: ${n}, pieces: ${n} }${n > 1 ? `, from: { before: [s${n - 1}] }` : ""} }`).join("\n")}
publish: [s1, s2, s3, s4]
`;
const rounds = Number(process.env.CIRQUE_GC_ROUNDS ?? 8);

test(`gc beside ${rounds} forced runs, in a store whose files are old, removes nothing that they need`, {
  timeout: Math.max(600_000, rounds * 75_000),
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-gc-"));
  writeFileSync(join(folder, "stage.mjs"), stage);
  writeFileSync(join(folder, "p.yaml"), pipeline);
  const cirque = (...args: string[]) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (text) => (said += text));
    child.stderr.on("data", (text) => (said += text));
    return new Promise<{ code: number | null; said: string }>((done) =>
      child.once("close", (code) => done({ code, said })),
    );
  };
  assert.equal((await cirque("run", "p.yaml", "-q")).code, 0);
  const store = join(folder, "results/.cache");
  let isOver = false;
  const collecting = (async () => {
    while (!isOver) {
      const { code, said } = await cirque("gc", "--yes", "--keep-runs", "1");
      assert.equal(code, 0, said);
    }
  })();
  for (let round = 0; round < rounds; round++) {
    makeOld(join(store, "records"));
    makeOld(join(store, "objects"));
    const { code, said } = await cirque("run", "p.yaml", "-q", "-j", "1", "--force");
    assert.equal(code, 0, said);
    assert.doesNotMatch(said, /warning/);
  }
  isOver = true;
  await collecting;
  const { code, said } = await cirque("verify");
  assert.equal(code, 0, said);
  assert.match(said, /all intact/);
  assert.match((await cirque("run", "p.yaml")).said, /all cached/);

  writeFileSync(join(folder, "p.yaml"), pipeline.replace("n: 4", "n: 40"));
  rmSync(join(store, "runs"), { recursive: true });
  makeOld(store);
  const plan = await cirque("gc", "p.yaml", "-n");
  assert.match(plan.said, /stage\.mjs [0-9a-f]{64} .*\n/);
  assert.ok(existsSync(store));
});
