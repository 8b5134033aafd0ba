/** The operators in TensorFlow.js. An entry takes the operands and the node and returns a new tensor. */
import type { operators } from "../operators.js";
import { padRank, type Shape, sameShape, sizeOf } from "../shape.js";
import type { Operator, Tensor } from "../tensor.js";
import type { Tensorflow, TfTensor } from "./tensorflowLibrary.js";

type Operators = typeof operators;
type AttributesOf<O> = O extends Operator<infer A> ? A : never;
type Translation<A extends object> = (tf: Tensorflow, inputs: readonly TfTensor[], node: Tensor<A>) => TfTensor;
type Translations = { readonly [K in keyof Operators]?: Translation<AttributesOf<Operators[K]>> };

const translations: Translations = {
  neg: (tf, [x]) => tf.neg(x),
  sqrt: (tf, [x]) => tf.sqrt(x),
  exp: (tf, [x]) => tf.exp(x),
  log: (tf, [x]) => tf.log(x),
  tanh: (tf, [x]) => tf.tanh(x),
  sin: (tf, [x]) => tf.sin(x),
  cos: (tf, [x]) => tf.cos(x),
  sigmoid: (tf, [x]) => tf.sigmoid(x),
  abs: (tf, [x]) => tf.abs(x),
  relu: (tf, [x]) => tf.relu(x),
  erf: (tf, [x]) => tf.erf(x),
  pow(tf, [x], { attributes: { exponent } }) {
    if (exponent === 2) return tf.square(x);
    if (exponent === -1) return tf.reciprocal(x);
    return tf.pow(x, tf.scalar(exponent, "float32"));
  },
  add: (tf, [a, b]) => tf.add(a, b),
  sub: (tf, [a, b]) => tf.sub(a, b),
  mul: (tf, [a, b]) => tf.mul(a, b),
  div: (tf, [a, b]) => tf.div(a, b),
  maximum: (tf, [a, b]) => tf.maximum(a, b),
  minimum: (tf, [a, b]) => tf.minimum(a, b),
  greater: (tf, [a, b]) => tf.greater(a, b),
  greaterOrEqual: (tf, [a, b]) => tf.greaterEqual(a, b),
  equal: (tf, [a, b]) => tf.equal(a, b),
  where: (tf, [condition, a, b]) => tf.where(condition, a, b),
  stopGradient: (_, [x]) => x.clone(),
  reshape: (tf, [x], { shape }) => tf.reshape(x, shape),
  expand: (tf, [x], { shape }) => broadcast(tf, x, shape),
  reduceSum: (tf, [x], { attributes: { axes } }) => tf.sum(x, axes, true),
  reduceMax: (tf, [x], { attributes: { axes } }) => tf.max(x, axes, true),
  transpose: (tf, [x], { attributes: { permutation } }) => tf.transpose(x, permutation),
  slice: (tf, [x], { attributes: { starts, ends, steps }, shape }) =>
    steps.every((step) => step === 1) ? tf.slice(x, starts, shape) : tf.stridedSlice(x, starts, ends, steps),
  pad(tf, [x], { attributes: { before, after, interior } }) {
    const spread = interior.reduce((wide, zeros, axis) => putZerosBetween(tf, wide, axis, zeros), x);
    return tf.pad(
      spread,
      before.map((width, axis) => [width, after[axis]] as const),
    );
  },
  concat: (tf, inputs, { attributes: { axis } }) => tf.concat(inputs, axis),
  gather(tf, [x, indices], { inputs, attributes: { axis }, shape }) {
    const own = inputs[1].shape;
    if (sizeOf(own) === own[axis]) return tf.gather(x, tf.reshape(tf.cast(indices, "int32"), [own[axis]]), axis);
    const positions = flatPositions(tf, indices, shape, axis, inputs[0].shape[axis]);
    return tf.reshape(tf.gather(tf.reshape(x, [-1]), positions, 0), shape);
  },
  scatterAdd(tf, [updates, indices], { inputs, attributes: { axis, length }, shape }) {
    const positions = flatPositions(tf, indices, inputs[0].shape, axis, length);
    const added = tf.scatterND(tf.reshape(positions, [-1, 1]), tf.reshape(updates, [-1]), [sizeOf(shape)]);
    return tf.reshape(added, shape);
  },
  matmul(tf, [a, b], { attributes: { transposeA, transposeB }, shape }) {
    // Adds axes of length 1 in front, because not every package broadcasts them.
    const [left, right] = [a, b].map((x) => broadcast(tf, x, [...shape.slice(0, -2), ...x.shape.slice(-2)]));
    return tf.matMul(left, right, transposeA, transposeB);
  },
  conv2d(tf, [x, w], { inputs, attributes, shape }) {
    const { stride, padding, dilation, groups } = attributes;
    const margin = [padding, padding] as const;
    const images = tf.pad(tf.transpose(x, [0, 2, 3, 1]), [[0, 0], margin, margin, [0, 0]]);
    const filter = tf.transpose(w, [2, 3, 1, 0]);
    const outputs = Array.from({ length: groups }, (_, group) => {
      const share = (whole: TfTensor, length: number, start: number) => {
        const begin = [0, 0, 0, start];
        return tf.slice(whole, begin, [...whole.shape.slice(0, 3), length]);
      };
      const [ins, outs] = [inputs[1].shape[1], shape[1] / groups];
      const part = share(images, ins, group * ins);
      const kernels = share(filter, outs, group * outs);
      if (stride === 1 || dilation === 1) return tf.conv2d(part, kernels, stride, "valid", "NHWC", dilation);
      // TensorFlow has no dilated convolution with a stride, so every stride-th position is kept.
      const all = tf.conv2d(part, kernels, 1, "valid", "NHWC", dilation);
      return tf.stridedSlice(all, [0, 0, 0, 0], all.shape, [1, stride, stride, 1]);
    });
    return tf.transpose(tf.concat(outputs, 3), [0, 3, 1, 2]);
  },
};

/** The TensorFlow.js implementation of this operator, if the table has one. */
export function translationOf(operator: string): Translation<object> | undefined {
  return Object.hasOwn(translations, operator)
    ? (translations[operator as keyof Operators] as Translation<object>)
    : undefined;
}

/** Repeats along axes of length 1 and new leading axes. */
function broadcast(tf: Tensorflow, x: TfTensor, shape: Shape): TfTensor {
  if (sameShape(x.shape, shape)) return x;
  const padded = padRank(x.shape, shape.length);
  const repeats = padded.map((length, axis) => (length === shape[axis] ? 1 : shape[axis]));
  return tf.tile(tf.reshape(x, padded), repeats);
}

function putZerosBetween(tf: Tensorflow, x: TfTensor, axis: number, zeros: number): TfTensor {
  const [length, inner] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
  if (zeros === 0 || length < 2) return x;
  const outer = sizeOf(x.shape.slice(0, axis));
  const followed = tf.pad(tf.reshape(x, [outer * length, inner]), [
    [0, 0],
    [0, zeros * inner],
  ]);
  // No zeros after the last element.
  const [row, kept] = [length * (zeros + 1) * inner, ((length - 1) * (zeros + 1) + 1) * inner];
  const trimmed = tf.slice(tf.reshape(followed, [outer, row]), [0, 0], [outer, kept]);
  return tf.reshape(
    trimmed,
    x.shape.map((own, i) => (i === axis ? kept / inner : own)),
  );
}

/**
 * The positions of the picked elements in the flattened tensor, which has `length` elements along the axis. The indices
 * are broadcast to the picked shape. An index outside the axis goes unnoticed.
 */
function flatPositions(tf: Tensorflow, indices: TfTensor, picked: Shape, axis: number, length: number): TfTensor {
  const [outer, inner] = [sizeOf(picked.slice(0, axis)), sizeOf(picked.slice(axis + 1))];
  const integer = (value: number) => tf.scalar(value, "int32");
  const chosen = tf.reshape(broadcast(tf, tf.cast(indices, "int32"), picked), [outer, picked[axis], inner]);
  const blocks = tf.mul(tf.reshape(tf.range(0, outer, 1, "int32"), [outer, 1, 1]), integer(length * inner));
  const within = tf.reshape(tf.range(0, inner, 1, "int32"), [1, 1, inner]);
  return tf.reshape(tf.add(tf.add(blocks, tf.mul(chosen, integer(inner))), within), [-1]);
}
