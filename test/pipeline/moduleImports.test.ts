import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { moduleImports } from "../../src/pipeline/moduleImports.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "cirque-imports-"));
mkdirSync(join(folder, "lib"));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

write("lib/scale.mjs", `export { offset } from "./offset.mjs";\nexport const scale = 2;\n`);
write("lib/offset.mjs", `import "./scale.mjs";\nexport const offset = 1;\n`);
write("lib/later.cjs", "module.exports = 1;");
write(
  "stage.mjs",
  `import { scale, offset } from "./lib/scale.mjs";
import { readFileSync } from "node:fs";
const later = () => import("./lib/later.cjs");
export default {
  version: 1, inputs: {}, output: "table",
  async run() { return { columns: { v: Float64Array.of(scale + offset) }, summary: { v: scale + offset } }; },
};
`,
);
write("p.yaml", "name: p\nstages: { s: { uses: ./stage.mjs } }\n");

test("the imports of a module are found through each other, rings included, and packages are left out", () => {
  const paths = ["lib/scale.mjs", "lib/later.cjs", "lib/offset.mjs"].map((name) => join(folder, name));
  assert.deepEqual(moduleImports(join(folder, "stage.mjs")), paths);
});

test("a change of a file that a module imports runs its steps again", () => {
  const cirque = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" }).stdout;
  cirque("run", "p.yaml", "-q");
  assert.match(cirque("show", "p.yaml", "s"), /^ {2}v: 3$/m);
  write("lib/offset.mjs", "export const offset = 10;\n");
  assert.match(cirque("why", "p.yaml", "s"), /file lib\/offset\.mjs changed/);
  cirque("run", "p.yaml", "-q");
  assert.match(cirque("show", "p.yaml", "s"), /^ {2}v: 12$/m);
});
