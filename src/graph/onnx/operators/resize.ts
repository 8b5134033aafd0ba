/** Resizing: each axis by a constant matrix, or by picking elements. */
import * as f from "../../functions.js";
import type { Tensor } from "../../tensor.js";
import { type Call, frontAxis, type Rule } from "../call.js";
import type { Value } from "../value.js";
import { pick } from "./movement.js";

/** How an axis changes from one length to another. */
interface Growth {
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** The position in the old axis of index i in the new one. */
function sourcePlace(i: number, { from, to, scale }: Growth, transform: string): number {
  switch (transform) {
    case "half_pixel":
      return (i + 0.5) / scale - 0.5;
    case "pytorch_half_pixel":
      return to > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case "half_pixel_symmetric": {
      const adjusted = to / (scale * from);
      return (from / 2) * (1 - adjusted) + (i + 0.5) / scale - 0.5;
    }
    case "align_corners":
      return to > 1 ? (i * (from - 1)) / (to - 1) : 0;
    case "asymmetric":
      return i / scale;
    default:
      throw new Error(`its coordinate_transformation_mode is "${transform}", which is not supported`);
  }
}

const roundings: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function nearest(x: Tensor, axis: number, growth: Growth, transform: string, rounding: string): Tensor {
  const round = Object.hasOwn(roundings, rounding) ? roundings[rounding] : undefined;
  if (round === undefined) throw new Error(`its nearest_mode is "${rounding}", which is not supported`);
  const { from, to } = growth;
  const indices = Array.from({ length: to }, (_, i) =>
    Math.min(from - 1, Math.max(0, round(sourcePlace(i, growth, transform)))),
  );
  return pick(x, axis, indices);
}

/** Weights of the neighbours at floor(position) + k, for k = 0, 1 or −1 … 2. */
const linearWeights = (t: number): [number, number][] => [
  [0, 1 - t],
  [1, t],
];

const cubicWeights =
  (a: number) =>
  (t: number): [number, number][] => {
    const near = (s: number) => (a + 2) * s ** 3 - (a + 3) * s ** 2 + 1;
    const far = (s: number) => a * s ** 3 - 5 * a * s ** 2 + 8 * a * s - 4 * a;
    return [
      [-1, far(1 + t)],
      [0, near(t)],
      [1, near(1 - t)],
      [2, far(2 - t)],
    ];
  };

/** Interpolation along one axis, as a product with a matrix [to, from]. Neighbours beyond the ends are the ends. */
function interpolate(
  x: Tensor,
  axis: number,
  growth: Growth,
  transform: string,
  weightsAt: (t: number) => [number, number][],
): Tensor {
  const { from, to } = growth;
  const matrix = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const place = sourcePlace(i, growth, transform);
    const floor = Math.floor(place);
    for (const [k, weight] of weightsAt(place - floor)) {
      matrix[i * from + Math.min(from - 1, Math.max(0, floor + k))] += weight;
    }
  }
  const order = [...x.shape.keys()].filter((own) => own !== axis).concat(axis);
  const moved = f.transpose(x, order);
  const rows = f.reshape(moved, [moved.shape.slice(0, -1).reduce((size, length) => size * length, 1), from]);
  const resized = f.matmul(rows, f.constant(matrix, [to, from]), { transposeB: true });
  const back = [...order.keys()].map((own) => order.indexOf(own));
  return f.transpose(f.reshape(resized, [...moved.shape.slice(0, -1), to]), back);
}

/** Scales or sizes, for all axes or those of the attribute `axes`. */
function growths(call: Call, x: Tensor, scalesAt: number, sizesAt: number): Map<number, Growth> {
  const axes = call.list("axes")?.map((axis) => frontAxis(axis, x.shape.length)) ?? [...x.shape.keys()];
  const sizes = call.optionalNumbers(sizesAt);
  const scales = (call.optionalNumbers(scalesAt)?.length ? call.numbers(scalesAt) : undefined) ?? call.list("scales");
  if (call.text("keep_aspect_ratio_policy", "stretch") !== "stretch") {
    throw new Error("its keep_aspect_ratio_policy is not supported; expected stretch");
  }
  if (sizes === undefined && scales === undefined) throw new Error("it has neither scales nor sizes");
  return new Map(
    axes.map((axis, i) => {
      const from = x.shape[axis];
      const to = sizes?.length ? sizes[i] : Math.floor(from * scales![i]);
      return [axis, { from, to, scale: sizes?.length ? to / from : scales![i] }] as const;
    }),
  );
}

function resized(call: Call, x: Tensor, growth: Map<number, Growth>, transform: string, rounding: string): Value {
  const mode = call.text("mode", "nearest");
  if (call.number("antialias", 0) === 1) throw new Error("its antialias is on, which is not supported");
  const a = call.number("cubic_coeff_a", -0.75);
  let result = x;
  for (const [axis, own] of growth) {
    if (own.from === own.to && own.scale === 1) continue;
    if (mode === "nearest") result = nearest(result, axis, own, transform, rounding);
    else if (mode === "linear") result = interpolate(result, axis, own, transform, linearWeights);
    else if (mode === "cubic") result = interpolate(result, axis, own, transform, cubicWeights(a));
    else throw new Error(`its mode is "${mode}"; expected nearest, linear or cubic`);
  }
  return { tensor: result, kind: call.value(0).kind };
}

/** Opset 10 has only scales, and asymmetric positions. */
function resize(call: Call): Value {
  const x = call.tensor(0);
  if (call.opset < 11) return resized(call, x, growths(call, x, 1, 9), "asymmetric", "floor");
  const transform = call.text("coordinate_transformation_mode", "half_pixel");
  return resized(call, x, growths(call, x, 2, 3), transform, call.text("nearest_mode", "round_prefer_floor"));
}

function upsample(call: Call): Value {
  const x = call.tensor(0);
  return resized(call, x, growths(call, x, 1, 9), "asymmetric", "floor");
}

export const resizeRules: Readonly<Record<string, Rule>> = { Resize: resize, Upsample: upsample };
