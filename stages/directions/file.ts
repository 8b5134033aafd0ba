import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { readArray } from "../../src/files/readArray.js";
import { storedDirections } from "../../src/landscape/storedDirections.js";
import type { Around, Found, Shared } from "./method.js";

export interface FileParams extends Shared {
  method: "file";
  path: string;
  key?: string;
  count?: number;
}

/** The vectors of a .npy or .npz file. */
export function file({ path, key, count }: FileParams, { weights, context }: Around): Found {
  const name = basename(path);
  const array = readArray(readFileSync(context.file(path)), path, key);
  const vectors = storedDirections(array, weights.length, path, count);
  return {
    vectors,
    labels: vectors.map((_, k) => (vectors.length === 1 ? name : `direction ${k + 1} of ${name}`)),
    unit: "the vector in the file",
  };
}
