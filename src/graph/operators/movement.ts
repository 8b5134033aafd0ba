/** The operators that copy elements to other places: transpose, slice, pad, concat. */
import { forEachPosition, type Shape, sizeOf, stridesOf } from "../shape.js";
import { apply, constant, type Operator, requireReal, type Tensor } from "../tensor.js";
import { expand } from "./broadcast.js";

export const transposeOperator: Operator<{ permutation: readonly number[] }> = {
  name: "transpose",
  infer([x], { permutation }) {
    requireReal("transpose", [x]);
    const sorted = [...permutation].sort((a, b) => a - b);
    if (sorted.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new RangeError(`transpose: [${permutation}] is no permutation of the axes of shape [${x.shape}]`);
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

/** Axis i of the result is axis permutation[i] of x; without a permutation the last two axes change places. */
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

export const sliceOperator: Operator<{ starts: readonly number[]; ends: readonly number[] }> = {
  name: "slice",
  infer([x], { starts, ends }) {
    requireReal("slice", [x]);
    const { shape } = x;
    const fits = shape.every((length, axis) => 0 <= starts[axis] && starts[axis] <= ends[axis] && ends[axis] <= length);
    if (starts.length !== shape.length || ends.length !== shape.length || !fits) {
      throw new RangeError(`slice: [${starts}] to [${ends}] does not lie within shape [${shape}]`);
    }
    return { shape: shape.map((_, axis) => ends[axis] - starts[axis]), type: "real" };
  },
  vjp({ inputs: [x], attributes: { starts, ends } }, cotangent) {
    return pad(
      cotangent,
      starts,
      ends.map((end, axis) => x.shape[axis] - end),
    );
  },
  jvp({ attributes: { starts, ends } }, [tangent]) {
    return sliceRanges(tangent!, starts, ends);
  },
  evaluate(node, [x]) {
    const strides = stridesOf(node.inputs[0].shape);
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition(node.shape, strides, offsetOf(node.attributes.starts, strides), (k, position) => {
      result[k] = x[position];
    });
    return result;
  },
  onnx(node, [x], writer) {
    const { starts, ends } = node.attributes;
    const axes = node.shape.flatMap((length, axis) => (length === node.inputs[0].shape[axis] ? [] : [axis]));
    const pick = (bounds: readonly number[]) => writer.integers(axes.map((axis) => bounds[axis]));
    return writer.node("Slice", [x, pick(starts), pick(ends), writer.integers(axes)]);
  },
};

/** Elements start ≤ index < end along one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  if (!(axis in x.shape)) throw new RangeError(`slice: shape [${x.shape}] has no axis ${axis}`);
  const starts = x.shape.map((_, i) => (i === axis ? start : 0));
  const ends = x.shape.map((length, i) => (i === axis ? end : length));
  return sliceRanges(x, starts, ends);
}

function sliceRanges(x: Tensor, starts: readonly number[], ends: readonly number[]): Tensor {
  const { shape } = sliceOperator.infer([x], { starts, ends });
  if (shape.every((length, axis) => length === x.shape[axis])) return x;
  return apply(sliceOperator, [x], { starts, ends });
}

export const padOperator: Operator<{ before: readonly number[]; after: readonly number[] }> = {
  name: "pad",
  infer([x], { before, after }) {
    requireReal("pad", [x]);
    const { shape } = x;
    const widths = [...before, ...after];
    if (before.length !== shape.length || after.length !== shape.length || widths.some((width) => width < 0)) {
      throw new RangeError(`pad: widths [${before}] and [${after}] do not suit shape [${shape}]`);
    }
    return { shape: shape.map((length, axis) => before[axis] + length + after[axis]), type: "real" };
  },
  vjp: ({ inputs: [x], attributes: { before } }, cotangent) =>
    sliceRanges(
      cotangent,
      before,
      before.map((start, axis) => start + x.shape[axis]),
    ),
  jvp: ({ attributes: { before, after } }, [tangent]) => pad(tangent!, before, after),
  evaluate(node, [x]) {
    const strides = stridesOf(node.shape);
    const result = new Float64Array(sizeOf(node.shape));
    forEachPosition(node.inputs[0].shape, strides, offsetOf(node.attributes.before, strides), (k, position) => {
      result[position] = x[k];
    });
    return result;
  },
  onnx({ attributes: { before, after } }, [x], writer) {
    return writer.node("Pad", [x, writer.integers([...before, ...after])]);
  },
};

/** Zeros before and after along every axis. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  if ([...before, ...after].every((width) => width === 0)) return x;
  return apply(padOperator, [x], { before, after });
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
