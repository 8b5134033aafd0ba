import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, numbers, rowCount, vectorAt } from "../../src/artifact/artifact.js";
import { symmetricEigen } from "../../src/linalg/symmetricEigen.js";
import { norm } from "../../src/linalg/vectors.js";
import type { TensorLayout } from "../../src/models/networks/layout.js";
import { tensorView } from "../../src/models/networks/layout.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { trainStage } from "../../stages/train.js";
import { runInPieces, runStage } from "./runStage.js";

const tiny = {
  architecture: { kind: "mlp", widths: [2, 7, 1] },
  problem: {
    kind: "pinn",
    equation: "u_t + beta * u_x",
    coefficients: { beta: 1 },
    initial: "sin(x)",
    exact: "sin(x - beta * t)",
    grid: { x: 16, t: 8 },
    collocation: { points: 20 },
  },
};

let trained: Promise<Artifact> | undefined;
const model = () => {
  trained ??= runStage(trainStage, { ...tiny, optimizer: { kind: "lbfgs", maxIterations: 200 } });
  return trained;
};

test("training lowers the loss, keeps every loss, and measures the error against the exact solution", async () => {
  const { columns, metadata, summary } = await model();
  const losses = (metadata.history as { trainLoss: number[] }).trainLoss;
  assert.equal((columns.step as Int32Array)[0], losses.length - 1);
  assert.equal((columns.loss as Float64Array)[0], losses.at(-1));
  assert.ok((losses.at(-1) as number) < 0.05 * losses[0]);
  const { initial, boundary, residual, loss } = metadata.terms as Record<string, number>;
  assert.ok(Math.abs(initial + boundary + residual - loss) < 1e-12);
  assert.ok((summary.relativeL2 as number) < 0.3);
});

test("a training in three variables lowers the loss; without t there is no initial term", async () => {
  const plane = {
    ...tiny.problem,
    equation: "u_t - nu*(u_xx + u_yy)",
    coefficients: { nu: 0.3 },
    domain: { x: [0, "2*pi"], y: [0, "2*pi"], t: [0, 1] },
    grid: { x: 6, y: 6, t: 4 },
    initial: "sin(x)*sin(y)",
    exact: "exp(-2*nu*t)*sin(x)*sin(y)",
  };
  const optimizer = { kind: "lbfgs", maxIterations: 30 };
  const architecture = { kind: "mlp", widths: [3, 7, 1] };
  const { metadata, summary } = await runStage(trainStage, { architecture, problem: plane, optimizer });
  assert.deepEqual(
    trainStage.check?.({
      architecture: { ...tiny.architecture, activation: "tanh" },
      problem: plane,
      optimizer,
      schedule: { kind: "constant", warmup: 0 },
    } as never),
    [{ path: ["architecture", "widths", 0], message: "is 2; a pinn problem has 3 inputs (x, y and t)" }],
  );
  const losses = (metadata.history as { trainLoss: number[] }).trainLoss;
  assert.ok((losses.at(-1) as number) < 0.8 * losses[0], `${losses[0]} to ${losses.at(-1)}`);
  assert.ok(Number.isFinite(summary.relativeL2));

  const line = {
    kind: "pinn",
    equation: "u_xx + u - 1",
    domain: { x: [0, "2*pi"] },
    grid: { x: 8 },
    collocation: { points: 7 },
  };
  const trained = await runStage(trainStage, {
    architecture: { kind: "mlp", widths: [1, 7, 1] },
    problem: line,
    optimizer,
  });
  assert.deepEqual(Object.keys(trained.metadata.terms as object), ["loss", "boundary", "residual"]);
  assert.ok((trained.metadata.terms as { loss: number }).loss < 1e-2);
});

test("the seed and the number type decide the weights, the same config the same bits", async () => {
  const short = { ...tiny, optimizer: { kind: "adam", iterations: 5 } };
  const weights = async (params: object) => vectorAt(await runStage(trainStage, { ...short, ...params }), "weights", 0);
  const base = await weights({});
  assert.deepEqual(await weights({}), base);
  assert.notDeepEqual(await weights({ seed: 1 }), base);
  const single = await weights({ dtype: "f32" });
  assert.notDeepEqual(single, base);
  assert.ok(single.every((w, i) => Math.abs(w - base[i]) < 1e-4));
});

test("a training that diverges keeps its last finite weights and says so", async () => {
  const wild = { kind: "sgd", learningRate: 1e6, iterations: 100 };
  const { metadata, columns } = await runStage(trainStage, { ...tiny, optimizer: wild });
  assert.equal(metadata.stopped, "non-finite loss");
  assert.ok(Number.isFinite((columns.loss as Float64Array)[0]));
});

test("Hessian directions are the leading eigenvectors of the dense Hessian", async () => {
  const directions = await runStage(computeDirectionsStage, { method: "hessian", count: 3 }, { model: await model() });
  const { loss, weights } = modelWithLoss(await model());
  const objective = await createObjective(loss, { dtype: "f64" });
  const eigenvalues = numbers(directions, "eigenvalue");
  // Every column of the Hessian, and all its eigenvalues by the dense solver.
  const n = weights.length;
  const columns = await Promise.all(
    Array.from({ length: n }, (_, i) =>
      objective.hessianVectorProduct(
        weights,
        Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
      ),
    ),
  );
  const dense = symmetricEigen(Float64Array.from(columns.flatMap((column) => [...column])), n);
  const byMagnitude = [...dense.values].sort((a, b) => Math.abs(b) - Math.abs(a));
  for (const [k, eigenvalue] of eigenvalues.entries()) {
    assert.ok(Math.abs(eigenvalue - byMagnitude[k]) < 1e-8 * byMagnitude[0]);
    const v = vectorAt(directions, "vector", k);
    const residual = columns.map((column, i) => column.reduce((sum, h, j) => sum + h * v[j], 0) - eigenvalue * v[i]);
    assert.ok(Math.abs(norm(v) - 1) < 1e-12);
    assert.ok(norm(Float64Array.from(residual)) < 1e-7 * eigenvalues[0], `eigenpair ${k}`);
    assert.ok(numbers(directions, "residual")[k] < 1e-7 * eigenvalues[0]);
  }
  await objective.release();
});

test("random directions are filter-normalised, biases left alone, and recorded with their norms", async () => {
  const of = await model();
  const directions = await runStage(computeDirectionsStage, { method: "random", count: 2, seed: 3 }, { model: of });
  const layout = of.metadata.layout as TensorLayout[];
  const { weights } = modelWithLoss(of);
  for (const k of [0, 1]) {
    const vector = vectorAt(directions, "vector", k);
    for (const tensor of layout) {
      const [d, w] = [tensorView(vector, tensor), tensorView(weights, tensor)];
      if (tensor.role === "bias") assert.ok(d.every((value) => value === 0));
      else {
        const width = tensor.shape[1];
        for (let row = 0; row < tensor.shape[0]; row++) {
          const filter = (x: Float64Array) => norm(x.subarray(row * width, (row + 1) * width));
          assert.ok(Math.abs(filter(d) - filter(w)) < 1e-8 * filter(w));
        }
      }
    }
  }
  assert.ok(numbers(directions, "eigenvalue").every(Number.isNaN), "random vectors have none");
  assert.equal((directions.metadata.tensors as unknown[][])[0].length, layout.length);
});

test("eigenvectors that have not converged are refused, with what would do", async () => {
  await assert.rejects(
    runStage(computeDirectionsStage, { method: "hessian", count: 2, maxIterations: 3 }, { model: await model() }),
    /2 Hessian eigenvectors did not converge in 3 products: .*raise maxIterations, or tolerance \(1e-8\), ask for fewer/,
  );
});

test("a grid in any number of dimensions: the model in the middle, true coefficients, pieces equal to the whole", async () => {
  const of = await model();
  for (const count of [1, 2, 3]) {
    const inputs = {
      model: of,
      directions: await runStage(computeDirectionsStage, { method: "random", count }, { model: of }),
    };
    const steps = [7, 5, 3].slice(0, count);
    const range = [
      [-1, 1],
      [-0.5, 0.5],
      [-2, 2],
    ].slice(0, count);
    const params = { steps, range: count === 1 ? range[0] : range };
    const grid = await runStage(sampleGridStage, params, inputs);
    const loss = numbers(grid, "loss");
    const middle = (loss.length - 1) / 2;
    assert.equal(
      rowCount(grid),
      steps.reduce((product, n) => product * n, 1),
    );
    assert.equal(loss[middle], numbers(of, "loss")[0], "the loss of the model itself, to the last bit");
    assert.deepEqual(
      Array.from({ length: count }, (_, k) => numbers(grid, `a${k + 1}`)[middle]),
      range.map(() => 0),
    );
    assert.equal(numbers(grid, "a1")[1], -4 / 6, "first direction fastest");
    assert.deepEqual(await runInPieces(sampleGridStage, params, inputs, 4), grid);

    const { loss: lossFunction, weights } = modelWithLoss(of);
    const objective = await createObjective(lossFunction, { dtype: "f64" });
    const displaced = weights.map(
      (w, i) =>
        w +
        steps.reduce(
          (sum, _, k) => sum + numbers(grid, `a${k + 1}`)[2] * vectorAt(inputs.directions, "vector", k)[i],
          0,
        ),
    );
    const [expected] = await objective.loss(displaced);
    assert.ok(Math.abs(loss[2] - expected) < 1e-12 * expected);
    await objective.release();
  }
});

test("losses that are not finite stay where they are and are counted", async () => {
  const of = await model();
  const directions = await runStage(computeDirectionsStage, { method: "random", count: 1 }, { model: of });
  const grid = await runStage(sampleGridStage, { steps: 3, range: [-1e200, 1e200] }, { model: of, directions });
  const loss = numbers(grid, "loss");
  assert.equal(grid.metadata.nonFinite, loss.filter((value) => !Number.isFinite(value)).length);
  assert.ok((grid.metadata.nonFinite as number) > 0);
});

test("ranges and steps that do not fit the directions are refused", async () => {
  const of = await model();
  const inputs = { model: of, directions: await runStage(computeDirectionsStage, { method: "random" }, { model: of }) };
  await assert.rejects(
    runStage(sampleGridStage, { steps: [3, 3, 3] }, inputs),
    /steps has 3 numbers; expected 2, one for each axis, or just one/,
  );
});
