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
const pipeline = (roughness: number[], seeds: number[], figures: string) => `# Bowls with <b>bumps</b>.
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
  report: { uses: report, from: { figures: [${figures}], tables: [summary] } }
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
export const bowls = (
  roughness: number[],
  seeds: number[],
  size: number,
  figures = "grid, profile, tree, barcode, diagram, panels",
) => run(roughness, seeds, size, pipeline(roughness, seeds, figures));

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
  runIn(folder, text);
  return folder;
}

/** A bowl as a surface, level sets of a ball, and a map, in three dimensions. The folder holds results/bowls. */
export function bowlsInSpace(): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-bowls-"));
  for (const seed of [1, 2]) writeFileSync(join(folder, `g-${seed}.npy`), npyFile([15, 15], bumpyBowl(15, seed, 0.2)));
  const at = (i: number) => i / 4 - 1;
  const ball = Float64Array.from({ length: 9 ** 3 }, (_, v) =>
    Math.hypot(at(v % 9), at(Math.floor(v / 9) % 9), at(Math.floor(v / 81))),
  );
  writeFileSync(join(folder, "ball.npy"), npyFile([9, 9, 9], ball));
  runIn(folder, space);
  return folder;
}

/** One bowl with bumps over several axes. The folder holds results/bowls. */
export function bowlInDimensions(size: number, dimensions: number): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-bowls-"));
  const random = randomStream(1);
  const at = (i: number) => (2 * i) / (size - 1) - 1;
  const losses = Float64Array.from({ length: size ** dimensions }, (_, v) => {
    let sum = 0.5 * random.uniform();
    for (let rest = v, k = 0; k < dimensions; k++, rest = Math.floor(rest / size)) sum += at(rest % size) ** 2;
    return sum;
  });
  writeFileSync(join(folder, "g.npy"), npyFile(Array(dimensions).fill(size), losses));
  runIn(folder, one);
  return folder;
}

const one = `# A bowl with bumps.
name: bowls
stages:
  grid: { uses: import-grid, with: { path: g.npy, range: [-1, 1] } }
  tree: { uses: merge-tree, from: { grid: grid } }
  barcode: { uses: barcode, from: { tree: tree } }
  profile: { uses: profile, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: [metrics] } }
  report: { uses: report, from: { figures: [grid, profile, tree, barcode], tables: [summary] } }
`;

const space = `# Bowls from all sides.
name: bowls
matrix: { seed: [1, 2] }
stages:
  grid: { uses: import-grid, with: { path: "g-\${seed}.npy", range: [-1, 1] } }
  surface: { uses: figure, from: { grid: grid }, where: [{ seed: 1 }], with: { plot: surface } }
  surfaces: { uses: figure, from: { grid: grid }, with: { plot: surface, facet: { column: seed } } }
  ball: { uses: import-grid, with: { path: ball.npy, range: [-1, 1] } }
  levels: { uses: figure, from: { grid: ball }, with: { plot: isosurface } }
  samples: { uses: load-data, with: { name: digits, count: 60 } }
  map: { uses: embed, from: { points: samples }, with: { method: pca, dimensions: 3 } }
  report: { uses: report, from: { figures: [surface, surfaces, levels, map] } }
`;

function runIn(folder: string, text: string): void {
  writeFileSync(join(folder, "bowls.yaml"), text);
  const { status, stderr } = spawnSync(process.execPath, [cli, "run", "bowls.yaml", "-q"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
}
