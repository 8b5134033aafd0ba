import assert from "node:assert/strict";
import { gradient, hessianVectorProduct } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { randomStream } from "../../../src/linalg/random.js";
import type { Model } from "../../../src/models/networks/model.js";
import { assertClose } from "../../graph/checkDerivatives.js";
import { run } from "../../graph/run.js";

/**
 * Tries a loss [1] of a model's parameters [1, size]: the gradient against differences of the loss, H·v against
 * differences of the gradient, u·Hv = v·Hu, and ONNX Runtime in f64 and f32 against the reference.
 */
export async function checkNetwork(model: Model, loss: (theta: f.Tensor) => f.Tensor, step = 1e-5): Promise<void> {
  const { size } = model;
  const [theta, u, v] = ["theta", "u", "v"].map((name) => f.input(name, [1, size]));
  const value = loss(theta);
  assert.deepEqual(value.shape, [1]);
  const inputs = { theta, u, v };
  const derivatives = {
    value,
    gradient: gradient(value, [theta])[0],
    hu: hessianVectorProduct(value, theta, u),
    hv: hessianVectorProduct(value, theta, v),
  };
  const random = randomStream(1, "checkNetwork");
  const unit = () => {
    const list = Float64Array.from({ length: size }, () => random.normal());
    const norm = Math.hypot(...list);
    return list.map((x) => x / norm);
  };
  const noise = unit();
  // Away from the zeros and ones of biases and norms, where much would vanish.
  const at = model.initialize(1).map((x, i) => x + noise[i]);
  const feeds = { theta: at, u: unit(), v: unit() };
  const reference = await run({ inputs, outputs: derivatives }, feeds);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);

  const short = { value: derivatives.value, gradient: derivatives.gradient };
  const moved = (sign: number) =>
    run({ inputs, outputs: short }, { ...feeds, theta: at.map((x, i) => x + sign * step * feeds.v[i]) });
  const [plus, minus] = [await moved(1), await moved(-1)];
  const slope = (plus.value[0] - minus.value[0]) / (2 * step);
  assert.ok(Math.abs(slope) > 1e-6, "the loss depends on the parameters");
  assertClose([dot(reference.gradient, feeds.v)], [slope], 1e-7, "gradient against differences of the loss");
  const change = plus.gradient.map((x, i) => (x - minus.gradient[i]) / (2 * step));
  assertClose(reference.hv, change, 1e-6, "Hv against differences of the gradient");
  const products = [dot(feeds.u, reference.hv), dot(feeds.v, reference.hu)];
  assert.ok(products[0] !== 0, "the curvature is not zero");
  assertClose([products[0]], [products[1]], 1e-9 * Math.abs(products[1]), "u·Hv against v·Hu");

  for (const [dtype, tolerance] of [
    ["f64", 1e-11],
    ["f32", 1e-4],
  ] as const) {
    const other = await run({ inputs, outputs: derivatives }, feeds, { backend: "onnxruntime", dtype });
    for (const name of ["value", "gradient", "hu", "hv"]) {
      const scale = Math.max(...reference[name].map(Math.abs));
      const relative = (values: Float64Array) => values.map((x) => x / scale);
      assertClose(relative(other[name]), relative(reference[name]), tolerance, `${name} on onnxruntime ${dtype}`);
    }
  }
}

/** N samples of normal numbers, as columns. */
export function normalColumns(inputs: number, samples: number): f.Tensor {
  const random = randomStream(2, "samples");
  return f.data(
    Float64Array.from({ length: inputs * samples }, () => random.normal()),
    [inputs, samples],
  );
}

/** Whole numbers from 0 to n − 1, in a shape. */
export function wholeNumbers(n: number, ...shape: number[]): f.Tensor {
  const random = randomStream(3, "labels");
  const count = shape.reduce((product, length) => product * length, 1);
  return f.data(
    Float64Array.from({ length: count }, () => random.integer(n)),
    shape,
  );
}
