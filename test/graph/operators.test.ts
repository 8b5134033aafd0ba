import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { gradient, hessianVectorProduct, jvp } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { reduceMax } from "../../src/graph/operators/reduceMax.js";
import type { operators } from "../../src/graph/operators.js";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import { constant, input, type Tensor, topologicalOrder } from "../../src/graph/tensor.js";
import { type Random, randomStream } from "../../src/linalg/random.js";
import { run, valuesOf } from "./run.js";

/** How to try one operator: random shapes of its operands, and a function in which it occurs. */
interface Example {
  shapes: (random: Random) => Shape[];
  build: (operands: Tensor[], random: Random) => Tensor;
  /** Draws an operand's value; the default is any number in (−1, 1), kinks and poles excepted. */
  draw?: (random: Random) => number;
}

const anyShape = (random: Random): number[] =>
  Array.from({ length: 1 + random.integer(3) }, () => 1 + random.integer(3));
const one = (random: Random): Shape[] => [anyShape(random)];

/** Shapes that broadcast together: axes set to 1, leading axes dropped. */
function broadcasting(random: Random, count: number): Shape[] {
  const full = anyShape(random);
  const narrow = () => {
    const shape = full.map((length) => (random.integer(3) === 0 ? 1 : length));
    return shape.slice(random.integer(shape.length));
  };
  return Array.from({ length: count }, narrow);
}
const two = (random: Random) => broadcasting(random, 2);

const signed = (random: Random) => (random.integer(2) ? 1 : -1) * (0.1 + 0.9 * random.uniform());
const positive = (random: Random) => 0.5 + random.uniform();
const anyAxes = (x: Tensor, random: Random) => x.shape.map((_, axis) => axis).filter(() => random.integer(2) === 0);

/** Indices into an axis of `length`, the same for all elements or their own along every other axis. */
function anyIndices(shape: Shape, axis: number, length: number, random: Random, count = 1 + random.integer(4)): Tensor {
  const own = shape.map((n, i) => (i === axis ? count : random.integer(2) ? n : 1));
  return constant(
    Float64Array.from({ length: sizeOf(own) }, () => random.integer(length)),
    own,
  );
}

/** Images and kernels of random sizes, at a random stride, padding, dilation and number of groups. */
function convolutionExample(build: (x: Tensor, w: Tensor, options: f.ConvolutionOptions) => Tensor): Example {
  return {
    shapes(random) {
      const [channels, out] = [1 + random.integer(2), 1 + random.integer(2)];
      const groups = 1 + random.integer(2);
      const kernel = [1 + random.integer(3), 1 + random.integer(3)];
      return [
        [1 + random.integer(2), groups * channels, 5 + random.integer(3), 5 + random.integer(3)],
        [groups * out, channels, ...kernel],
      ];
    },
    build([x, w], random) {
      const groups = x.shape[1] / w.shape[1];
      const padding = random.integer(3);
      return build(x, w, { stride: 1 + random.integer(3), padding, dilation: 1 + random.integer(2), groups });
    },
  };
}

/** Every primitive operator; stopGradient, which differs from its differences by design, has a test of its own. */
const examples: Record<Exclude<keyof typeof operators, "constant" | "data" | "input" | "stopGradient">, Example> = {
  neg: { shapes: one, build: ([x]) => f.neg(x) },
  sqrt: { shapes: one, build: ([x]) => f.sqrt(x), draw: positive },
  exp: { shapes: one, build: ([x]) => f.exp(x) },
  log: { shapes: one, build: ([x]) => f.log(x), draw: positive },
  tanh: { shapes: one, build: ([x]) => f.tanh(x) },
  sin: { shapes: one, build: ([x]) => f.sin(x) },
  cos: { shapes: one, build: ([x]) => f.cos(x) },
  sigmoid: { shapes: one, build: ([x]) => f.sigmoid(x) },
  abs: { shapes: one, build: ([x]) => f.abs(x) },
  relu: { shapes: one, build: ([x]) => f.relu(x) },
  pow: {
    shapes: one,
    build: ([x], random) => f.pow(x, [2, 3, -1, -2, 0.5, 1.5][random.integer(6)]),
    draw: positive,
  },
  add: { shapes: two, build: ([a, b]) => f.add(a, b) },
  sub: { shapes: two, build: ([a, b]) => f.sub(a, b) },
  mul: { shapes: two, build: ([a, b]) => f.mul(a, b) },
  div: { shapes: two, build: ([a, b]) => f.div(a, b) },
  maximum: { shapes: two, build: ([a, b]) => f.maximum(a, f.add(b, 0.01)) },
  minimum: { shapes: two, build: ([a, b]) => f.minimum(a, f.add(b, 0.01)) },
  erf: { shapes: one, build: ([x]) => f.erf(f.mul(2, x)) },
  greaterOrEqual: { shapes: two, build: ([a, b]) => f.where(f.greaterOrEqual(a, f.add(b, 0.01)), b, f.sin(a)) },
  equal: { shapes: two, build: ([a, b]) => f.where(f.equal(f.where(f.greater(a, 0), 1, 2), 2), b, f.mul(a, b)) },
  greater: { shapes: two, build: ([a, b]) => f.where(f.greater(a, f.add(b, 0.01)), f.mul(a, b), f.sin(a)) },
  where: {
    shapes: (random) => broadcasting(random, 3),
    build: ([a, b, c]) => f.where(f.greater(a, 0), b, c),
  },
  reshape: { shapes: one, build: ([x]) => f.reshape(x, [sizeOf(x.shape), 1]) },
  expand: { shapes: one, build: ([x]) => f.expand(x, [2, ...x.shape.map((n) => (n === 1 ? 3 : n))]) },
  reduceSum: {
    shapes: one,
    build: ([x], random) => f.sum(x, anyAxes(x, random), { keepdims: random.integer(2) === 0 }),
  },
  reduceMax: { shapes: one, build: ([x], random) => reduceMax(x, anyAxes(x, random)) },
  transpose: {
    shapes: one,
    build: ([x], random) => f.mul(f.transpose(x, [...random.sample(x.shape.length, x.shape.length)]), 2),
  },
  slice: {
    shapes: one,
    build([x], random) {
      const axis = random.integer(x.shape.length);
      const start = random.integer(x.shape[axis]);
      return f.slice(x, axis, start, start + 1 + random.integer(x.shape[axis] - start), 1 + random.integer(3));
    },
  },
  pad: {
    shapes: one,
    build: ([x], random) => {
      const widths = () => x.shape.map(() => random.integer(2));
      return f.pad(x, widths(), widths(), random.integer(2) ? widths() : undefined);
    },
  },
  concat: {
    shapes(random) {
      const shape = anyShape(random);
      return [shape, shape, [1 + random.integer(2), ...shape.slice(1)]];
    },
    build: (parts) => f.concat(parts, 0),
  },
  gather: {
    shapes: one,
    build([x], random) {
      const axis = random.integer(x.shape.length);
      return f.gather(x, anyIndices(x.shape, axis, x.shape[axis], random), axis);
    },
  },
  scatterAdd: {
    shapes: one,
    build([x], random) {
      const axis = random.integer(x.shape.length);
      const length = 1 + random.integer(4);
      return f.scatterAdd(x, anyIndices(x.shape, axis, length, random, x.shape[axis]), axis, length);
    },
  },
  conv2d: convolutionExample((x, w, options) => f.conv2d(x, w, options)),
  convInput: convolutionExample((x, w, options) => {
    const image = f.sin(x);
    return gradient(f.sum(f.pow(f.conv2d(image, w, options), 3)), [image])[0];
  }),
  convWeight: convolutionExample((x, w, options) => {
    const weights = f.sin(w);
    return gradient(f.sum(f.pow(f.conv2d(x, weights, options), 3)), [weights])[0];
  }),
  matmul: {
    shapes(random) {
      const [rows, inner, columns] = Array.from({ length: 3 }, () => 1 + random.integer(3));
      const [left, right] = broadcasting(random, 2);
      const flip = (m: number, n: number) => (random.integer(2) ? [m, n] : [n, m]);
      return [
        [...left, ...flip(rows, inner)],
        [...right, ...flip(inner, columns)],
      ];
    },
    build([a, b]) {
      const flags = [false, true].flatMap((transposeA) =>
        [false, true].map((transposeB) => ({ transposeA, transposeB })),
      );
      const fits = ({ transposeA, transposeB }: (typeof flags)[number]) =>
        a.shape.at(transposeA ? -2 : -1) === b.shape.at(transposeB ? -1 : -2);
      return f.matmul(a, b, flags.find(fits));
    },
  },
};

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= tolerance * scale, `${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
  }
}

for (const [name, { shapes, build, draw = signed }] of Object.entries(examples)) {
  test(`${name}: derivatives agree with central differences and with each other, backends agree`, async () => {
    let seen = 0;
    const property = fc.asyncProperty(fc.nat(1e6), async (seed) => {
      const random = randomStream(seed, name);
      const operands = shapes(random).map((shape, i) => input(`x${i}`, shape));
      const tangents = operands.map(({ shape }, i) => input(`v${i}`, shape));
      const inputs = Object.fromEntries([...operands, ...tangents].map((x, i) => [`in${i}`, x]));
      const values = [...operands, ...tangents].map(({ shape }, i) =>
        Float64Array.from({ length: sizeOf(shape) }, () => (i < operands.length ? draw(random) : random.normal())),
      );
      const y = build(operands, random);
      seen += topologicalOrder([y]).filter(({ operator }) => operator.name === name).length;
      const weights = constant(
        Float64Array.from({ length: sizeOf(y.shape) }, () => random.normal()),
        y.shape,
      );
      const scalar = f.sum(f.mul(weights, f.add(y, f.mul(y, y))));
      const gradients = gradient(scalar, operands);
      const products = operands.map((x, i) => hessianVectorProduct(scalar, x, tangents[i]));
      const reversed = operands.map((x, i) => gradient(f.sum(f.mul(gradients[i], tangents[i])), [x])[0]);
      const forward = jvp([y, scalar], operands, tangents);
      const outputs = Object.fromEntries(
        [y, scalar, ...forward, ...gradients, ...products, ...reversed].map((tensor, i) => [`out${i}`, tensor]),
      );
      const evaluate = async (operandValues: Float64Array[], options = {}) => {
        const feeds = [...operandValues, ...values.slice(operands.length)];
        const results = await run({ inputs, outputs }, Object.fromEntries(feeds.map((v, i) => [`in${i}`, v])), options);
        const list = Object.keys(outputs).map((key) => results[key]);
        const [ys, scalars, dy, dscalar, ...rest] = list;
        const n = operands.length;
        return { list, ys, scalars, dy, dscalar, g: rest.slice(0, n), hv: rest.slice(n, 2 * n), rr: rest.slice(2 * n) };
      };
      const own = values.slice(0, operands.length);
      const tangentValues = values.slice(operands.length);
      const at = await evaluate(own);
      const step = 1e-5;
      const moved = (sign: number, only?: number) =>
        own.map((x, i) =>
          x.map((value, k) => value + (only === undefined || only === i ? sign * step * tangentValues[i][k] : 0)),
        );
      const slope = (plus: Float64Array, minus: Float64Array) =>
        plus.map((value, k) => (value - minus[k]) / (2 * step));

      const [plus, minus] = [await evaluate(moved(1)), await evaluate(moved(-1))];
      assertClose(at.dy, slope(plus.ys, minus.ys), 1e-7, "forward derivative");
      assertClose(at.dscalar, slope(plus.scalars, minus.scalars), 1e-7, "directional derivative");
      const inner = at.g.reduce((sum, g, i) => sum + dot(g, tangentValues[i]), 0);
      assertClose(at.dscalar, [inner], 1e-12, "gradient · tangent");
      for (const i of operands.keys()) {
        const [up, down] = [await evaluate(moved(1, i)), await evaluate(moved(-1, i))];
        assertClose([dot(at.g[i], tangentValues[i])], slope(up.scalars, down.scalars), 1e-7, `gradient ${i}`);
        assertClose(at.hv[i], slope(up.g[i], down.g[i]), 1e-7, `Hessian-vector product ${i}`);
        assertClose(at.hv[i], at.rr[i], 1e-12, `forward over reverse against reverse over reverse ${i}`);
      }
      for (const [dtype, tolerance] of [
        ["f64", 1e-12],
        ["f32", 1e-5],
      ] as const) {
        const other = await evaluate(own, { backend: "onnxruntime", dtype });
        for (const [i, result] of other.list.entries())
          assertClose(result, at.list[i], tolerance, `onnxruntime ${dtype} ${i}`);
      }
    });
    await fc.assert(property, { seed: 1, numRuns: 12 });
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
  assert.throws(() => f.transpose(a, [0, 0]), /transpose: \[0,0\] is no permutation/);
  assert.throws(() => f.concat([a, b], 0), /concat: shapes \[2,3\], \[4,5\] do not join along axis 0/);
  assert.throws(() => f.tanh(f.greater(a, 0)), /tanh: expected real tensors, found bool/);
  assert.throws(() => f.where(a, 1, 2), /where: the condition is real/);
  assert.throws(() => constant([1, 2, 3], [2]), /shape \[2\] holds 2 values, found 3/);
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

test("NaN comes through every elementwise function, on every backend", async () => {
  const x = input("x", [37]);
  const functions = { relu: f.relu, abs: f.abs, tanh: f.tanh, exp: f.exp, log: f.log, sin: f.sin, sigmoid: f.sigmoid };
  const outputs = Object.fromEntries(Object.entries(functions).map(([name, of]) => [name, of(x)]));
  for (const [backend, dtype] of [
    ["reference", "f64"],
    ["onnxruntime", "f64"],
    ["onnxruntime", "f32"],
  ] as const) {
    const results = await run({ inputs: { x }, outputs }, { x: new Float64Array(37).fill(NaN) }, { backend, dtype });
    for (const [name, values] of Object.entries(results)) {
      assert.ok(values.every(Number.isNaN), `${name} on ${backend} ${dtype}`);
    }
  }
});
