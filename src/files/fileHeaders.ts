/** What files say of themselves at their beginning, for checks before anything is read. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { readCsv } from "./csv.js";
import { headerOf } from "./npy.js";
import { readVti } from "./vti.js";
import { type ZipSource, zipBeginnings } from "./zip.js";

/** Every header of NumPy is shorter. */
const HEADER = 4096;
/** Enough for the names of columns, and some lines. */
const LINES = 65536;
/** Nothing is known beforehand of archives with a larger directory, and of larger files of XML. */
const LARGEST_DIRECTORY = 1e6;
const LARGEST_XML = 8e6;

/** What `read` finds; undefined when it throws, because readers of the whole file tell better what is wrong. */
function found<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Uses a file without reading all of it. `read` gives up to `length` bytes from `offset` on. */
function inFile<T>(path: string, use: (source: ZipSource) => T): T {
  const file = openSync(path, "r");
  try {
    const read = (offset: number, length: number) => {
      if (length > LARGEST_DIRECTORY) throw new Error(`${path} has ${length} bytes where few were expected`);
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    };
    return use({ length: fstatSync(file).size, read });
  } finally {
    closeSync(file);
  }
}

const beginningOf = (path: string, length: number) => inFile(path, ({ read }) => read(0, length));

/** The shape in the header of a .npy file; undefined when it is none. */
export function npyShape(path: string): number[] | undefined {
  return found(() => headerOf(beginningOf(path, HEADER), path).shape);
}

/** The shapes of the arrays of a .npz file by name, undefined for those without numbers. Undefined for other files. */
export function npzShapes(path: string): Map<string, readonly number[] | undefined> | undefined {
  const shapesIn = (source: ZipSource) =>
    new Map(
      [...zipBeginnings(source, path, HEADER)].flatMap(([file, read]) => {
        if (!file.endsWith(".npy")) return [];
        return [[file.slice(0, -".npy".length), found(() => headerOf(read(), path).shape)] as const];
      }),
    );
  return found(() => inFile(path, shapesIn));
}

/** The names of the columns of a CSV file, if it has some, and their number; undefined when it is none. */
export function csvHeader(path: string): { names?: readonly string[]; width: number } | undefined {
  return found(() => {
    const bytes = beginningOf(path, LINES);
    const end = bytes.length < LINES ? bytes.length : bytes.lastIndexOf(10) + 1;
    const { names, width } = readCsv(bytes.subarray(0, end), path);
    return { names, width };
  });
}

/** The points along x, y and z of a .vti file, and the names of its arrays; undefined when it is none. */
export function vtiHeader(path: string): { shape: readonly number[]; names: readonly string[] } | undefined {
  return found(() => {
    if (statSync(path).size > LARGEST_XML) return undefined;
    const { shape, arrays } = readVti(readFileSync(path), path);
    return { shape, names: [...arrays.keys()] };
  });
}
