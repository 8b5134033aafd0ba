import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gradient, hessianVectorProduct, jvp } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { MlpArchitecture } from "../../../src/models/networks/mlp.js";
import { run } from "../../graph/run.js";
import { npz, referencePath } from "../../reference.js";

test("the layout is that of PyTorch's parameters()", () => {
  const { layout, size } = createModel({ kind: "mlp", widths: [2, 50, 1], activation: "tanh" });
  assert.deepEqual(layout, [
    { name: "layer_0.weight", role: "weight", shape: [50, 2], offset: 0 },
    { name: "layer_0.bias", role: "bias", shape: [50], offset: 100 },
    { name: "layer_1.weight", role: "weight", shape: [1, 50], offset: 150 },
    { name: "layer_1.bias", role: "bias", shape: [1], offset: 200 },
  ]);
  assert.equal(size, 201);
});

test("the network of the PINN papers has 7,851 parameters", () => {
  assert.equal(createModel({ kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" }).size, 7851);
});

test("{ width, times } is as many layers; none where times is 0", () => {
  const layoutOf = (widths: MlpArchitecture["widths"]) =>
    createModel({ kind: "mlp", widths, activation: "tanh" }).layout;
  assert.deepEqual(layoutOf([3, { width: 4, times: 3 }, 2]), layoutOf([3, 4, 4, 4, 2]));
  assert.deepEqual(layoutOf([3, { width: 4, times: 0 }, 2]), layoutOf([3, 2]));
});

test("two points of parameters, three samples: outputs worked out by hand", async () => {
  const { size, apply } = createModel({ kind: "mlp", widths: [2, 1, 1], activation: "relu" });
  const theta = f.input("theta", [2, size]);
  const samples = f.data([1, 2, 3, 10, 20, 30], [2, 3]); // columns (1, 10), (2, 20), (3, 30)
  const outputs = apply(theta, samples);
  assert.deepEqual(outputs.shape, [2, 1, 3]);
  // 1·x + 2·y − 25 → relu → 3·h + 0.5          −x → relu → 7·h + 1
  const feed = Float64Array.of(1, 2, -25, 3, 0.5, -1, 0, 0, 7, 1);
  const { y } = await run({ inputs: { theta }, outputs: { y: outputs } }, { theta: feed });
  assert.deepEqual([...y], [0.5, 51.5, 114.5, 1, 1, 1]);
});

test("initial weights and biases are uniform within 1/√fan_in and the same for the same seed", () => {
  const model = createModel({ kind: "mlp", widths: [4, 100, 100], activation: "sin" });
  const theta = model.initialize(3);
  assert.deepEqual(model.initialize(3), theta);
  assert.notDeepEqual(model.initialize(4), theta);
  for (const { name, shape, offset } of model.layout) {
    const bound = name.startsWith("layer_0") ? 1 / 2 : 1 / 10;
    const own = theta.subarray(offset, offset + shape.reduce((a, b) => a * b));
    assert.ok(own.every((value) => Math.abs(value) <= bound));
    assert.ok(Math.max(...own) > 0.9 * bound && Math.min(...own) < -0.9 * bound, name);
  }
});

test("a tensor's initial values do not depend on the layers before it", () => {
  const last = (widths: number[]) => createModel({ kind: "mlp", widths, activation: "tanh" }).initialize(0).slice(-4);
  assert.deepEqual(last([2, 3, 1]), last([7, 3, 1]));
});

test("what does not fit is refused", () => {
  const model = createModel({ kind: "mlp", widths: [2, 3, 1], activation: "tanh" });
  assert.throws(
    () => model.apply(f.input("theta", [1, 12]), f.data([1, 2], [2, 1])),
    /shape \[P, 13\], found \[1,12\]/,
  );
  assert.throws(() => model.apply(f.input("theta", [1, 13]), f.data([1, 2], [1, 2])), /shape \[2, N\], found \[1,2\]/);
  assert.throws(() => createModel({ kind: "mlp", widths: [2], activation: "tanh" }), /two or more widths/);
  assert.throws(
    () => createModel({ kind: "mlp", widths: [2, 1], activation: "toString" as "tanh" }),
    /unknown activation/,
  );
  assert.throws(
    () => createModel({ kind: "constructor" as "mlp", widths: [2, 1], activation: "tanh" }),
    /unknown architecture/,
  );
});

test("input derivatives of a tanh network are those of the formula", async () => {
  // u = Σ c·tanh(a·x + b·t + d): u_x = Σ c·a·s, u_t = Σ c·b·s, u_xx = −2 Σ c·a²·h·s with s = 1 − h²
  const { size, apply, initialize } = createModel({ kind: "mlp", widths: [2, 5, 1], activation: "tanh" });
  const theta = f.input("theta", [1, size]);
  const [x, t] = [0.3, -0.8];
  const samples = f.data([x, t], [2, 1]);
  const along = (u: f.Tensor, direction: number[]) => jvp([u], [samples], [f.constant(direction, [2, 1])])[0];
  const u = apply(theta, samples);
  const ux = along(u, [1, 0]);
  const outputs = { u, ux, ut: along(u, [0, 1]), uxx: along(ux, [1, 0]), uxt: along(ux, [0, 1]) };
  const values = initialize(1);
  const expected = { u: values[20], ux: 0, ut: 0, uxx: 0, uxt: 0 };
  for (let i = 0; i < 5; i++) {
    const [a, b, d, c] = [values[2 * i], values[2 * i + 1], values[10 + i], values[15 + i]];
    const h = Math.tanh(a * x + b * t + d);
    const s = 1 - h * h;
    expected.u += c * h;
    expected.ux += c * a * s;
    expected.ut += c * b * s;
    expected.uxx -= 2 * c * a * a * h * s;
    expected.uxt -= 2 * c * a * b * h * s;
  }
  const results = await run({ inputs: { theta }, outputs }, { theta: values }, { backend: "onnxruntime" });
  for (const [name, value] of Object.entries(expected)) assert.ok(Math.abs(results[name][0] - value) < 1e-14, name);
});

const folder = referencePath("hessian");
for (const activation of ["tanh", "relu"] as const) {
  test(`cross-entropy of a ${activation} network: loss, gradient and dense Hessian of PyTorch`, {
    skip: !existsSync(folder) && `${folder} is absent`,
  }, async () => {
    const reference = npz(join(folder, `mlp_${activation}.npz`));
    const { size, apply } = createModel({ kind: "mlp", widths: [8, 16, 12, 3], activation });
    const count = reference.y.values.length;
    const samples = f.transpose(f.data(reference.X.values, [count, 8]));
    const chosen = new Float64Array(3 * count);
    for (const [i, label] of reference.y.values.entries()) chosen[label * count + i] = 1;
    const crossEntropy = (theta: f.Tensor) => {
      const logits = apply(theta, samples);
      const own = f.sum(f.mul(logits, f.constant(chosen, [3, count])), [1]);
      return f.mean(f.sub(f.logSumExp(logits, [1]), own), [1]);
    };
    const [theta, v] = [f.input("theta", [1, size]), f.input("v", [1, size])];
    const loss = crossEntropy(theta);
    // All columns of the Hessian at once: row p of a batch moves along the p-th unit vector.
    const thetas = f.input("thetas", [size, size]);
    const unit = Float64Array.from({ length: size * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));
    const outputs = {
      loss,
      gradient: gradient(loss, [theta])[0],
      product: hessianVectorProduct(loss, theta, v),
      hessian: hessianVectorProduct(crossEntropy(thetas), thetas, f.constant(unit, [size, size])),
    };
    const flat = reference.flat.values;
    const repeated = Float64Array.from({ length: size * size }, (_, k) => flat[k % size]);
    const feeds = { theta: flat, v: reference.test_v.values, thetas: repeated };
    const results = await run({ inputs: { theta, v, thetas }, outputs }, feeds, { backend: "onnxruntime" });
    assert.ok(relativeError(results.loss, reference.loss.values) <= 1e-12);
    assert.ok(relativeError(results.gradient, reference.grad.values) <= 1e-10);
    assert.ok(relativeError(results.product, reference.test_Hv.values) <= 1e-10);
    assert.ok(relativeError(results.hessian, reference.H.values) <= 1e-10);
  });
}

function relativeError(actual: Float64Array, expected: Float64Array): number {
  assert.equal(actual.length, expected.length);
  const norm = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(actual.map((value, i) => value - expected[i])) / norm(expected);
}
