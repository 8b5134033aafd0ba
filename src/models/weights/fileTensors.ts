import type { NumberArray } from "../../files/numberArrays.js";

/** A tensor in row-major order; its numbers are read when asked for. */
export interface FileTensor {
  readonly shape: readonly number[];
  readonly read: () => NumberArray;
}

/** Named tensors of a file of weights. */
export interface FileTensors {
  readonly tensors: ReadonlyMap<string, FileTensor>;
  /** Whether they come in the order of the layers, and not by name. */
  readonly ordered: boolean;
}
