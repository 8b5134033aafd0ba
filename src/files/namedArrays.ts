import { readCsv } from "./csv.js";
import { openNpz } from "./npz.js";
import type { NumberArray } from "./numberArrays.js";
import { rowMajor } from "./rowMajor.js";
import { openSafetensors } from "./safetensors.js";

/** An array in row-major order. */
export interface NamedArray {
  shape: readonly number[];
  values: NumberArray;
}

/** The arrays of a file by name. Each is read on demand. */
export type NamedArrays = ReadonlyMap<string, () => NamedArray>;

const readers = { npz: npzArrays, safetensors: openSafetensors, csv: csvColumns };

export type NamedArrayFormat = keyof typeof readers;
export const namedArrayFormats = Object.keys(readers) as NamedArrayFormat[];

/**
 * The arrays of a file by name, or the columns of a table. `name` begins each message. Throws the errors of the
 * format's reader when the bytes are damaged, and an Error for a table whose columns have no names or repeated ones.
 */
export function namedArrays(bytes: Uint8Array, format: NamedArrayFormat, name: string): NamedArrays {
  return readers[format](bytes, name);
}

function npzArrays(bytes: Uint8Array, name: string): NamedArrays {
  const arrays = [...openNpz(bytes, name)].map(([key, read]) => {
    const ordered = () => {
      const array = read();
      return { shape: array.shape, values: rowMajor(array) };
    };
    return [key, ordered] as const;
  });
  return new Map(arrays);
}

function csvColumns(bytes: Uint8Array, name: string): NamedArrays {
  const { names, rows, column } = readCsv(bytes, name);
  if (names === undefined) throw new Error(`${name} has no column names; expected them in its first line`);
  const twice = names.find((key, c) => names.indexOf(key) !== c);
  if (twice !== undefined) throw new Error(`${name} has two columns "${twice}"; expected different names`);
  return new Map(names.map((key, c) => [key, () => ({ shape: [rows], values: column(c) })]));
}
