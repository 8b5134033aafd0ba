import type { FrameArray } from "./frames.js";

/**
 * The numbers of an array of an answer. Throws Error when the answer lacks it, or has it in another shape.
 */
export function numbersOf(
  arrays: Record<string, FrameArray>,
  name: string,
  shape: number[],
  request: string,
): Float64Array {
  const found = arrays[name];
  const told = (sizes: readonly number[]) => `[${sizes.join(", ")}]`;
  if (found === undefined) {
    const all = Object.keys(arrays).join(", ") || "no array";
    throw new Error(`the command's answer to "${request}" has ${all}; expected "${name}" of shape ${told(shape)}`);
  }
  if (told(found.shape) !== told(shape)) {
    const has = `"${name}" of shape ${told(found.shape)}`;
    throw new Error(`the command's answer to "${request}" has ${has}; expected ${told(shape)}`);
  }
  return found.values instanceof Float64Array ? found.values : Float64Array.from(found.values);
}

/** The values themselves. Throws Error when one of them is not finite. */
export function finite(values: Float64Array, what: string): Float64Array {
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  throw new Error(`the command's ${what} has ${values[at]} at position ${at}; expected finite numbers`);
}
