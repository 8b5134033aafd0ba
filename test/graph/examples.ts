import { gradient } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { reduceMax } from "../../src/graph/operators/reduceMax.js";
import type { operators } from "../../src/graph/operators.js";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import { constant, type Tensor } from "../../src/graph/tensor.js";
import type { Random } from "../../src/linalg/random.js";
import type { Example } from "./checkDerivatives.js";

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
export const examples: Record<
  Exclude<keyof typeof operators, "constant" | "data" | "input" | "stopGradient">,
  Example
> = {
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
  div: {
    shapes: two,
    build: ([a, b]) => f.div(a, b),
    draw: (random) => (random.integer(2) ? 1 : -1) * positive(random),
  },
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
    return gradient(f.sum(f.sin(f.conv2d(image, w, options))), [image])[0];
  }),
  convWeight: convolutionExample((x, w, options) => {
    const weights = f.sin(w);
    return gradient(f.sum(f.sin(f.conv2d(x, weights, options))), [weights])[0];
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
