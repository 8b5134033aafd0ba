import type { NumberArray } from "../../files/numberArrays.js";

/** A tensor in row-major order. Its numbers are read on demand. */
export interface FileTensor {
  readonly shape: readonly number[];
  readonly read: () => NumberArray;
}

/** The named tensors of a file of weights. */
export interface FileTensors {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** True when they come in the order of the layers, false when sorted by name. */
  readonly ordered: boolean;
}
