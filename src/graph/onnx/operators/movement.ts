/** Operators that move elements. */
import * as f from "../../functions.js";
import { sliceRanges } from "../../operators/movement.js";
import { sizeOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type Call, frontAxis, type Rule } from "../call.js";
import { staticValues, type Value } from "../value.js";

const like = (call: Call, tensor: Tensor): Value => ({ tensor, kind: call.value(0).kind });

/** In a shape, 0 keeps the length, and −1 takes the rest. */
function reshape(call: Call): Value {
  const x = call.tensor(0);
  const wanted = call.numbers(1);
  const keepsZero = call.number("allowzero", 0) === 0;
  const shape = wanted.map((length, i) => (length === 0 && keepsZero ? x.shape[i] : length));
  const known = shape.filter((length) => length !== -1).reduce((size, length) => size * length, 1);
  return like(
    call,
    f.reshape(
      x,
      shape.map((length) => (length === -1 ? sizeOf(x.shape) / known : length)),
    ),
  );
}

function flatten(call: Call): Value {
  const x = call.tensor(0);
  const axis = call.number("axis", 1);
  const first = axis < 0 ? axis + x.shape.length : axis;
  return like(call, f.reshape(x, [sizeOf(x.shape.slice(0, first)), sizeOf(x.shape.slice(first))]));
}

const axesOf = (call: Call) => call.optionalNumbers(1) ?? call.list("axes");

function squeeze(call: Call): Value {
  const x = call.tensor(0);
  const axes = axesOf(call)?.map((axis) => frontAxis(axis, x.shape.length));
  const gone = (length: number, axis: number) => (axes ? axes.includes(axis) : length === 1);
  return like(
    call,
    f.reshape(
      x,
      x.shape.filter((length, axis) => !gone(length, axis)),
    ),
  );
}

function unsqueeze(call: Call): Value {
  const x = call.tensor(0);
  const given = axesOf(call) ?? [];
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => frontAxis(axis, rank));
  let next = 0;
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : x.shape[next++]));
  return like(call, f.reshape(x, shape));
}

function transpose(call: Call): Value {
  const x = call.tensor(0);
  return like(call, f.transpose(x, call.list("perm") ?? [...x.shape.keys()].reverse()));
}

/** Both shapes may broadcast: an Expand to [1, 3] leaves a tensor [2, 3] unchanged. */
function expand(call: Call): Value {
  const x = call.tensor(0);
  const shape = call.numbers(1);
  const rank = Math.max(shape.length, x.shape.length);
  const own = [...new Array<number>(rank - x.shape.length).fill(1), ...x.shape];
  const wanted = [...new Array<number>(rank - shape.length).fill(1), ...shape];
  return like(
    call,
    f.expand(
      x,
      own.map((length, i) => (length === 1 ? wanted[i] : length)),
    ),
  );
}

function tile(call: Call): Value {
  const x = call.tensor(0);
  const repeats = call.numbers(1);
  const split = f.reshape(
    x,
    x.shape.flatMap((length) => [1, length]),
  );
  const repeated = f.expand(
    split,
    x.shape.flatMap((length, i) => [repeats[i], length]),
  );
  return like(
    call,
    f.reshape(
      repeated,
      x.shape.map((length, i) => length * repeats[i]),
    ),
  );
}

function concat(call: Call): Value {
  const tensors = call.all().map(({ tensor }) => tensor);
  return like(call, f.concat(tensors, frontAxis(call.number("axis", 0), tensors[0].shape.length)));
}

function slice(call: Call): Value {
  const x = call.tensor(0);
  const rank = x.shape.length;
  const starts = call.optionalNumbers(1) ?? call.list("starts") ?? [];
  const ends = call.optionalNumbers(2) ?? call.list("ends") ?? [];
  const axes = call.optionalNumbers(3) ?? call.list("axes") ?? [...starts.keys()];
  const steps = call.optionalNumbers(4) ?? starts.map(() => 1);
  let result = x;
  for (const [i, given] of axes.entries()) {
    result = sliceAxis(result, frontAxis(given, rank), starts[i], ends[i], steps[i]);
  }
  return like(call, result);
}

/** Negative bounds count from the end. Bounds stop at the ends of the axis. */
function sliceAxis(x: Tensor, axis: number, start: number, end: number, step: number): Tensor {
  const length = x.shape[axis];
  const clamp = (bound: number, low: number, high: number) =>
    Math.min(high, Math.max(low, bound < 0 ? bound + length : bound));
  if (step > 0) {
    const [from, to] = [clamp(start, 0, length), clamp(end, 0, length)];
    return f.slice(x, axis, from, Math.max(from, to), step);
  }
  const [from, to] = [clamp(start, -1, length - 1), clamp(end, -1, length - 1)];
  const indices = Array.from({ length: Math.max(0, Math.ceil((to - from) / step)) }, (_, i) => from + i * step);
  return pick(x, axis, indices);
}

/** The elements with these indices along an axis. */
export function pick(x: Tensor, axis: number, indices: readonly number[]): Tensor {
  if (indices.length === 0) return f.slice(x, axis, 0, 0);
  const shape = x.shape.map((_, i) => (i === axis ? indices.length : 1));
  return f.gather(x, f.constant(indices, shape), axis);
}

function split(call: Call): Value[] {
  const x = call.tensor(0);
  const axis = frontAxis(call.number("axis", 0), x.shape.length);
  const parts = call.node.outputs.length;
  const even = Math.ceil(x.shape[axis] / call.number("num_outputs", parts));
  const given = call.optionalNumbers(1) ?? call.list("split");
  const sizes = given ?? Array.from({ length: parts }, (_, i) => Math.min(even, x.shape[axis] - i * even));
  let start = 0;
  return sizes.map((size) => like(call, f.slice(x, axis, start, (start += size))));
}

/** Pads with zeros, another number, the edge or a reflection. Negative widths cut. */
function pad(call: Call): Value {
  const x = call.tensor(0);
  const rank = x.shape.length;
  const given = call.optionalNumbers(1) ?? call.list("pads") ?? [];
  const axes = call.optionalNumbers(3)?.map((axis) => frontAxis(axis, rank)) ?? [...x.shape.keys()];
  const widths = (from: number) => {
    const all = new Array<number>(rank).fill(0);
    for (const [i, axis] of axes.entries()) all[axis] = given[from + i];
    return all;
  };
  const [before, after] = [widths(0), widths(axes.length)];
  const mode = call.text("mode", "constant");
  if (mode !== "constant") {
    const indices = (axis: number) => paddedIndices(x.shape[axis], before[axis], after[axis], mode);
    const padded = axes.filter((axis) => before[axis] !== 0 || after[axis] !== 0);
    return like(
      call,
      padded.reduce((own, axis) => pick(own, axis, indices(axis)), x),
    );
  }
  const values = call.optional(2) ? staticValues(call.tensor(2)) : Float64Array.of(call.number("value", 0));
  if (values === undefined) throw new Error("its value depends on the samples or the weights");
  return like(call, padConstant(x, before, after, values[0] ?? 0));
}

/** Pads with a number. Negative widths cut. */
export function padConstant(x: Tensor, before: readonly number[], after: readonly number[], value: number): Tensor {
  const cut = sliceRanges(
    x,
    before.map((width) => Math.max(0, -width)),
    x.shape.map((length, axis) => length - Math.max(0, -after[axis])),
  );
  const [front, back] = [before, after].map((widths) => widths.map((width) => Math.max(0, width)));
  const padded = f.pad(cut, front, back);
  if (value === 0 || padded === cut) return padded;
  // Number · (1 − ones inside), because a product of the zeros with ∞ would give NaN.
  const inside = f.pad(f.expand(f.constant(1), cut.shape), front, back);
  return f.where(f.greater(inside, 0.5), padded, value);
}

function paddedIndices(length: number, before: number, after: number, mode: string): number[] {
  return Array.from({ length: before + length + after }, (_, k) => {
    const i = k - before;
    if (mode === "edge") return Math.min(length - 1, Math.max(0, i));
    if (mode === "wrap") return ((i % length) + length) % length;
    if (mode !== "reflect") throw new Error(`its mode is "${mode}"; expected constant, edge, reflect or wrap`);
    const period = Math.max(1, 2 * (length - 1));
    const place = ((i % period) + period) % period;
    return place < length ? place : period - place;
  });
}

function depthToSpace(call: Call): Value {
  const x = call.tensor(0);
  const [n, c, h, w] = x.shape;
  const b = call.number("blocksize", 1);
  const columnsFirst = call.text("mode", "DCR") === "DCR";
  const parts = columnsFirst ? [n, b, b, c / b ** 2, h, w] : [n, c / b ** 2, b, b, h, w];
  const order = columnsFirst ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
  return like(call, f.reshape(f.transpose(f.reshape(x, parts), order), [n, c / b ** 2, h * b, w * b]));
}

function spaceToDepth(call: Call): Value {
  const x = call.tensor(0);
  const [n, c, h, w] = x.shape;
  const b = call.number("blocksize", 1);
  const split = f.transpose(f.reshape(x, [n, c, h / b, b, w / b, b]), [0, 3, 5, 1, 2, 4]);
  return like(call, f.reshape(split, [n, c * b ** 2, h / b, w / b]));
}

export const movementRules: Readonly<Record<string, Rule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Slice: slice,
  Split: split,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
