/** The operators that move elements: transpose, slice, pad, concat. */
import { forEachPosition, type Shape, sizeOf, stridesOf } from "../shape.js";
import { apply, constant, type Operator, requireReal, type Tensor } from "../tensor.js";
import { expand } from "./broadcast.js";

export const transposeOperator: Operator<{ permutation: readonly number[] }> = {
  name: "transpose",
  infer([x], { permutation }) {
    requireReal("transpose", [x]);
    const sorted = [...permutation].sort((a, b) => a - b);
    if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new RangeError(`transpose: [${permutation}] is not a permutation of the axes of shape [${x.shape}]`);
    }
    return { shape: permutation.map((axis) => x.shape[axis]), type: "real" };
  },
  vjp({ attributes: { permutation } }, cotangent) {
    const inverse = new Array<number>(permutation.length);
    for (const [to, from] of permutation.entries()) inverse[from] = to;
    return transpose(cotangent, inverse);
  },
  jvp: (node, [tangent]) => transpose(tangent!, node.attributes.permutation),
  evaluate(node, [x]) {
    const strides = stridesOf(node.inputs[0].shape);
    const result = new Float64Array(x.length);
    const permuted = node.attributes.permutation.map((axis) => strides[axis]);
    forEachPosition(node.shape, permuted, 0, (k, position) => {
      result[k] = x[position];
    });
    return result;
  },
  onnx: (node, [x], writer) => writer.node("Transpose", [x], { perm: [...node.attributes.permutation] }),
};

/** Axis i of the result is axis permutation[i] of x. By default the last two axes are swapped. */
export function transpose(x: Tensor, permutation: readonly number[] = swapLastTwo(x.shape.length)): Tensor {
  if (permutation.length === x.shape.length && permutation.every((axis, i) => axis === i)) return x;
  if (x.operator === transposeOperator) {
    const first = (x.attributes as { permutation: readonly number[] }).permutation;
    return transpose(
      x.inputs[0],
      permutation.map((axis) => first[axis]),
    );
  }
  return apply(transposeOperator, [x], { permutation });
}

export function swapLastTwo(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return rank < 2 ? axes : [...axes.slice(0, -2), rank - 1, rank - 2];
}

export interface SliceAttributes {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly steps: readonly number[];
}

export const sliceOperator: Operator<SliceAttributes> = {
  name: "slice",
  infer([x], { starts, ends, steps }) {
    requireReal("slice", [x]);
    const { shape } = x;
    const fits = shape.every((length, axis) => 0 <= starts[axis] && starts[axis] <= ends[axis] && ends[axis] <= length);
    if (starts.length !== shape.length || ends.length !== shape.length || !fits) {
      throw new RangeError(`slice: [${starts}] to [${ends}] does not lie within shape [${shape}]`);
    }
    if (steps.length !== shape.length || !steps.every((step) => Number.isInteger(step) && step > 0)) {
      throw new RangeError(`slice: steps [${steps}] do not suit shape [${shape}]; expected whole numbers ≥ 1`);
    }
    return { shape: shape.map((_, axis) => Math.ceil((ends[axis] - starts[axis]) / steps[axis])), type: "real" };
  },
  vjp(node, cotangent) {
    const { starts, steps } = node.attributes;
    const interior = steps.map((step) => step - 1);
    const after = spread(node.shape, interior).map(
      (length, axis) => node.inputs[0].shape[axis] - starts[axis] - length,
    );
    return pad(cotangent, starts, after, interior);
  },
  jvp({ attributes: { starts, ends, steps } }, [tangent]) {
    return sliceRanges(tangent!, starts, ends, steps);
  },
  evaluate(node, [x]) {
    const { starts, steps } = node.attributes;
    const strides = stridesOf(node.inputs[0].shape);
    const result = new Float64Array(sizeOf(node.shape));
    const stepped = strides.map((stride, axis) => stride * steps[axis]);
    forEachPosition(node.shape, stepped, offsetOf(starts, strides), (k, position) => {
      result[k] = x[position];
    });
    return result;
  },
  onnx(node, [x], writer) {
    const { starts, ends, steps } = node.attributes;
    const axes = node.shape.flatMap((length, axis) => (length === node.inputs[0].shape[axis] ? [] : [axis]));
    const pick = (values: readonly number[]) => writer.integers(axes.map((axis) => values[axis]));
    const stepped = axes.some((axis) => steps[axis] !== 1);
    return writer.node("Slice", [
      x,
      pick(starts),
      pick(ends),
      writer.integers(axes),
      ...(stepped ? [pick(steps)] : []),
    ]);
  },
};

/** The elements start ≤ index < end along one axis, every `step`-th of them. */
export function slice(x: Tensor, axis: number, start: number, end: number, step = 1): Tensor {
  if (!(axis in x.shape)) throw new RangeError(`slice: shape [${x.shape}] has no axis ${axis}`);
  const starts = x.shape.map((_, i) => (i === axis ? start : 0));
  const ends = x.shape.map((length, i) => (i === axis ? end : length));
  return sliceRanges(
    x,
    starts,
    ends,
    x.shape.map((_, i) => (i === axis ? step : 1)),
  );
}

/** The elements starts ≤ index < ends along every axis, in steps (default 1). */
export function sliceRanges(
  x: Tensor,
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[] = starts.map(() => 1),
): Tensor {
  const { shape } = sliceOperator.infer([x], { starts, ends, steps });
  if (shape.every((length, axis) => length === x.shape[axis])) return x;
  return apply(sliceOperator, [x], { starts, ends, steps });
}

export interface PadAttributes {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly interior: readonly number[];
}

/** Zeros around and between elements. With interior zeros it is the adjoint of a slice with steps. */
export const padOperator: Operator<PadAttributes> = {
  name: "pad",
  infer([x], { before, after, interior }) {
    requireReal("pad", [x]);
    const { shape } = x;
    const suits = [before, after, interior].every(
      (widths) => widths.length === shape.length && widths.every((width) => Number.isInteger(width) && width >= 0),
    );
    if (!suits) {
      const between = interior.some((width) => width !== 0) ? ` and [${interior}] between elements` : "";
      throw new RangeError(`pad: widths [${before}] and [${after}]${between} do not suit shape [${shape}]`);
    }
    return { shape: spread(shape, interior).map((length, axis) => before[axis] + length + after[axis]), type: "real" };
  },
  vjp({ inputs: [x], attributes: { before, interior } }, cotangent) {
    const ends = spread(x.shape, interior).map((length, axis) => before[axis] + length);
    return sliceRanges(
      cotangent,
      before,
      ends,
      interior.map((width) => width + 1),
    );
  },
  jvp: ({ attributes: { before, after, interior } }, [tangent]) => pad(tangent!, before, after, interior),
  evaluate(node, [x]) {
    const { before, interior } = node.attributes;
    const strides = stridesOf(node.shape);
    const result = new Float64Array(sizeOf(node.shape));
    const stepped = strides.map((stride, axis) => stride * (interior[axis] + 1));
    forEachPosition(node.inputs[0].shape, stepped, offsetOf(before, strides), (k, position) => {
      result[position] = x[k];
    });
    return result;
  },
  onnx(node, [x], writer) {
    const { before, after, interior } = node.attributes;
    if (interior.every((width) => width === 0)) return writer.node("Pad", [x, writer.integers([...before, ...after])]);
    // [n] → [n, 1] → [n, 1 + width] → [n·(1 + width)], whose last zeros count as padding after.
    const { shape } = node.inputs[0];
    const none = new Array<number>(2 * shape.length).fill(0);
    const split = writer.node("Reshape", [x, writer.integers(shape.flatMap((length) => [length, 1]))]);
    const zerosBetween = interior.flatMap((width) => [0, width]);
    const widened = writer.node("Pad", [split, writer.integers([...none, ...zerosBetween])]);
    const joined = shape.map((length, axis) => length * (interior[axis] + 1));
    const flat = writer.node("Reshape", [widened, writer.integers(joined)]);
    const rest = after.map((width, axis) => width - interior[axis]);
    return writer.node("Pad", [flat, writer.integers([...before, ...rest])]);
  },
};

/** Zeros before and after along every axis, and `interior` zeros between neighbours (default 0). */
export function pad(
  x: Tensor,
  before: readonly number[],
  after: readonly number[],
  interior: readonly number[] = before.map(() => 0),
): Tensor {
  if ([...before, ...after, ...interior].every((width) => width === 0)) return x;
  return apply(padOperator, [x], { before, after, interior });
}

/** The lengths after zeros are inserted between neighbours. */
function spread(shape: Shape, interior: readonly number[]): number[] {
  return shape.map((length, axis) => (length === 0 ? 0 : (length - 1) * (interior[axis] + 1) + 1));
}

function offsetOf(starts: readonly number[], strides: readonly number[]): number {
  return starts.reduce((offset, start, axis) => offset + start * strides[axis], 0);
}

export const concatOperator: Operator<{ axis: number }> = {
  name: "concat",
  infer(inputs, { axis }) {
    requireReal("concat", inputs);
    const shapes = inputs.map(({ shape }) => shape);
    const [first] = shapes;
    const agree = (shape: Shape) =>
      shape.length === first.length && shape.every((length, i) => i === axis || length === first[i]);
    if (!(axis in first) || !shapes.every(agree)) {
      const found = shapes.map((shape) => `[${shape}]`).join(", ");
      throw new RangeError(`concat: shapes ${found} do not join along axis ${axis}`);
    }
    const length = shapes.reduce((sum, shape) => sum + shape[axis], 0);
    return { shape: first.map((own, i) => (i === axis ? length : own)), type: "real" };
  },
  vjp({ inputs, attributes: { axis } }, cotangent, index) {
    const start = inputs.slice(0, index).reduce((sum, { shape }) => sum + shape[axis], 0);
    return slice(cotangent, axis, start, start + inputs[index].shape[axis]);
  },
  jvp({ inputs, attributes: { axis } }, tangents) {
    return concat(
      tangents.map((tangent, i) => tangent ?? zeros(inputs[i].shape)),
      axis,
    );
  },
  evaluate(node, values) {
    const { axis } = node.attributes;
    const outer = sizeOf(node.shape.slice(0, axis));
    const result = new Float64Array(sizeOf(node.shape));
    const row = result.length / outer;
    let start = 0;
    for (const value of values) {
      const block = value.length / outer;
      for (let i = 0; i < outer; i++) result.set(value.subarray(i * block, (i + 1) * block), i * row + start);
      start += block;
    }
    return result;
  },
  onnx: (node, inputs, writer) => writer.node("Concat", inputs, { axis: node.attributes.axis }),
};

/** Joins tensors along an axis. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  if (tensors.length === 0) throw new RangeError("concat: expected at least one tensor");
  return tensors.length === 1 ? tensors[0] : apply(concatOperator, tensors, { axis });
}

/** A tensor of zeros. */
export function zeros(shape: Shape): Tensor {
  return expand(constant(0), shape);
}
