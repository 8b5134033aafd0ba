/** The sizes of windows that move over images, for convolutions and pooling. */
import type { Call } from "../call.js";

/** One entry for each spatial axis. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** The windows of a node over an image with the given lengths. */
export function windowsOf(call: Call, lengths: readonly number[], kernel: readonly number[]): Windows {
  const ones = lengths.map(() => 1);
  const strides = call.list("strides") ?? ones;
  const dilations = call.list("dilations") ?? ones;
  const reach = kernel.map((taps, i) => (taps - 1) * dilations[i] + 1);
  const mode = call.text("auto_pad", "NOTSET");
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const total = lengths.map((length, i) =>
      Math.max(0, (Math.ceil(length / strides[i]) - 1) * strides[i] + reach[i] - length),
    );
    const small = total.map((width) => Math.floor(width / 2));
    const large = total.map((width, i) => width - small[i]);
    const [before, after] = mode === "SAME_UPPER" ? [small, large] : [large, small];
    return { kernel, strides, dilations, before, after };
  }
  const pads = (mode === "VALID" ? undefined : call.list("pads")) ?? [...ones, ...ones].map(() => 0);
  const rank = lengths.length;
  return { kernel, strides, dilations, before: pads.slice(0, rank), after: pads.slice(rank) };
}

export const allEqual = (values: readonly number[]): boolean => values.every((value) => value === values[0]);
