import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { writeStageReference } from "../../src/build/stageReference.js";
import { kinds } from "../../stages/index.js";

test("the reference of stages stands between its marks, once for each kind, and is made again without a change", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "cirque-reference-")), "README.md");
  writeFileSync(path, "before\n<!-- stages -->\nold\n<!-- /stages -->\nafter\n");
  await writeStageReference(pathToFileURL(path));
  const text = readFileSync(path, "utf8");
  assert.ok(text.startsWith("before\n<!-- stages -->\n") && text.endsWith("<!-- /stages -->\nafter\n"));
  assert.ok(!text.includes("\nold\n"));
  assert.deepEqual(
    [...text.matchAll(/^### (.+)$/gm)].map(([, kind]) => kind),
    kinds,
  );
  await writeStageReference(pathToFileURL(path));
  assert.equal(readFileSync(path, "utf8"), text);
});

test("a README without the marks is an error that names it", async () => {
  const path = join(mkdtempSync(join(tmpdir(), "cirque-reference-")), "README.md");
  writeFileSync(path, "nothing\n");
  await assert.rejects(writeStageReference(pathToFileURL(path)), /README\.md has no marks <!-- stages -->/);
});
