import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileFault } from "../../src/store/fileFault.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-faults-"));
const file = join(folder, "file");
writeFileSync(file, "");

/** The words for the error that `act` ends with. */
function told(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return fileFault(error);
  }
  return assert.fail("it did not fail");
}

test("the file that should be a folder is named, however far above the path it is", () => {
  const expected = `${file} is a file; expected a folder`;
  assert.equal(
    told(() => readFileSync(join(file, "a/b"))),
    expected,
  );
  assert.equal(
    told(() => mkdirSync(join(file, "a"), { recursive: true })),
    expected,
  );
  assert.equal(
    told(() => mkdirSync(file)),
    expected,
  );
});

test("a folder in the place of a file is named, also where a file should be moved", () => {
  mkdirSync(join(folder, "taken"));
  assert.equal(
    told(() => writeFileSync(join(folder, "taken"), "")),
    `${join(folder, "taken")} is a folder; expected a file`,
  );
  assert.equal(
    told(() => renameSync(file, join(folder, "taken"))),
    `${join(folder, "taken")} is a folder; expected a file`,
  );
});

test("errors in other words stay what they are", () => {
  assert.equal(fileFault(new Error("a stage failed")), undefined);
  assert.equal(fileFault("a text"), undefined);
  assert.equal(
    told(() => readFileSync(join(folder, "missing"))),
    undefined,
  );
});
