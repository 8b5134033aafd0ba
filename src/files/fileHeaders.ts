/** What files say of themselves at their beginning, for checks before anything is read. */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { readCsv } from "./csv.js";
import { headerOf } from "./npy.js";
import { readVti } from "./vti.js";
import { zipBeginnings } from "./zip.js";

/** Every header of NumPy is shorter. */
const HEADER = 4096;
/** Enough for the names of columns, and some lines. */
const LINES = 65536;
/** Nothing is known beforehand of larger files. */
const LARGEST_ARCHIVE = 256e6;
const LARGEST_XML = 8e6;

/** What `read` finds; undefined when it throws, because readers of the whole file tell better what is wrong. */
function found<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function beginningOf(path: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file of at most this size. Throws Error for others. */
function bytesOf(path: string, most: number): Buffer {
  const { size } = statSync(path);
  if (size > most) throw new Error(`${path} is too large`);
  return readFileSync(path);
}

/** The shape in the header of a .npy file; undefined when it is none. */
export function npyShape(path: string): number[] | undefined {
  return found(() => headerOf(beginningOf(path, HEADER), path).shape);
}

/** The shapes of the arrays of a .npz file by name, undefined for those without numbers. Undefined for other files. */
export function npzShapes(path: string): Map<string, readonly number[] | undefined> | undefined {
  return found(() => {
    const files = [...zipBeginnings(bytesOf(path, LARGEST_ARCHIVE), path, HEADER)];
    return new Map(
      files.flatMap(([file, read]) => {
        if (!file.endsWith(".npy")) return [];
        return [[file.slice(0, -".npy".length), found(() => headerOf(read(), path).shape)] as const];
      }),
    );
  });
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
    const { shape, arrays } = readVti(bytesOf(path, LARGEST_XML), path);
    return { shape, names: [...arrays.keys()] };
  });
}
