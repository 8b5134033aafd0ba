/** Operators that take and put elements by index. */
import * as f from "../../functions.js";
import { sizeOf, stridesOf } from "../../shape.js";
import type { Tensor } from "../../tensor.js";
import { type Call, frontAxis, type Rule } from "../call.js";
import { staticValues, truth, type Value } from "../value.js";

const like = (call: Call, tensor: Tensor): Value => ({ tensor, kind: call.value(0).kind });

/** Negative constant indices count from the end. Tokens of samples are not negative. */
function fromFront(indices: Tensor, length: number): Tensor {
  const values = staticValues(indices);
  if (values === undefined) return indices;
  return f.constant(
    values.map((index) => (index < 0 ? index + length : index)),
    indices.shape,
  );
}

/** x[…, indices, …]: the axes of the indices replace one axis. */
function gather(call: Call): Value {
  const x = call.tensor(0);
  const axis = frontAxis(call.number("axis", 0), x.shape.length);
  const indices = fromFront(call.tensor(1), x.shape[axis]);
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const shape = [...before, ...indices.shape, ...after];
  const count = sizeOf(indices.shape);
  if (count === 0) return like(call, f.reshape(f.slice(x, axis, 0, 0), shape));
  const list = f.reshape(
    indices,
    x.shape.map((_, i) => (i === axis ? count : 1)),
  );
  return like(call, f.reshape(f.gather(x, list, axis), shape));
}

/** Each element has its own index. Other axes may be shorter than those of x. */
function gatherElements(call: Call): Value {
  const x = call.tensor(0);
  const axis = frontAxis(call.number("axis", 0), x.shape.length);
  const indices = fromFront(call.tensor(1), x.shape[axis]);
  const cut = x.shape.reduce((own, _, i) => (i === axis ? own : f.slice(own, i, 0, indices.shape[i])), x);
  return like(call, f.gather(cut, indices, axis));
}

/** Rows of known indices into the first axes (after `batch` of them), as positions in those axes merged into one. */
function flatIndices(call: Call, x: Tensor, batch: number): { places: number[]; outer: number[]; depth: number } {
  const { shape } = call.tensor(1);
  const depth = shape[shape.length - 1];
  const lengths = x.shape.slice(batch, batch + depth);
  const strides = stridesOf(lengths);
  const numbers = call.numbers(1);
  const places = Array.from({ length: numbers.length / depth }, (_, row) =>
    lengths.reduce((place, length, k) => {
      const index = numbers[row * depth + k];
      return place + (index < 0 ? index + length : index) * strides[k];
    }, 0),
  );
  return { places, outer: shape.slice(0, -1), depth };
}

function gatherNd(call: Call): Value {
  const x = call.tensor(0);
  if (call.number("batch_dims", 0) !== 0) throw new Error("its batch_dims are above 0, which is not supported");
  const { places, outer, depth } = flatIndices(call, x, 0);
  const rest = x.shape.slice(depth);
  const rows = f.reshape(x, [sizeOf(x.shape.slice(0, depth)), sizeOf(rest)]);
  const taken = f.gather(rows, f.constant(places, [places.length, 1]), 0);
  return like(call, f.reshape(taken, [...outer, ...rest]));
}

/** How an update combines with the existing value. */
function combined(call: Call, before: Tensor, placed: Tensor, isPlaced: Tensor): Tensor {
  const reduction = call.text("reduction", "none");
  if (reduction === "add") return f.add(before, placed);
  if (reduction !== "none") throw new Error(`its reduction is "${reduction}"; expected none or add`);
  return f.where(f.greater(isPlaced, 0.5), placed, before);
}

/** Replaces rows of x at known indices. */
function scatterNd(call: Call): Value {
  const x = call.tensor(0);
  const { places, depth } = flatIndices(call, x, 0);
  const rest = sizeOf(x.shape.slice(depth));
  const count = sizeOf(x.shape.slice(0, depth));
  const updates = f.reshape(call.tensor(2), [places.length, rest]);
  const isLast = (place: number, i: number) =>
    call.text("reduction", "none") === "add" || places.lastIndexOf(place) === i;
  const kept = [...places.keys()].filter((i) => isLast(places[i], i));
  const chosen = kept.length === places.length ? updates : f.gather(updates, f.constant(kept, [kept.length, 1]), 0);
  const indices = f.constant(
    kept.map((i) => places[i]),
    [kept.length, 1],
  );
  const placed = f.scatterAdd(chosen, indices, 0, count);
  const marks = f.scatterAdd(f.expand(f.constant(1), [kept.length, 1]), indices, 0, count);
  const result = combined(call, f.reshape(x, [count, rest]), placed, marks);
  return like(call, f.reshape(result, x.shape));
}

function scatterElements(call: Call): Value {
  const x = call.tensor(0);
  const axis = frontAxis(call.number("axis", 0), x.shape.length);
  const indices = fromFront(call.tensor(1), x.shape[axis]);
  const updates = call.tensor(2);
  const others = (shape: readonly number[]) => shape.filter((_, i) => i !== axis).join();
  if (others(updates.shape) !== others(x.shape)) {
    throw new Error(`its updates [${updates.shape}] are shorter than x [${x.shape}] along other axes than ${axis}`);
  }
  const placed = f.scatterAdd(updates, indices, axis, x.shape[axis]);
  const marks = f.scatterAdd(f.expand(f.constant(1), updates.shape), indices, axis, x.shape[axis]);
  return like(call, combined(call, x, placed, marks));
}

/** The part above (or below) the k-th diagonal of the last two axes; everything else is 0. */
function triangle(call: Call): Value {
  const x = call.tensor(0);
  const k = call.optionalNumbers(1)?.[0] ?? 0;
  const isUpper = call.number("upper", 1) !== 0;
  const [rows, columns] = x.shape.slice(-2);
  const mask = Float64Array.from({ length: rows * columns }, (_, i) => {
    const distance = (i % columns) - Math.floor(i / columns);
    return Number(isUpper ? distance >= k : distance <= k);
  });
  return like(call, f.where(f.greater(f.constant(mask, [rows, columns]), 0.5), x, 0));
}

/** A 1 at the position of each index, along a new axis. */
function oneHot(call: Call): Value {
  const indices = call.tensor(0);
  const [depth] = call.numbers(1);
  const [off, on] = call.numbers(2);
  const rank = indices.shape.length + 1;
  const axis = frontAxis(call.number("axis", -1), rank);
  const shape = [...indices.shape.slice(0, axis), 1, ...indices.shape.slice(axis)];
  const places = f.constant(
    [...new Array(depth).keys()],
    shape.map((_, i) => (i === axis ? depth : 1)),
  );
  const { tensor } = truth(f.equal(f.reshape(fromFront(indices, depth), shape), places));
  return { tensor: f.add(off, f.mul(on - off, tensor)), kind: call.value(2).kind };
}

/** Cumulative sums along an axis, as a product with a triangle of ones. */
function cumulativeSum(call: Call): Value {
  const x = call.tensor(0);
  const axis = frontAxis(call.numbers(1)[0], x.shape.length);
  const [isExclusive, isReverse] = [call.number("exclusive", 0) === 1, call.number("reverse", 0) === 1];
  const length = x.shape[axis];
  const ones = Float64Array.from({ length: length ** 2 }, (_, k) => {
    const [from, to] = [Math.floor(k / length), k % length];
    const distance = isReverse ? from - to : to - from;
    return Number(isExclusive ? distance > 0 : distance >= 0);
  });
  const order = [...x.shape.keys()].filter((i) => i !== axis).concat(axis);
  const moved = f.transpose(x, order);
  const rows = f.reshape(moved, [sizeOf(x.shape) / length, length]);
  const sums = f.reshape(f.matmul(rows, f.constant(ones, [length, length])), moved.shape);
  const back = [...order.keys()].map((i) => order.indexOf(i));
  return like(call, f.transpose(sums, back));
}

/** The index of the largest (or smallest) number along an axis, for constant numbers. */
const extremeIndex =
  (isBetter: (a: number, b: number) => boolean): Rule =>
  (call) => {
    const x = call.tensor(0);
    const axis = frontAxis(call.number("axis", 0), x.shape.length);
    const values = call.numbers(0);
    const step = sizeOf(x.shape.slice(axis + 1));
    const [length, outer] = [x.shape[axis], sizeOf(x.shape.slice(0, axis))];
    const found = Array.from({ length: outer * step }, (_, k) => {
      const start = Math.floor(k / step) * length * step + (k % step);
      let best = 0;
      for (let i = 1; i < length; i++) if (isBetter(values[start + i * step], values[start + best * step])) best = i;
      return best;
    });
    const kept = x.shape.map((own, i) => (i === axis ? 1 : own));
    const shape = call.number("keepdims", 1) === 1 ? kept : kept.filter((_, i) => i !== axis);
    return { tensor: f.constant(found, shape), kind: "int" };
  };

/** The positions of nonzero numbers, one per column. */
function nonZero(call: Call): Value {
  const { shape } = call.tensor(0);
  const strides = stridesOf(shape);
  const places = call.numbers(0).flatMap((value, i) => (value === 0 ? [] : [i]));
  const rows = strides.flatMap((stride, axis) => places.map((place) => Math.floor(place / stride) % shape[axis]));
  return { tensor: f.constant(rows, [shape.length, places.length]), kind: "int" };
}

/** The slices along an axis for which a constant condition holds. */
function compress(call: Call): Value {
  const given = call.tensor(0);
  const x = call.has("axis") ? given : f.reshape(given, [sizeOf(given.shape)]);
  const axis = frontAxis(call.number("axis", 0), x.shape.length);
  const indices = call.numbers(1).flatMap((truth, i) => (truth ? [i] : []));
  const shape = x.shape.map((_, i) => (i === axis ? indices.length : 1));
  return like(call, f.gather(x, f.constant(indices, shape), axis));
}

export const indexingRules: Readonly<Record<string, Rule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterND: scatterNd,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
  Trilu: triangle,
  OneHot: oneHot,
  CumSum: cumulativeSum,
  ArgMax: extremeIndex((a, b) => a > b),
  ArgMin: extremeIndex((a, b) => a < b),
  NonZero: nonZero,
  Compress: compress,
};
