import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

/** Tests over many files of a folder: all figures, all readers, all stages. */
const ofManyFiles = [
  "figures/totality",
  "files/mutations",
  "graph/backends/webgpu",
  "models/weights/damagedWeights",
  "pipeline/malformed",
  "stages/plots/gallery",
  "stages/plots/snapshots",
  "stages/unusedParameters",
];

const tests = (readdirSync("test", { recursive: true }) as string[])
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => name.slice(0, -".test.ts".length));

test("a test lies where its source does: a file or folder of its name, but for tests of the whole", () => {
  assert.ok(tests.length > 200);
  const ofTheWhole = (name: string) => !name.includes("/") || name.startsWith("whole/") || ofManyFiles.includes(name);
  const isMirrored = (name: string) => {
    const source = name.startsWith("stages/") ? name : join("src", name);
    return existsSync(`${source}.ts`) || existsSync(source);
  };
  assert.deepEqual(
    tests.filter((name) => !ofTheWhole(name) && !isMirrored(name)),
    [],
  );
  assert.deepEqual(
    ofManyFiles.filter((name) => !tests.includes(name)),
    [],
  );
});

test("every stage has a test file", () => {
  const stages = readdirSync("stages").filter((name) => name.endsWith(".ts") && name !== "index.ts");
  assert.deepEqual(
    stages.map((name) => `stages/${name.slice(0, -".ts".length)}`).filter((name) => !tests.includes(name)),
    [],
  );
});
