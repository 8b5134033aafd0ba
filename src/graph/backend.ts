import type { Dtype, Program } from "./program.js";
import { sizeOf } from "./shape.js";

/** Runs programs. `name` and `version` go into the provenance of results. */
export interface Backend {
  readonly name: string;
  readonly version: string;
  /** The element types it computes in; `compile` throws for another. */
  readonly dtypes: readonly Dtype[];
  compile(program: Program, options: CompileOptions): Promise<Executable>;
}

interface CompileOptions {
  readonly dtype: Dtype;
  /**
   * Threads that a run computes with, default 1; only onnxruntime heeds it. The last bits of sums may depend on it: so
   * it is a constant of the computation, and never taken from the machine or from how much else runs.
   */
  readonly threads?: number;
}

export type Values = Float64Array | Float32Array;

/** A compiled program. */
export interface Executable {
  /**
   * Feeds are row-major, one per input, converted where their type differs from the program's. Results are f64, but for
   * those that are named in `into`: these are written there, and not returned. The arrays there have the program's
   * element type.
   */
  run(
    feeds: Readonly<Record<string, Values>>,
    into?: Readonly<Record<string, Values>>,
  ): Promise<Record<string, Float64Array>>;
  /** Frees what the backend holds. The program cannot run afterwards. */
  release(): Promise<void>;
}

/** Writes results where `into` has a place for them, and gives the others. */
export function deliver(
  results: Readonly<Record<string, Float64Array>>,
  into: Readonly<Record<string, Values>>,
): Record<string, Float64Array> {
  for (const [name, place] of Object.entries(into)) place.set(results[name]);
  return Object.fromEntries(Object.entries(results).filter(([name]) => !Object.hasOwn(into, name)));
}

/** Throws unless the backend computes in this element type. */
export function requireDtype({ name, dtypes }: Pick<Backend, "name" | "dtypes">, dtype: Dtype): void {
  if (dtypes.includes(dtype)) return;
  throw new Error(
    `backend ${name} has no ${dtype}; it computes in ${dtypes.join(", ")}: ` +
      `ask for dtype ${dtypes[0]}, or choose the backend onnxruntime, which has both`,
  );
}

/** Throws unless there is one feed of the right length for each input. */
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
