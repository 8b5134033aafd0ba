import { readFileSync } from "node:fs";
import { readNpy } from "../../files/npy.js";
import { rowMajor } from "../../files/rowMajor.js";
import { nearestName } from "../../text/nearestName.js";
import type { Layout } from "../networks/layout.js";
import { flatWeights } from "./flatWeights.js";
import { type MatchedWeights, matchTensors, type TensorNames } from "./matchTensors.js";
import { openTensors } from "./openTensors.js";
import { type TensorFormat, tensorEndings, tensorFormatOf } from "./tensorFormats.js";

export type WeightFormat = "npy" | TensorFormat;

/** The place of the weights in a file: all in the array of this name or in this part, or tensor by tensor. */
export type WeightNames = TensorNames & { readonly key?: string };

/** Extensions of files that can hold weights. */
export const weightEndings: readonly string[] = ["npy", ...tensorEndings];

/** The format of a file's extension; undefined for another extension. */
export const weightFormatOf = (path: string): WeightFormat | undefined =>
  path.toLowerCase().endsWith(".npy") ? "npy" : tensorFormatOf(path);

/**
 * The parameters of one or more checkpoints, [T × n] for a layout of n, from a file at `absolute`. `file` begins each
 * message.
 *
 * @throws Error for a damaged file and for arrays that do not fit the layout.
 */
export async function readWeights(
  absolute: string,
  format: WeightFormat,
  layout: Layout,
  { key, ...names }: WeightNames,
  file: string,
): Promise<MatchedWeights> {
  if (format === "npy") {
    const array = readNpy(readFileSync(absolute), file);
    return { values: flatWeights({ shape: array.shape, values: rowMajor(array) }, layout, file), notes: [] };
  }
  const content = await openTensors(absolute, format, file, format === "torch" ? key : undefined);
  const { tensors } = content;
  const [only, ...more] = tensors.keys();
  if (key === undefined || (format === "torch" && only !== "")) {
    if (only !== undefined && more.length === 0 && layout.length > 1) {
      throw new Error(`${file} holds one array, "${only}"; set key: "${only}" if it has all parameters of the network`);
    }
    return matchTensors(layout, content, names, file);
  }
  const tensor = tensors.get(format === "torch" ? "" : key);
  if (tensor === undefined) throw new Error(`${file} has no array "${key}"${hint(key, [...tensors.keys()])}`);
  const flat = { shape: tensor.shape, values: tensor.read() };
  return { values: flatWeights(flat, layout, `${file}: ${key}`), notes: [] };
}

function hint(key: string, keys: readonly string[]): string {
  const nearest = nearestName(key, keys);
  return nearest === undefined ? `; it has ${keys.join(", ") || "none"}` : `; did you mean "${nearest}"?`;
}
