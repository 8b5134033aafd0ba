import { namedArrays } from "../../files/namedArrays.js";
import { readNpy } from "../../files/npy.js";
import { rowMajor } from "../../files/rowMajor.js";
import { nearestName } from "../../text/nearestName.js";
import { type Layout, layoutSize } from "../networks/layout.js";
import { assembleWeights, type TensorNames } from "./assembleWeights.js";
import { flatWeights } from "./flatWeights.js";

export const weightFormats = ["npy", "npz", "safetensors"] as const;
export type WeightFormat = (typeof weightFormats)[number];

/** Where a file keeps the weights: all in the one array of this name, else tensor by tensor. */
export type WeightNames = TensorNames & { readonly key?: string };

/**
 * The parameters of one or more checkpoints, [T × n] for a layout of n, from the bytes of a file; `file` begins each message.
 * Throws Error for a damaged file and for arrays that do not fit the layout.
 */
export function readWeights(
  bytes: Uint8Array,
  format: WeightFormat,
  layout: Layout,
  { key, ...names }: WeightNames,
  file: string,
): Float64Array {
  const size = layoutSize(layout);
  if (format === "npy") {
    const array = readNpy(bytes, file);
    return flatWeights({ shape: array.shape, values: rowMajor(array) }, size, file);
  }
  const arrays = namedArrays(bytes, format, file);
  if (key === undefined) {
    const [only, ...more] = arrays.keys();
    if (only !== undefined && more.length === 0 && layout.length > 1) {
      throw new Error(
        `${file} holds one array, "${only}"; give key: "${only}" if it has all parameters of the network`,
      );
    }
    return assembleWeights(layout, arrays, names, file);
  }
  const read = arrays.get(key);
  if (read === undefined) throw new Error(`${file} has no array "${key}"${hint(key, [...arrays.keys()])}`);
  return flatWeights(read(), size, `${file}: ${key}`);
}

function hint(key: string, keys: readonly string[]): string {
  const nearest = nearestName(key, keys);
  return nearest === undefined ? `; it has ${keys.join(", ") || "none"}` : `; did you mean "${nearest}"?`;
}
