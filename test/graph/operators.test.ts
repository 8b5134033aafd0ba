import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { gradient, jvp } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { reduceMax } from "../../src/graph/operators/reduceMax.js";
import { constant, input, type Tensor, topologicalOrder } from "../../src/graph/tensor.js";
import { randomStream } from "../../src/linalg/random.js";
import { checkDerivatives } from "./checkDerivatives.js";
import { examples } from "./examples.js";
import { run, valuesOf } from "./run.js";

const platforms = [
  { backend: "reference", dtype: "f64" },
  { backend: "onnxruntime", dtype: "f64" },
  { backend: "onnxruntime", dtype: "f32" },
] as const;

for (const [name, example] of Object.entries(examples)) {
  test(`${name}: derivatives agree with central differences and with each other, backends agree`, async () => {
    let seen = 0;
    const property = fc.asyncProperty(fc.nat(1e6), async (seed) => {
      const y = await checkDerivatives(example, randomStream(seed, name));
      seen += topologicalOrder([y]).filter(({ operator }) => operator.name === name).length;
    });
    await fc.assert(property, { seed: 1, numRuns: 12, includeErrorInReport: true });
    assert.ok(seen > 0, "the operator occurs in its own example");
  });
}

test("errors name the operator and the shapes", () => {
  const [a, b] = [input("a", [2, 3]), input("b", [4, 5])];
  assert.throws(() => f.add(a, b), /add: shapes \[2,3\] and \[4,5\] do not broadcast together/);
  assert.throws(() => f.matmul(a, b), /matmul: shapes \[2,3\] and \[4,5\]: 3 columns meet 4 rows/);
  assert.throws(() => f.matmul(a, input("c", [3])), /matmul: shapes \[2,3\] and \[3\]: expected at least two axes/);
  assert.throws(() => f.matmul(input("c", [2, 1, 1]), input("d", [3, 1, 1])), /leading axes/);
  assert.throws(() => f.reshape(a, [5]), /reshape: \[2,3\] holds 6 elements, \[5\] 5/);
  assert.throws(() => f.expand(a, [2, 4]), /expand: shape \[2,3\] does not broadcast to \[2,4\]/);
  assert.throws(() => f.sum(a, [2]), /reduceSum: shape \[2,3\] has no axis 2/);
  assert.throws(() => f.slice(a, 1, 2, 4), /slice: .* does not lie within shape \[2,3\]/);
  assert.throws(() => f.transpose(a, [0, 0]), /transpose: \[0,0\] is not a permutation/);
  assert.throws(() => f.concat([a, b], 0), /concat: shapes \[2,3\], \[4,5\] do not join along axis 0/);
  assert.throws(() => f.tanh(f.greater(a, 0)), /tanh: expected real tensors, found bool/);
  assert.throws(() => f.where(a, 1, 2), /where: the condition is real/);
  assert.throws(() => constant([1, 2, 3], [2]), /shape \[2\] holds 2 values, found 3/);
  const [image, kernel] = [input("image", [1, 4, 5, 5]), input("kernel", [6, 2, 3, 3])];
  assert.throws(
    () => f.conv2d(image, kernel),
    /conv2d: images \[1,4,5,5\] and weights \[6,2,3,3\] .*expected 2 channels/,
  );
  assert.throws(() => f.conv2d(image, input("w", [3, 2, 1, 1]), { groups: 2 }), /3 output channels do not split/);
  assert.throws(
    () => f.conv2d(image, kernel, { groups: 2, dilation: 3 }),
    /kernel of 3,3 does not fit the padded image/,
  );
  assert.throws(() => f.conv2d(image, kernel, { stride: 0 }), /conv2d: stride is 0/);
  assert.throws(() => f.conv2d(image, kernel, { padding: -1 }), /conv2d: padding is -1/);
  assert.throws(() => f.conv2d(a, kernel), /conv2d: expected tensors of 4 axes, found shape \[2,3\]/);
  assert.throws(() => f.gather(a, constant([3], [1, 1]), 1), /gather: index 3; expected a whole number from 0 to 2/);
  assert.throws(() => f.gather(a, b, 0), /gather: indices of shape \[4,5\] do not suit shape \[2,3\] along axis 0/);
  assert.throws(() => f.gather(a, b, 2), /gather: shape \[2,3\] has no axis 2/);
  assert.throws(() => f.scatterAdd(a, constant([0, 4], [2, 1]), 0, 4), /scatterAdd: index 4; .* from 0 to 3/);
  assert.throws(() => f.slice(a, 1, 0, 2, 0), /slice: steps \[1,0\] do not suit shape \[2,3\]/);
  assert.throws(() => f.pow(a, NaN), /pow: the exponent is NaN, expected a finite number/);
  assert.throws(() => input("a", [2.5]), /input "a": shape \[2.5\] needs whole numbers/);
});

test("neutral elements, double signs and constant factors leave no nodes behind", () => {
  const x = input("x", [2]);
  assert.equal(f.add(x, 0), x);
  assert.equal(f.sub(x, 0), x);
  assert.equal(f.mul(1, x), x);
  assert.equal(f.div(x, 1), x);
  assert.equal(f.pow(x, 1), x);
  assert.equal(f.neg(f.neg(x)), x);
  assert.equal(f.reshape(f.reshape(x, [2, 1]), [2]), x);
  assert.equal(f.transpose(f.transpose(input("m", [2, 3]))).operator.name, "input");
  assert.equal(f.add(x, f.neg(x)).operator.name, "sub");
  const product = f.mul(2, f.mul(f.neg(x), 3));
  assert.deepEqual(
    topologicalOrder([product]).map(({ operator }) => operator.name),
    ["constant", "input", "mul"],
  );
});

test("a constant factor of more axes keeps the axes it brings", async () => {
  const x = input("x", [3]);
  const product = f.mul(constant([3], [1, 1]), x);
  for (const result of [f.mul(2, product), f.neg(product), f.mul(f.neg(product), product), f.add(product, 0)]) {
    assert.deepEqual(result.shape, [1, 3]);
  }
  const { y } = await run({ inputs: { x }, outputs: { y: f.mul(2, product) } }, { x: Float64Array.of(1, 2, 3) });
  assert.deepEqual([...y], [6, 12, 18]);
});

test("small results of constants are computed at construction, zero times anything is zero", async () => {
  const folded = f.matmul(constant([1, 2], [1, 2]), constant([3, 4], [2, 1]));
  assert.equal(folded.operator.name, "constant");
  assert.deepEqual(await valuesOf(folded), [11]);
  const zero = f.mul(0, input("x", [3]));
  assert.deepEqual(zero.shape, [3]);
  assert.deepEqual(await valuesOf(zero), [0, 0, 0]);
});

test("a repeated operand is combined before it is repeated", () => {
  // tanh(x) at one element, then 1,000 copies; the product with equal columns has equal columns
  const x = input("x", [2, 1]);
  const wide = f.expand(x, [2, 1000]);
  assert.deepEqual(f.tanh(wide).inputs[0].shape, [2, 1]);
  assert.deepEqual(f.matmul(input("w", [5, 2]), wide).inputs[0].shape, [5, 1]);
});

test("stopGradient hides its operand from both modes", async () => {
  const x = input("x", [1]);
  const y = f.mul(x, f.stopGradient(x));
  const outputs = { g: gradient(y, [x])[0], t: jvp([y], [x], [constant([1])])[0] };
  assert.deepEqual(await run({ inputs: { x }, outputs }, { x: Float64Array.of(3) }), {
    g: Float64Array.of(3),
    t: Float64Array.of(3),
  });
});

test("tied maxima share the derivative", async () => {
  const x = input("x", [3]);
  const { g } = await run(
    { inputs: { x }, outputs: { g: gradient(reduceMax(x, [0]), [x])[0] } },
    { x: Float64Array.of(2, 1, 2) },
  );
  assert.deepEqual([...g], [0.5, 0, 0.5]);
});

test("of equal operands, the first takes the derivative of the extremum", async () => {
  const [x, y] = [input("x", []), input("y", [])];
  const slopes = (z: Tensor) => gradient(z, [x, y]);
  const [larger, smaller] = [slopes(f.maximum(x, y)), slopes(f.minimum(x, y))];
  const outputs = { a: larger[0], b: larger[1], c: smaller[0], d: smaller[1] };
  const results = await run({ inputs: { x, y }, outputs }, { x: Float64Array.of(2), y: Float64Array.of(2) });
  assert.deepEqual(
    Object.values(results).map(([slope]) => slope),
    [1, 0, 1, 0],
  );
});

test("comparisons with NaN are false, extrema with NaN are NaN, on every backend", async () => {
  const [a, b] = [input("a", [3]), input("b", [3])];
  const feeds = { a: Float64Array.of(NaN, 1, 2), b: Float64Array.of(1, NaN, 2) };
  const outputs = {
    greater: f.where(f.greater(a, b), 1, 0),
    greaterOrEqual: f.where(f.greaterOrEqual(a, b), 1, 0),
    equal: f.where(f.equal(a, b), 1, 0),
    maximum: f.maximum(a, b),
    minimum: f.minimum(a, b),
  };
  for (const { backend, dtype } of platforms) {
    const results = await run({ inputs: { a, b }, outputs }, feeds, { backend, dtype });
    assert.deepEqual(Object.fromEntries(Object.entries(results).map(([name, values]) => [name, [...values]])), {
      greater: [0, 0, 0],
      greaterOrEqual: [0, 0, 1],
      equal: [0, 0, 1],
      maximum: [NaN, NaN, 2],
      minimum: [NaN, NaN, 2],
    });
  }
});

test("NaN comes through every elementwise function, on every backend", async () => {
  const x = input("x", [37]);
  const functions = {
    relu: f.relu,
    abs: f.abs,
    tanh: f.tanh,
    exp: f.exp,
    log: f.log,
    sin: f.sin,
    sigmoid: f.sigmoid,
    erf: f.erf,
    maximum: (t: Tensor) => f.maximum(t, 1),
    minimum: (t: Tensor) => f.minimum(1, t),
    gelu: f.gelu,
    softplus: f.softplus,
  };
  const outputs = Object.fromEntries(Object.entries(functions).map(([name, of]) => [name, of(x)]));
  for (const { backend, dtype } of platforms) {
    const results = await run({ inputs: { x }, outputs }, { x: new Float64Array(37).fill(NaN) }, { backend, dtype });
    for (const [name, values] of Object.entries(results)) {
      assert.ok(values.every(Number.isNaN), `${name} on ${backend} ${dtype}`);
    }
  }
});
