import type { Dtype, Program } from "./program.js";
import { sizeOf } from "./shape.js";

/** Runs programs. `name` and `version` are recorded in the provenance of results. */
export interface Backend {
  readonly name: string;
  readonly version: string;
  /** The element types that the backend computes in. `compile` throws for any other. */
  readonly dtypes: readonly Dtype[];
  compile(program: Program, options: CompileOptions): Promise<Executable>;
}

interface CompileOptions {
  readonly dtype: Dtype;
  /**
   * The number of threads of a run, 1 by default; only onnxruntime uses it. The last bits of sums may depend on it, so
   * it is a constant of the computation. It never depends on the machine or its load.
   */
  readonly threads?: number;
}

export type Values = Float64Array | Float32Array;

/** A compiled program. */
export interface Executable {
  /**
   * Feeds are row-major, one per input, and are converted when their type differs from the program's. Results are f64.
   * The results named in `into` are written to its arrays, which have the program's element type, and are not returned.
   */
  run(
    feeds: Readonly<Record<string, Values>>,
    into?: Readonly<Record<string, Values>>,
  ): Promise<Record<string, Float64Array>>;
  /** Frees the memory of the backend. The program cannot run afterwards. */
  release(): Promise<void>;
}

/** Writes results to their arrays in `into` and returns the others. */
export function deliver(
  results: Readonly<Record<string, Float64Array>>,
  into: Readonly<Record<string, Values>>,
): Record<string, Float64Array> {
  for (const [name, place] of Object.entries(into)) place.set(results[name]);
  return Object.fromEntries(Object.entries(results).filter(([name]) => !Object.hasOwn(into, name)));
}

/** Throws an error unless the backend computes in this element type. */
export function requireDtype({ name, dtypes }: Pick<Backend, "name" | "dtypes">, dtype: Dtype): void {
  if (dtypes.includes(dtype)) return;
  throw new Error(
    `backend ${name} does not support ${dtype}, only ${dtypes.join(", ")}: ` +
      `set dtype ${dtypes[0]}, or choose the backend onnxruntime, which supports both`,
  );
}

/** Throws an error unless there is one feed of the right length for each input. */
export function checkFeeds(program: Program, feeds: Readonly<Record<string, Values>>): void {
  for (const name of Object.keys(feeds)) {
    if (!Object.hasOwn(program.inputs, name)) {
      throw new Error(`the program has no input "${name}"; its inputs are ${Object.keys(program.inputs).join(", ")}`);
    }
  }
  for (const [name, { shape }] of Object.entries(program.inputs)) {
    if (!Object.hasOwn(feeds, name)) throw new Error(`input "${name}" of shape [${shape}] was not fed`);
    if (feeds[name].length !== sizeOf(shape)) {
      throw new RangeError(
        `input "${name}" of shape [${shape}] takes ${sizeOf(shape)} values, found ${feeds[name].length}`,
      );
    }
  }
}
