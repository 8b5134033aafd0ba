import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A fresh folder with these files. */
function workplace(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-own-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const landscape = "x,y,loss\n0,0,3\n1,0,2\n0,1,1\n1,1,0\n";

const stage = `export default {
  version: 1,
  inputs: { grid: { kinds: ["grid"] } },
  output: "table",
  schema: { type: "object", additionalProperties: false, properties: { factor: { type: "number", default: 2 } } },
  async run({ params, input }) {
    return { columns: { loss: input("grid").columns.loss.map((loss) => loss * params.factor) }, summary: { factor: params.factor } };
  },
};
`;

const withModule = `stages:
  grid: { uses: import-grid, with: { path: losses.csv, column: loss } }
  scaled: { uses: ./scale.mjs, from: { grid: grid }, with: { factor: 3 } }
`;

test("a reader of the events who leaves early ends the run without a stack", () => {
  const text = withModule;
  const folder = workplace({ "p.yaml": text, "losses.csv": landscape, "scale.mjs": stage });
  const { stdout, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" "${cli}" run p.yaml --json | head -1`], {
    cwd: folder,
    encoding: "utf8",
  });
  assert.match(stdout, /^\{"event":"plan"/);
  assert.doesNotMatch(stderr, /EPIPE|\n +at /);
});
