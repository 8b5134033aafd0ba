import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomStream } from "../../src/linalg/random.js";
import { npyFile } from "../files/npyFile.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** A bowl with bumps: `size`² losses. */
function bumpyBowl(size: number, seed: number, bumps: number): Float64Array {
  const random = randomStream(seed);
  const at = (i: number) => (2 * i) / (size - 1) - 1;
  return Float64Array.from({ length: size * size }, (_, v) => {
    const [x, y] = [at(v % size), at(Math.floor(v / size))];
    return x * x + y * y + bumps * random.uniform();
  });
}

/** The text of a pipeline over grids of files, one a matrix point. */
const pipeline = (roughness: number[], seeds: number[]) => `# Bowls with <b>bumps</b>.
name: bowls
matrix: { roughness: [${roughness}], seed: [${seeds}] }
stages:
  grid: { uses: import-grid, with: { path: "g-\${roughness}-\${seed}.npy", range: [-1, 1] } }
  tree: { uses: merge-tree, from: { grid: grid } }
  barcode: { uses: barcode, from: { tree: tree } }
  diagram: { uses: figure, from: { bars: barcode }, with: { plot: diagram } }
  profile: { uses: profile, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree }, with: { thresholds: [0, 0.05, 0.2] } }
  summary: { uses: gather, from: { table: [metrics] } }
  panels: { uses: figure, from: { of: profile }, with: { plot: profile, facet: { row: roughness, column: seed } } }
  report: { uses: report, from: { figures: [grid, profile, tree, barcode, diagram, panels], tables: [summary] } }
`;

/** The same grids as the checkpoints of a training, one a seed. */
const film = (epochs: number[], seeds: number[]) => `# Bowls that grow smooth.
name: bowls
matrix: { seed: [${seeds}], epoch: [${epochs}] }
stages:
  grid: { uses: import-grid, with: { path: "g-\${epoch}-\${seed}.npy", range: [-1, 1] } }
  tree: { uses: merge-tree, from: { grid: grid } }
  profile: { uses: profile, from: { tree: tree } }
  report: { uses: report, from: { figures: [grid, profile] }, with: { over: epoch } }
`;

/** Runs a pipeline over bowls in a new folder. Gives the folder, which holds bowls.yaml and results/bowls. */
export const bowls = (roughness: number[], seeds: number[], size: number) =>
  run(roughness, seeds, size, pipeline(roughness, seeds));

/** The same where the roughness counts the epochs of a training. */
export const bowlsByEpoch = (epochs: number[], seeds: number[], size: number) =>
  run(epochs, seeds, size, film(epochs, seeds));

function run(roughness: number[], seeds: number[], size: number, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-bowls-"));
  for (const bumps of roughness) {
    for (const seed of seeds) {
      const bytes = npyFile([size, size], bumpyBowl(size, seed, bumps));
      writeFileSync(join(folder, `g-${bumps}-${seed}.npy`), bytes);
    }
  }
  writeFileSync(join(folder, "bowls.yaml"), text);
  const { status, stderr } = spawnSync(process.execPath, [cli, "run", "bowls.yaml", "-q"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return folder;
}
