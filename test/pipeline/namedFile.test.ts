import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { plan } from "../../src/pipeline/plan.js";
import { localExecutor } from "../../src/run/executors/local.js";
import { schedule } from "../../src/run/schedule.js";
import { hashContent } from "../../src/store/contentHash.js";
import { openStore } from "../../src/store/store.js";
import { loadStages } from "../../stages/index.js";
import { npyFile } from "../files/npyFile.js";

const stages = await loadStages();

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/** A folder with a pipeline that imports files named by a param, and two such files in a folder below. */
function workplace(path = "data/${name}.npy"): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-files-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "data", "one.npy"), npyFile([2], Float64Array.of(1, 2)));
  writeFileSync(join(folder, "data", "two.npy"), npyFile([2], Float64Array.of(3, 4)));
  writeFileSync(
    join(folder, "p.yaml"),
    `name: p\nmatrix: { name: [one, two] }\nstages:\n  grid: { uses: import-grid, with: { path: "${path}" } }\n  tree: { uses: merge-tree, from: { grid: grid } }\n`,
  );
  return folder;
}

const planOf = (folder: string, ...settings: string[]) =>
  plan(loadPipeline(join(folder, "p.yaml"), { set: settings }), stages);

function complaint(folder: string, ...settings: string[]): string {
  try {
    planOf(folder, ...settings);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(folder, "");
  }
  assert.fail("the pipeline was accepted");
}

const stagesModule = new URL("../../stages/index.js", import.meta.url).href;

test("files are found from the pipeline file, and their content is part of the key", () => {
  const folder = workplace();
  const before = planOf(folder).steps;
  const [one] = before;
  const file = join(folder, "data/one.npy");
  assert.deepEqual(one.files, [{ path: "data/one.npy", absolute: file, sha256: hashContent(file) }]);
  assert.deepEqual(one.params.path, "data/one.npy", "params stay as written");
  assert.deepEqual((one.preimage as { files: object }).files, { "data/one.npy": one.files[0].sha256 });
  assert.ok(!("files" in (before[2].preimage as object)), "a step that names no file has the key it always had");

  writeFileSync(file, npyFile([2], Float64Array.of(1, 5)));
  const after = planOf(folder).steps;
  assert.deepEqual(
    after.map(({ key }, i) => key === before[i].key),
    [false, true, false, true],
    "grid@one, grid@two, tree@one, tree@two",
  );
});

test("a file that is missing or unreadable is told at its parameter, with the nearest name", () => {
  const folder = workplace();
  assert.equal(
    complaint(folder, "name=[one, too]"),
    [
      '/p.yaml:4:44 grid.path is "data/too.npy", but /data/too.npy does not exist; expected the path of a file, relative to the pipeline file; did you mean "two.npy"?',
      '  4 |   grid: { uses: import-grid, with: { path: "data/${name}.npy" } }',
      `    |                                            ${"^".repeat(18)}`,
    ].join("\n"),
  );
  const elsewhere = complaint(workplace("nowhere/${name}.npy"));
  assert.match(
    elsewhere,
    /nowhere\/one\.npy does not exist; .*; put it there, or change path; files are missing at 1 more place$/m,
  );
  assert.match(complaint(workplace("")), /grid\.path is empty; expected the path of a file/);
  assert.match(complaint(workplace("data/one.npy/${name}.npy")), /does not exist/);
  const strange = workplace("${name}.npy");
  symlinkSync("/dev/null", join(strange, "one.npy"));
  symlinkSync("two.npy", join(strange, "two.npy"));
  assert.match(complaint(strange), /one\.npy cannot be read: .*one\.npy is neither a file nor a folder/);
  assert.match(complaint(strange), /two\.npy cannot be read: ELOOP/);
});

test("the hash of a folder is that of all names and contents below it", () => {
  const folder = workplace();
  const data = join(folder, "data");
  const hashes = [hashContent(data)];
  assert.equal(hashContent(data), hashes[0]);
  assert.equal(hashContent(join(data, "one.npy")), sha256(npyFile([2], Float64Array.of(1, 2))));
  mkdirSync(join(data, "below"));
  assert.equal(hashContent(data), hashes[0], "an empty folder holds nothing");
  writeFileSync(join(data, "below", "x"), "1");
  hashes.push(hashContent(data));
  writeFileSync(join(data, "below", "x"), "2");
  hashes.push(hashContent(data));
  symlinkSync("one.npy", join(data, "link"));
  hashes.push(hashContent(data));
  assert.equal(new Set(hashes).size, 4);
  symlinkSync("..", join(data, "below", "up"));
  assert.throws(() => hashContent(data), /the link .*up leads to a folder that contains it/);
});

test("a result from a file that changed after planning is not stored", async () => {
  const folder = workplace();
  const planned = planOf(folder);
  const cache = openStore(join(folder, "cache"));
  const file = join(folder, "data/one.npy");
  writeFileSync(file, npyFile([2], Float64Array.of(8, 9)));
  const [one, two, ...trees] = await schedule(planned, cache, localExecutor(1), { stages: stagesModule });
  assert.equal(one.state, "failed");
  assert.equal(
    "error" in one && one.error,
    "the file data/one.npy changed during the run; run again to use the new content",
  );
  assert.equal(cache.lookup(one.step.key).record, undefined);
  assert.deepEqual([two.state, ...trees.map(({ state }) => state)], ["done", "blocked", "done"]);
  writeFileSync(file, "no .npy file any more");
  const [again] = await schedule(planned, cache, localExecutor(1), { stages: stagesModule });
  assert.match("error" in again ? again.error : "", /changed during the run/, "not: is not a .npy file");
});
