import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { encodeArtifact } from "../../src/artifact/artifactFile.js";
import { pieceCount } from "../../src/landscape/pieces.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { refineStage } from "../../stages/refine.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { samplePointsStage } from "../../stages/samplePoints.js";
import { trainStage } from "../../stages/train.js";
import { runInPieces, runStage } from "./runStage.js";

const problem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: 1 },
  initial: "sin(x)",
  grid: { x: 16, t: 8 },
  collocation: { points: 20 },
};

const trained = runStage(trainStage, {
  architecture: { kind: "mlp", widths: [2, 20, 20, 1] },
  problem,
  optimizer: { kind: "lbfgs", maxIterations: 30 },
});

async function around(count: number) {
  const model = await trained;
  return { model, directions: await runStage(computeDirectionsStage, { method: "random", count }, { model }) };
}

test("a grid as a whole, in its own pieces or in any other number of them: the same bytes, in f32 and f64", async () => {
  const inputs = await around(3);
  for (const dtype of ["f32", "f64"]) {
    const params = { steps: [7, 3, 5], dtype, terms: true };
    const whole = encodeArtifact(await runStage(sampleGridStage, params, inputs));
    assert.equal(pieceCount(105), 7);
    for (const count of [undefined, 2, 3, 5]) {
      const joined = encodeArtifact(await runInPieces(sampleGridStage, params, inputs, count));
      assert.ok(Buffer.compare(joined, whole) === 0, `${dtype} in ${count} pieces`);
    }
  }
});

test("the terms of the loss stand beside it and add up to it", async () => {
  const grid = await runStage(sampleGridStage, { steps: 3, terms: true }, await around(2));
  assert.deepEqual(Object.keys(grid.columns), ["loss", "a1", "a2", "initial", "boundary", "residual"]);
  const [loss, ...terms] = ["loss", "initial", "boundary", "residual"].map((name) => numbers(grid, name));
  for (const [i, value] of loss.entries()) {
    assert.ok(Math.abs(terms.reduce((sum, term) => sum + term[i], 0) - value) < 1e-12 * value);
  }
});

test("scattered points: the model first, then losses at the coefficients beside them; in pieces the same bytes", async () => {
  const inputs = await around(2);
  const { loss, weights } = modelWithLoss(inputs.model);
  const objective = await createObjective(loss, { dtype: "f64" });
  for (const params of [
    {
      distribution: "sobol",
      count: 40,
      range: [
        [-1, 1],
        [0, 0.5],
      ],
      seed: 2,
    },
    { distribution: "uniform", count: 40 },
    { distribution: "gaussian", count: 40, scale: [0.5, 0.1], unit: "relative" },
  ]) {
    const points = await runStage(samplePointsStage, params, inputs);
    assert.equal(rowCount(points), 41);
    assert.deepEqual(points.metadata.coordinates, ["a1", "a2"]);
    assert.equal(points.metadata.center, 0);
    assert.deepEqual([numbers(points, "a1")[0], numbers(points, "a2")[0]], [0, 0]);
    assert.equal(numbers(points, "loss")[0], numbers(inputs.model, "loss")[0]);
    const joined = await runInPieces(samplePointsStage, params, inputs, 4);
    assert.ok(Buffer.compare(encodeArtifact(joined), encodeArtifact(points)) === 0);

    const row = 17;
    const norm = (v: Float64Array) => Math.hypot(...v);
    const displaced = weights.map((weight, i) =>
      ["a1", "a2"].reduce((sum, name, k) => {
        const vector = vectorAt(inputs.directions, "vector", k);
        const unit = params.unit === "relative" ? norm(weights) / norm(vector) : 1;
        return sum + numbers(points, name)[row] * unit * vector[i];
      }, weight),
    );
    const [expected] = await objective.loss(displaced);
    assert.ok(Math.abs(numbers(points, "loss")[row] / expected - 1) < 1e-11, params.distribution);
  }
  await objective.release();

  const { columns } = await runStage(samplePointsStage, { count: 8, center: false, seed: 1 }, inputs);
  const more = await runStage(samplePointsStage, { count: 9, seed: 1 }, inputs);
  assert.deepEqual(columns.loss, (more.columns.loss as Float64Array).slice(1, 9), "more points are further points");
});

test("range and scale are told apart before anything runs", () => {
  const check = samplePointsStage.check!;
  assert.match(check({ distribution: "gaussian", range: [-1, 1] } as never)[0].message, /gaussian ones take scale/);
  assert.match(check({ distribution: "sobol", scale: 1 } as never)[0].message, /sobol ones take range/);
  assert.match(check({ distribution: "uniform", range: [1, -1] } as never)[0].message, /expected the lower end first/);
});

test("refine: the grid as it is, then new points with the losses of the model", async () => {
  const inputs = await around(2);
  const grid = await runStage(sampleGridStage, { steps: [5, 4], unit: "relative" }, inputs);
  for (const criterion of ["low-loss", "curvature"]) {
    const refined = await runStage(refineStage, { criterion, fraction: 0.2, points: 40 }, { ...inputs, grid });
    for (const name of ["loss", "a1", "a2"]) {
      assert.deepEqual(numbers(refined, name).slice(0, 20), numbers(grid, name));
    }
    const levels = refined.columns.level as Int32Array;
    assert.ok(levels.length > 25 && levels.length <= 60 && levels.at(-1) === 2);
    // the new points as a grid of their own would have them
    const row = levels.length - 1;
    const at = [numbers(refined, "a1")[row], numbers(refined, "a2")[row]];
    const range = at.map((a) => [a, a + 1]);
    const corner = await runStage(sampleGridStage, { steps: 2, range, unit: "relative" }, inputs);
    assert.equal(numbers(refined, "loss")[row], numbers(corner, "loss")[0]);
    assert.deepEqual(refined.metadata.labels, inputs.directions.metadata.labels);
  }
});

test("refine refuses a grid of other directions, of another number of them, or without a unit", async () => {
  const inputs = await around(2);
  const grid = await runStage(sampleGridStage, { steps: 3 }, inputs);
  const others = await runStage(
    computeDirectionsStage,
    { method: "random", count: 2, seed: 9 },
    { model: inputs.model },
  );
  await assert.rejects(
    runStage(refineStage, {}, { ...inputs, directions: others, grid }),
    /the grid's first loss is .*expected the model and the directions that the grid was sampled with/,
  );
  await assert.rejects(
    runStage(refineStage, {}, { ...(await around(3)), grid }),
    /the grid has 2 axes, but there are 3 directions/,
  );
  const foreign: Artifact = artifact("grid", { loss: Float64Array.of(1, 2) }, { shape: [2] });
  await assert.rejects(runStage(refineStage, {}, { ...inputs, grid: foreign }), /the grid's unit is undefined/);
});
