import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, numbers, rowCount, vectorAt } from "../src/artifact/artifact.js";
import { randomStream } from "../src/linalg/random.js";
import { evaluateExpression } from "../src/models/problems/evaluateExpression.js";
import type { FunctionProblem } from "../src/models/problems/functionProblem.js";
import { parseExpression } from "../src/models/problems/parseExpression.js";
import { barcodeStage } from "../stages/barcode.js";
import { computeDirectionsStage } from "../stages/computeDirections.js";
import { connectMinimaStage } from "../stages/connectMinima.js";
import { lossBarcodeStage } from "../stages/lossBarcode.js";
import { mergeTreeStage } from "../stages/mergeTree.js";
import { sampleGridStage } from "../stages/sampleGrid.js";
import { trainStage } from "../stages/train.js";
import { muellerBrown, muellerBrownMinima, muellerBrownSaddles, plane } from "./models/landscapes.js";
import { runInPieces, runStage } from "./stages/runStage.js";

type Box = Record<"x" | "y", [number, number]>;

/** The minima that L-BFGS finds from seeds, each once. */
async function trainedMinima(problem: FunctionProblem, start: Box, seeds: number): Promise<Artifact[]> {
  const found: Artifact[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const optimizer = { kind: "lbfgs", learningRate: 0.01, gradientTolerance: 1e-9, changeTolerance: 0 };
    const model = await runStage(trainStage, { architecture: { ...plane, start }, problem, optimizer, seed });
    const [x, y] = placeOf(model);
    const isNew = found.every((other) => Math.hypot(x - placeOf(other)[0], y - placeOf(other)[1]) > 1e-3);
    if (isNew && inside(start, x, y)) found.push(model);
  }
  return found;
}

const inside = (box: Box, x: number, y: number) => x > box.x[0] && x < box.x[1] && y > box.y[0] && y < box.y[1];

const placeOf = (model: Artifact) => vectorAt(model, "weights", rowCount(model) - 1);

const sources = (models: Artifact[]) =>
  models.map((model, seed) => ({ stage: "model", point: { seed }, artifact: () => model }));

/** Bars of the grid over the box with `steps` points along each axis. */
async function gridBars(model: Artifact, box: Box, steps: number) {
  const directions = await runStage(computeDirectionsStage, { method: "axes" }, { model });
  const center = placeOf(model);
  const range = [box.x, box.y].map(([low, high], k) => [low - center[k], high - center[k]]);
  const grid = await runStage(sampleGridStage, { steps, range, dtype: "f64" }, { model, directions });
  const tree = await runStage(mergeTreeStage, {}, { grid });
  return runStage(barcodeStage, {}, { tree });
}

/**
 * How far the loss gets, within half a cell of the grid, from that at a place: there a critical point may hide from the
 * grid.
 */
function halfCell(problem: FunctionProblem, [x, y]: Float64Array, box: Box, steps: number): number {
  const loss = parseExpression(problem.loss);
  const at = (u: number, v: number) => evaluateExpression(loss, { x: u, y: v, ...problem.coefficients });
  const [dx, dy] = [box.x, box.y].map(([low, high]) => (high - low) / (steps - 1) / 2);
  const corners = [-1, -0.5, 0, 0.5, 1].flatMap((i) => [-1, -0.5, 0, 0.5, 1].map((j) => at(x + i * dx, y + j * dy)));
  return Math.max(...corners.map((value) => Math.abs(value - at(x, y))));
}

/** The path that a segment leaves by has its saddle among the rows of paths that keep the weights of saddles. */
function saddlePlaces(paths: Artifact, bars: Artifact) {
  const { offsets, values } = paths.columns.weights as { offsets: Int32Array; values: Float64Array };
  return Array.from(numbers(bars, "deathVertex"), (row) =>
    row < 0 ? undefined : values.subarray(offsets[row], offsets[row + 1]),
  );
}

/** Segments from paths against bars of the grid, which are sorted alike: by length. */
async function compare(problem: FunctionProblem, box: Box, models: Artifact[], connect: object, steps: number) {
  const settings = { method: "neb", dtype: "f64", keep: "saddles", tolerance: 1e-5, ...connect };
  const paths = await runInPieces(connectMinimaStage, settings, { minima: sources(models) });
  const bars = await runStage(lossBarcodeStage, {}, { paths });
  const ofGrid = await gridBars(models[0], box, steps);
  const saddles = saddlePlaces(paths, bars);
  const births = numbers(bars, "birthVertex");
  // In a narrow oblique valley a grid has minima of its own, within its resolution.
  const resolution = Math.max(...models.map((model) => halfCell(problem, placeOf(model), box, steps)));
  const lengths = numbers(ofGrid, "death").map((death, i) => death - numbers(ofGrid, "birth")[i]);
  assert.equal(lengths.filter((length) => length > resolution).length, rowCount(bars), "as many minima");
  for (let i = 0; i < rowCount(bars); i++) {
    const [birth, death] = ["birth", "death"].map((end) => numbers(bars, end)[i]);
    const [gridBirth, gridDeath] = ["birth", "death"].map((end) => numbers(ofGrid, end)[i]);
    const nearMinimum = halfCell(problem, placeOf(models[births[i]]), box, steps);
    // The grid has no lower point than the minimum, and none further above it than half a cell away.
    assert.ok(gridBirth >= birth - 1e-9 && gridBirth <= birth + nearMinimum, `birth ${gridBirth}, ${birth}`);
    const saddle = saddles[i];
    if (saddle === undefined) {
      assert.deepEqual([death, gridDeath], [Infinity, Infinity]);
      continue;
    }
    const nearSaddle = halfCell(problem, saddle, box, steps);
    assert.ok(Math.abs(gridDeath - death) <= nearSaddle, `death ${gridDeath}, ${death} ± ${nearSaddle}`);
  }
  return { paths, bars };
}

test("Müller and Brown's surface: segments between trained minima are the bars of the grid, and the published barriers", async () => {
  const box: Box = { x: [-1.5, 1.2], y: [-0.2, 2] };
  const models = await trainedMinima(muellerBrown, box, 12);
  const energies = models.map((model) => numbers(model, "loss").at(-1)!).sort((a, b) => a - b);
  assert.equal(energies.length, 3);
  for (const [i, [, , energy]] of muellerBrownMinima.entries()) assert.ok(Math.abs(energies[i] - energy) < 1e-6);
  const connect = { learningRate: 0.0002, points: 15, maxPoints: 25, epochs: 4000, growEvery: 50, growBy: 0 };
  const { bars } = await compare(muellerBrown, box, models, connect, 201);
  const [outer, inner] = muellerBrownSaddles.map(([, , energy]) => energy);
  const [, second, third] = numbers(bars, "death");
  assert.ok(Math.abs(second - outer) < 1e-4 && Math.abs(third - inner) < 1e-4, `${second}, ${third}`);
});

/** Pits at places and of depths by the seed, in a bowl. */
function pits(seed: number, count: number): FunctionProblem {
  const random = randomStream(seed, "pits");
  const coefficients: Record<string, number> = {};
  const terms = Array.from({ length: count }, (_, k) => {
    for (const axis of ["x", "y"]) coefficients[`${axis}${k}`] = 4 * random.uniform() - 2;
    coefficients[`depth${k}`] = 1 + random.uniform();
    return `- depth${k} * exp(-3 * ((x - x${k})^2 + (y - y${k})^2))`;
  });
  return { kind: "function", loss: `0.2 * (x^2 + y^2) ${terms.join(" ")}`, coefficients };
}

test("pits at random: the segments of all minima are the bars of the grid, and those of the paths that are lowest", async () => {
  const box: Box = { x: [-3, 3], y: [-3, 3] };
  const problem = pits(2, 6);
  const models = await trainedMinima(problem, box, 25);
  assert.ok(models.length >= 4);
  const connect = { learningRate: 0.02, points: 15, maxPoints: 31, epochs: 1000, growEvery: 50, growBy: 2 };
  const { bars } = await compare(problem, box, models, connect, 121);
  const [direct, minimax] = ["directDeath", "minimaxDeath"].map((name) => numbers(bars, name));
  assert.ok(minimax.every((death, i) => death <= direct[i]));
});
