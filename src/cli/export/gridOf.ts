import { type Artifact, numbers } from "../../artifact/artifact.js";

/** A grid of an artifact: its axes, and its columns of values, first axis fastest. */
export interface ExportedGrid {
  shape: number[];
  axes: Float64Array[];
  /** The names of the axes in a file: x, y, z for up to three, so that other programs and import-grid find them. */
  names: string[];
  columns: (readonly [name: string, values: Float64Array])[];
}

/** Throws Error for an artifact that is not a regular grid. */
export function gridOf(of: Artifact): ExportedGrid {
  const { shape } = of.metadata as { shape?: number[] };
  if (of.kind !== "grid" || shape === undefined)
    throw new Error(`this format needs a regular grid; found a ${of.kind}`);
  let stride = 1;
  const axes = shape.map((length, k) => {
    const column = numbers(of, `a${k + 1}`);
    const every = stride;
    stride *= length;
    return Float64Array.from({ length }, (_, i) => column[i * every]);
  });
  const names = shape.map((_, k) => (shape.length <= 3 ? "xyz"[k] : `a${k + 1}`));
  const columns = Object.keys(of.columns)
    .filter((name) => !/^a\d+$/.test(name) && of.columns[name] instanceof Float64Array)
    .map((name) => [name, numbers(of, name)] as const);
  return { shape, axes, names, columns };
}

/** The numbers of a grid with the last axis fastest, as in NumPy and HDF5. */
export function lastFastest(values: Float64Array, shape: readonly number[]): Float64Array {
  const strides = shape.map((_, k) => shape.slice(k + 1).reduce((product, length) => product * length, 1));
  const turned = new Float64Array(values.length);
  for (let vertex = 0; vertex < values.length; vertex++) {
    let [rest, at] = [vertex, 0];
    for (const [k, length] of shape.entries()) {
      at += strides[k] * (rest % length);
      rest = Math.floor(rest / length);
    }
    turned[at] = values[vertex];
  }
  return turned;
}
