/** A pipeline in a fresh folder, for tests of commands. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const cli = join(process.cwd(), "dist/src/cli/main.js");

export const pipeline = `params: { file: losses.csv, simplify: 0 }
matrix: { power: [1, 2] }
stages:
  grid: { uses: import-grid, with: { path: "\${file}", column: loss } }
  scaled: { uses: ./scale.mjs, from: { grid: grid }, with: { power: "\${power}" } }
  tree: { uses: merge-tree, from: { grid: scaled } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: [metrics] } }
`;
export const stage = `export default {
  version: 1,
  inputs: { grid: { kinds: ["grid"] } },
  output: "grid",
  schema: { type: "object", additionalProperties: false, properties: { power: { type: "number" } } },
  async run({ params, input, log }) {
    if (params.power === 3) throw new Error("three is too much");
    log("to the power of " + params.power);
    const { columns, metadata } = input("grid");
    return { columns: { ...columns, loss: columns.loss.map((loss) => loss ** params.power) }, metadata, summary: { power: params.power } };
  },
};
`;
export const landscape = `x,y,loss\n${Array.from({ length: 16 }, (_, i) => `${i % 4},${i >> 2},${(i * 7) % 16}`).join("\n")}\n`;

/** A fresh folder with the pipeline, run once. */
export function workplace(): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-commands-"));
  const files = { "p.yaml": pipeline, "scale.mjs": stage, "losses.csv": landscape };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  assert.equal(cirque(folder, "run", "p.yaml").status, 0);
  return folder;
}

export function cirque(folder: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

export const lines = (text: string) => text.trimEnd().split("\n");
