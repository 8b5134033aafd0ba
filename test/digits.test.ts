/** The way from real data to a landscape: 1,797 handwritten digits. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

const lines = gunzipSync(readFileSync("test/fixtures/digits/digits.csv.gz")).toString().trim().split("\n");
const rows = lines.map((line) => line.split(",").map(Number));
const header = [...Array.from({ length: 64 }, (_, i) => `p${i}`), "digit"].join(",");

/** The first half is for learning, the second for testing, as in scikit-learn's example. */
const [learnt, unseen] = [rows.slice(0, 898), rows.slice(898)];

test("the file is the published one: 1,797 digits of ten classes, pixels from 0 to 16", () => {
  assert.equal(rows.length, 1797);
  assert.ok(rows.every((row) => row.length === 65 && row.every((value) => value >= 0 && value <= 16)));
  const counts = Array.from({ length: 10 }, (_, digit) => rows.filter((row) => row[64] === digit).length);
  assert.deepEqual(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
});

/** The share of unseen digits whose nearest learnt one, by squared distance of pixels, has their label. */
function nearestNeighbourAccuracy(): number {
  const distance = (a: number[], b: number[]) => {
    let sum = 0;
    for (let i = 0; i < 64; i++) sum += (a[i] - b[i]) ** 2;
    return sum;
  };
  const right = unseen.filter((row) => {
    let [best, label] = [Number.POSITIVE_INFINITY, -1];
    for (const known of learnt) {
      const d = distance(row, known);
      if (d < best) [best, label] = [d, known[64]];
    }
    return label === row[64];
  });
  return right.length / unseen.length;
}

test("a perceptron learns them about as well as nearest neighbours do, and its landscape is lowest at the network", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-digits-"));
  writeFileSync(join(folder, "package.json"), "{}");
  const half = (from: number, to: number) => `${[header, ...lines.slice(from, to)].join("\n")}\n`;
  writeFileSync(join(folder, "learnt.csv"), half(0, 898));
  writeFileSync(join(folder, "unseen.csv"), half(898, 1797));
  writeFileSync(
    join(folder, "p.yaml"),
    `stages:
  learnt: { uses: load-data, with: { name: csv, path: learnt.csv, target: digit, standardize: false } }
  unseen: { uses: load-data, with: { name: csv, path: unseen.csv, target: digit, standardize: false } }
  model:
    uses: train
    from: { data: learnt }
    with:
      architecture: { kind: mlp, widths: [64, 64, 10], activation: relu }
      problem: { kind: supervised }
      optimizer: { kind: adam, learningRate: 0.003 }
      epochs: 40
      batchSize: 64
  score: { uses: evaluate, from: { model: model, data: unseen } }
  directions: { uses: compute-directions, from: { model: model, data: learnt }, with: { method: random } }
  grid: { uses: sample-grid, from: { model: model, directions: directions, data: learnt }, with: { steps: 11 } }
  tree: { uses: merge-tree, from: { grid: grid } }
publish: [score, grid, tree]
`,
  );
  const main = join(process.cwd(), "dist/src/cli/main.js");
  const cirque = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    return stdout;
  };
  cirque("run", "p.yaml", "-q");
  const rowsOf = (step: string) => JSON.parse(cirque("export", "p.yaml", step, "--format", "json")).rows;
  const [score] = rowsOf("score");
  const neighbours = nearestNeighbourAccuracy();
  assert.ok(neighbours > 0.95 && neighbours < 0.98, `nearest neighbours: ${neighbours}`);
  assert.ok(score.accuracy > neighbours - 0.06, `accuracy ${score.accuracy}, nearest neighbours ${neighbours}`);

  const losses = (rowsOf("grid") as { loss: number }[]).map(({ loss }) => loss);
  assert.equal(losses.length, 121);
  assert.equal(losses.indexOf(Math.min(...losses)), 60, "the middle of the grid, where the trained network is");
});
