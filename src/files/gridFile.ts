/** Regular grids of losses from the files of other tools. */
import { readCsv } from "./csv.js";
import { firstAxisFastest } from "./firstAxisFastest.js";
import { type NpyArray, readNpy } from "./npy.js";
import { openNpz } from "./npz.js";
import { tensorGrid } from "./tensorGrid.js";
import { readVti } from "./vti.js";
import type { VtkGrid } from "./vtkXml.js";
import { readVtr, readVts } from "./vts.js";

export interface FileGrid {
  shape: number[];
  /** First axis fastest. */
  values: Float64Array;
  /** Coordinates along each axis, ascending, where the file has them. */
  axes?: Float64Array[];
  /** What the axes are called, where the file says it. */
  labels?: string[];
}

export interface GridFileOptions {
  /** npz: the array. */
  key?: string;
  /** csv, vti: the column or array, by name; a csv column also by number, from 1. */
  column?: string | number;
  /** npz, csv: vectors or columns that hold the coordinates along each axis. */
  coordinates?: (string | number)[];
  /** `C`: the first index of an array belongs to the first axis; `F`: the last one does. */
  order: "C" | "F";
}

export type GridFormat = keyof typeof readers;

type GridReader = (bytes: Uint8Array, options: GridFileOptions, name: string) => FileGrid;

const readers = {
  npy: npyGrid,
  npz: npzGrid,
  csv: csvGrid,
  vti: vtkGrid(readVti),
  vts: vtkGrid(readVts),
  vtr: vtkGrid(readVtr),
};

/**
 * Reads a grid; `name` begins each message. Throws Error for a file that does not fit its format, for an array that is not
 * there or not to be told from others, for an array without axes or numbers, and for coordinates that do not fit the array
 * or do not ascend.
 */
export function readGrid(bytes: Uint8Array, format: GridFormat, options: GridFileOptions, name: string): FileGrid {
  const grid = readers[format](bytes, options, name);
  const { shape, axes } = grid;
  if (shape.length === 0) throw new Error(`${name} holds a single number; expected an array with at least one axis`);
  if (shape.includes(0)) throw new Error(`${name} holds no numbers: its shape is (${shape.join(", ")})`);
  axes?.forEach((axis, k) => {
    if (axis.length !== shape[k]) {
      throw new Error(`${name}: axis ${k + 1} has ${axis.length} coordinates for ${shape[k]} points`);
    }
    const fault = axis.findIndex((value, i) => !Number.isFinite(value) || (i > 0 && value <= axis[i - 1]));
    if (fault >= 0) {
      const where = fault > 0 ? `${axis[fault]} after ${axis[fault - 1]}` : `${axis[fault]}`;
      throw new Error(`${name}: the coordinates of axis ${k + 1} have ${where}; expected finite numbers that ascend`);
    }
  });
  return grid;
}

function npyGrid(bytes: Uint8Array, { order }: GridFileOptions, name: string): FileGrid {
  return arrayGrid(readNpy(bytes, name), order);
}

/** With order F the axes are taken from the last to the first: the same numbers read the other way round. */
function arrayGrid({ shape, values, fortranOrder }: NpyArray, order: "C" | "F"): FileGrid {
  const array =
    order === "C"
      ? { shape, values, fortranOrder }
      : { shape: shape.toReversed(), values, fortranOrder: !fortranOrder };
  return { shape: array.shape, values: firstAxisFastest(array) };
}

function npzGrid(bytes: Uint8Array, { key, coordinates, order }: GridFileOptions, name: string): FileGrid {
  const arrays = openNpz(bytes, name);
  const names = coordinates?.map(String);
  const grid = arrayGrid(chosen(arrays, key, names ?? [], name, "key")(), order);
  if (names === undefined) return grid;
  if (names.length !== grid.shape.length) {
    const shape = grid.shape.join(" × ");
    throw new Error(
      `${name}: coordinates names ${names.length} vectors; expected one for each axis of ${shape} points`,
    );
  }
  const axes = names.map((vector) => {
    const { shape, values } = chosen(arrays, vector, [], name, "coordinates")();
    if (shape.length === 1) return Float64Array.from(values);
    throw new Error(`${name}: ${vector} has the shape (${shape.join(", ")}); expected a vector of coordinates`);
  });
  return { ...grid, axes, labels: names };
}

/** The entry called `key`; without a key the only one beside `others`, or the one called loss. */
function chosen<T>(
  entries: ReadonlyMap<string, T>,
  key: string | undefined,
  others: readonly string[],
  name: string,
  parameter: string,
): T {
  const names = [...entries.keys()];
  const left = names.filter((entry) => !others.includes(entry));
  const wanted = key ?? (left.length === 1 ? left[0] : "loss");
  const found = entries.get(wanted);
  if (found !== undefined) return found;
  const listed = names.length > 0 ? names.map((entry) => JSON.stringify(entry)).join(", ") : "none";
  if (key !== undefined) throw new Error(`${name} has no array ${JSON.stringify(key)}; it has ${listed}`);
  throw new Error(`${name} has several arrays, none called "loss": ${listed}; say which by ${parameter}`);
}

/**
 * Without column names the numbers are a matrix, a row for each index along the first axis, or a vector when there is one
 * row or column. With names, or when `column` or `coordinates` say so, each line is a point.
 */
function csvGrid(bytes: Uint8Array, { column, coordinates, order }: GridFileOptions, name: string): FileGrid {
  const table = readCsv(bytes, name);
  const { names, rows, width } = table;
  if (names === undefined && column === undefined && coordinates === undefined) {
    const columns = Array.from({ length: width }, (_, c) => table.column(c));
    const values = new Float64Array(rows * width);
    for (const [c, numbers] of columns.entries()) values.set(numbers, c * rows);
    const shape = width === 1 ? [rows] : rows === 1 ? [width] : [rows, width];
    return arrayGrid({ shape, values, fortranOrder: true }, order);
  }
  const at = (wanted: string | number) => columnIndex(wanted, names, width, name);
  const value = at(column ?? (names?.includes("loss") ? "loss" : width));
  const others = coordinates?.map(at) ?? Array.from({ length: width }, (_, c) => c).filter((c) => c !== value);
  if (others.length === 0) return { shape: [rows], values: table.column(value) };
  const labels = others.map((c) => names?.[c] ?? `column ${c + 1}`);
  const columns = others.map((c) => table.column(c));
  const placeOf = (row: number) => `line ${table.lineOf(row)}`;
  const { axes, values } = tensorGrid(columns, table.column(value), { name, names: labels, placeOf });
  return { shape: axes.map((axis) => axis.length), values, axes, labels: names && labels };
}

function columnIndex(
  wanted: string | number,
  names: readonly string[] | undefined,
  width: number,
  name: string,
): number {
  const index = typeof wanted === "number" ? wanted - 1 : (names ?? []).indexOf(wanted);
  const twice = typeof wanted === "string" && names?.indexOf(wanted, index + 1) !== -1 && index >= 0;
  if (twice) throw new Error(`${name} has several columns "${wanted}"; say which by its number`);
  if (index >= 0 && index < width) return index;
  const known = names ? names.map((entry) => JSON.stringify(entry)).join(", ") : `${width} columns without names`;
  throw new Error(`${name} has no column ${JSON.stringify(wanted)}; it has ${known}`);
}

/** VTK's grids always have three axes; those with one point are left out. */
function vtkGrid(read: (bytes: Uint8Array, name: string) => VtkGrid): GridReader {
  return (bytes, { column }, name) => {
    const { shape, axes, arrays } = read(bytes, name);
    const wanted = column === undefined ? undefined : String(column);
    const values = Float64Array.from(chosen(arrays, wanted, [], name, "column")());
    const long = [0, 1, 2].filter((k) => shape[k] > 1);
    const kept = long.length > 0 ? long : [0];
    const coordinates = axes();
    return {
      shape: kept.map((k) => shape[k]),
      values,
      axes: kept.map((k) => coordinates[k]),
      labels: kept.map((k) => ["x", "y", "z"][k]),
    };
  };
}
