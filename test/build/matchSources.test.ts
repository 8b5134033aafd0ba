import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { matchSources } from "../../src/build/matchSources.js";

/** A project with these files, all of the same text. */
function project(files: readonly string[]): { at: (path: string) => string; match: () => void } {
  const root = mkdtempSync(join(tmpdir(), "cirque-build-"));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return { at: (path) => join(root, path), match: () => matchSources(pathToFileURL(`${root}/`)) };
}

test("a source that has moved leaves nothing behind in dist", () => {
  const { at, match } = project([
    ...["src/a.ts", "src/b/c.ts", "test/a.test.ts", "schemas/train.json"],
    ...["dist/src/a.js", "dist/src/a.js.map", "dist/src/a.d.ts", "dist/src/b/c.js", "dist/test/a.test.js"],
    ...["dist/schemas/train.cjs", "dist/schemas/gone.cjs", "dist/src/kernel.wasm"],
  ]);
  match();
  assert.ok(existsSync(at("dist/src/a.js")) && !existsSync(at("dist/schemas/gone.cjs")));
  mkdirSync(at("src/d"));
  renameSync(at("src/a.ts"), at("src/d/a.ts"));
  mkdirSync(at("dist/src/d"));
  writeFileSync(at("dist/src/d/a.js"), "");
  match();
  for (const file of ["a.js", "a.js.map", "a.d.ts"]) assert.ok(!existsSync(at(`dist/src/${file}`)), file);
  for (const file of ["src/d/a.js", "src/b/c.js", "test/a.test.js", "schemas/train.cjs", "src/kernel.wasm"]) {
    assert.ok(existsSync(at(`dist/${file}`)), file);
  }
});

test("an output that the compiler believes to be there, and is not, is an error that says what to do", () => {
  const { at, match } = project(["src/a.ts", "dist/src/a.js"]);
  match();
  rmSync(at("dist/src/a.js"));
  assert.throws(match, /dist\/src\/a\.js is missing; remove the folder dist and build again/);
});
