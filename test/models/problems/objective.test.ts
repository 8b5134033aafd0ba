import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../src/linalg/random.js";
import { pinnErrors } from "../../../src/models/evaluation/pinnErrors.js";
import { predict } from "../../../src/models/evaluation/predict.js";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import { exactSolution } from "../../../src/models/problems/exactSolution.js";
import { lossFunction } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { pinnGrid } from "../../../src/models/problems/pinnPoints.js";
import { convection, publishedNetwork, withoutPublishedNetwork } from "./convection.js";

const tiny: Architecture = { kind: "mlp", widths: [2, 6, 5, 1], activation: "tanh" };
const tinyProblem: PinnProblem = { ...convection, grid: { x: 12, t: 7 }, collocation: { points: 20, seed: 0 } };
const tinyLoss = lossFunction(tiny, tinyProblem);

/** Eleven parameter points around one. */
function cloud(): Float64Array {
  const theta = createModel(tiny).initialize(0);
  const random = randomStream(1, "cloud");
  return Float64Array.from({ length: 11 * theta.length }, (_, k) => theta[k % theta.length] + 0.1 * random.normal());
}

test("any number of points: each loss is what it is alone, to the last bit", async () => {
  for (const [backend, dtype] of [
    ["onnxruntime", "f32"],
    ["onnxruntime", "f64"],
    ["reference", "f64"],
  ] as const) {
    const objective = await createObjective(tinyLoss, { dtype, backend });
    const points = cloud();
    const together = await objective.loss(points);
    assert.equal(together.length, 11);
    for (const [i, loss] of together.entries()) {
      const alone = points.slice(i * objective.size, (i + 1) * objective.size);
      assert.deepEqual([...(await objective.loss(alone))], [loss]);
    }
    assert.equal((await objective.loss(new Float64Array(0))).length, 0);
    await objective.release();
  }
});

test("terms add up to the loss", async () => {
  const objective = await createObjective(tinyLoss, { dtype: "f64" });
  const { loss, initial, boundary, residual } = await objective.lossTerms(cloud());
  for (const i of loss.keys()) assert.ok(Math.abs(initial[i] + boundary[i] + residual[i] - loss[i]) < 1e-12 * loss[i]);
  await objective.release();
});

test("gradient and Hessian-vector product agree with differences of what they differentiate", async () => {
  const objective = await createObjective(tinyLoss, { dtype: "f64" });
  const theta = createModel(tiny).initialize(2);
  const random = randomStream(2, "direction");
  const v = theta.map(() => random.normal());
  const step = 1e-5;
  const plus = await objective.lossAndGradient(theta.map((value, i) => value + step * v[i]));
  const minus = await objective.lossAndGradient(theta.map((value, i) => value - step * v[i]));
  const { loss, gradient } = await objective.lossAndGradient(theta);
  const product = await objective.hessianVectorProduct(theta, v);
  assert.equal(loss, (await objective.loss(theta))[0]);
  const slope = gradient.reduce((sum, g, i) => sum + g * v[i], 0);
  assert.ok(Math.abs((plus.loss - minus.loss) / (2 * step) - slope) < 1e-6 * Math.abs(slope));
  const scale = Math.max(...product.map(Math.abs));
  for (const [i, value] of product.entries()) {
    assert.ok(Math.abs((plus.gradient[i] - minus.gradient[i]) / (2 * step) - value) < 1e-7 * scale, `element ${i}`);
  }
  await objective.release();
});

test("along directions: zero gives the center exactly, other coefficients the displaced points", async () => {
  for (const [dtype, tolerance] of [
    ["f64", 1e-13],
    ["f32", 1e-5],
  ] as const) {
    const objective = await createObjective(tinyLoss, { dtype });
    const center = createModel(tiny).initialize(0);
    const random = randomStream(4, "directions");
    const directions = [0, 1].map(() => center.map(() => random.normal()));
    const losses = objective.lossAlong(center, directions);
    const [atCenter] = await objective.loss(center);
    assert.deepEqual((await losses(new Float64Array(10))).loss, new Float64Array(5).fill(atCenter));
    const coefficients = Float64Array.of(0.1, 0, 0, -0.2, 0.3, 0.3, -1, 0.5, 0.25, 0.125);
    const { loss: found, ...terms }: Record<string, Float64Array> = await losses(coefficients);
    assert.deepEqual(Object.keys(terms), ["initial", "boundary", "residual"]);
    for (const [i, value] of found.entries()) {
      const point = center.map(
        (c, k) => c + coefficients[2 * i] * directions[0][k] + coefficients[2 * i + 1] * directions[1][k],
      );
      const [expected] = await objective.loss(point);
      assert.ok(Math.abs(value - expected) <= tolerance * expected, `${dtype} point ${i}`);
      const sum = terms.initial[i] + terms.boundary[i] + terms.residual[i];
      assert.ok(Math.abs(value - sum) <= tolerance * expected, `${dtype} terms of point ${i}`);
    }
    await objective.release();
  }
});

test("along directions: what a point gives does not depend on the points it is asked for with, to the last bit", async () => {
  // wide enough for the kernels that work on several rows and columns at once
  const wide: Architecture = { kind: "mlp", widths: [2, 50, 50, 1], activation: "tanh" };
  for (const dtype of ["f32", "f64"] as const) {
    const objective = await createObjective(lossFunction(wide, tinyProblem), { dtype });
    const center = createModel(wide).initialize(0);
    const random = randomStream(5, "directions");
    const losses = objective.lossAlong(
      center,
      [0, 1, 2].map(() => center.map(() => 0.1 * random.normal())),
    );
    const coefficients = Float64Array.from({ length: 3 * 11 }, () => random.normal());
    const { loss: together } = await losses(coefficients);
    for (const [start, count] of [
      [0, 1],
      [1, 3],
      [4, 5],
      [9, 2],
    ]) {
      const { loss: some } = await losses(coefficients.slice(3 * start, 3 * (start + count)));
      assert.deepEqual(some, together.slice(start, start + count), `${dtype}: ${count} from ${start}`);
    }
    assert.equal((await losses(new Float64Array(0))).loss.length, 0);
    await objective.release();
  }
});

test("vectors of the wrong length are named", async () => {
  const objective = await createObjective(tinyLoss, { dtype: "f64" });
  const theta = new Float64Array(objective.size);
  await assert.rejects(objective.loss(new Float64Array(5)), /parameter points: 5 numbers are not whole rows of 59/);
  await assert.rejects(objective.lossAndGradient(new Float64Array(5)), /theta has 5 numbers, expected 59/);
  await assert.rejects(objective.hessianVectorProduct(theta, new Float64Array(5)), /v has 5 numbers, expected 59/);
  assert.throws(
    () => objective.lossAlong(theta, [theta, new Float64Array(5)]),
    /direction 1 has 5 numbers, expected 59/,
  );
  await assert.rejects(objective.lossAlong(theta, [theta, theta])(new Float64Array(3)), /coefficients: 3 numbers/);
});

test("a network that is not a function of x and t is refused", () => {
  assert.throws(() => lossFunction({ ...tiny, widths: [3, 5, 2] }, convection), /2 inputs and 1 output, found 3 and 2/);
});

test("a published PINN: loss, gradient, Hessian-vector product and landscapes of PyTorch in f64", {
  skip: withoutPublishedNetwork,
}, async () => {
  const { arrays, architecture, points, theta } = publishedNetwork()!;
  const objective = await createObjective(lossFunction(architecture, convection, points), { dtype: "f64" });
  const { loss, gradient } = await objective.lossAndGradient(theta);
  const atCenter = arrays.grid_rand_loss.values[10 * 21 + 10];
  assert.ok(Math.abs(loss / atCenter - 1) <= 1e-10);
  assert.ok(relativeError(gradient, arrays.grad_f64.values) <= 1e-10);
  const product = await objective.hessianVectorProduct(theta, arrays.test_v.values);
  assert.ok(relativeError(product, arrays.test_Hv.values) <= 1e-12);
  for (const [i, value] of arrays.top3_eigs.values.entries()) {
    const vector = arrays.top3_eigvecs.values.slice(i * theta.length, (i + 1) * theta.length);
    const image = await objective.hessianVectorProduct(theta, vector);
    assert.ok(
      relativeError(
        image,
        vector.map((x) => value * x),
      ) <= 1e-10,
      `eigenpair ${i}`,
    );
  }

  const landscapes = {
    rand: [arrays.dir0_filternorm_flat.values, arrays.dir1_filternorm_flat.values],
    hess: [0, 1].map((i) => arrays.top3_eigvecs.values.slice(i * theta.length, (i + 1) * theta.length)),
  };
  for (const [name, directions] of Object.entries(landscapes)) {
    const axis = [...arrays[`grid_${name}_coords`].values];
    const coefficients = Float64Array.from(axis.flatMap((a) => axis.flatMap((b) => [a, b])));
    const { loss: losses } = await objective.lossAlong(theta, directions)(coefficients);
    assert.ok(largestRelative(losses, arrays[`grid_${name}_loss`].values) <= 1e-9, name);
    // the terms, along the first grid line
    const line = axis.flatMap((b) => [...theta.map((x, k) => x + axis[0] * directions[0][k] + b * directions[1][k])]);
    const terms = await objective.lossTerms(Float64Array.from(line));
    const parts = arrays[`grid_${name}_parts_u_b_f`].values;
    for (const [i, term] of ["initial", "boundary", "residual"].entries()) {
      const expected = Float64Array.from(axis, (_, k) => parts[3 * k + i]);
      assert.ok(largestRelative(terms[term], expected) <= 1e-9, `${name} ${term}`);
    }
  }
  await objective.release();
});

test("the published PINN at β = 10 misses the solution by more than half", {
  skip: withoutPublishedNetwork,
}, async () => {
  const { architecture, theta } = publishedNetwork()!;
  const { x, t } = pinnGrid(convection);
  const computed = await predict(architecture, theta, Float64Array.of(...x, ...t), { dtype: "f32" });
  const { relativeL2, meanAbsolute } = pinnErrors(computed, exactSolution(convection, { x, t }).u);
  assert.ok(meanAbsolute > 0.3 && meanAbsolute < 1, `mean absolute error ${meanAbsolute}`);
  assert.ok(relativeL2 > 0.5 && relativeL2 < 2, `relative L2 error ${relativeL2}`);
});

function relativeError(actual: Float64Array, expected: Float64Array): number {
  assert.equal(actual.length, expected.length);
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(actual.map((value, i) => value - expected[i])) / norm(expected);
}

function largestRelative(actual: Float64Array, expected: Float64Array): number {
  assert.equal(actual.length, expected.length);
  return actual.reduce((max, value, i) => Math.max(max, Math.abs(value - expected[i]) / Math.abs(expected[i])), 0);
}
