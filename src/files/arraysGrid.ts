/** The parameters of a grid in several named arrays: the losses, and the coordinates along each axis. */

import type { FileGrid, GridFileOptions } from "./fileGrid.js";
import { firstAxisFastest } from "./firstAxisFastest.js";
import type { NpyArray } from "./npy.js";

type Arrays = ReadonlyMap<string, () => NpyArray>;

/** The names that other programs give to vectors of coordinates, axis by axis. */
const axisNames = [
  ["xcoordinates", "ycoordinates", "zcoordinates"], // tomgoldstein/loss-landscape
  ["x", "y", "z"],
  ["alpha", "beta", "gamma"],
  ["alphas", "betas", "gammas"],
  ["a", "b", "c"],
];
/** Their names for a matrix with one such vector per row. */
const axisMatrices = ["coordinates", "coords"]; // Landscaper
/** Their names for the losses, in order of preference. */
const lossNames = ["loss", "losses", "train_loss", "loss_data_fin", "loss_data"];

/** The numbers of an array. Order F reverses the axes. */
export function orderedGrid({ shape, values, fortranOrder }: NpyArray, order: "C" | "F"): FileGrid {
  const array =
    order === "C"
      ? { shape, values, fortranOrder }
      : { shape: shape.toReversed(), values, fortranOrder: !fortranOrder };
  return { shape: array.shape, values: firstAxisFastest(array) };
}

/**
 * The grid in the arrays of a file. Without `key` the losses are the only array of the file, the only one besides
 * coordinates, or the one with a usual name. Without `coordinates` the coordinates are vectors with usual names, if
 * every axis has one. Throws an Error that begins with `name` when an array is missing or is not a vector.
 */
export function arraysGrid(arrays: Arrays, options: GridFileOptions, name: string): FileGrid {
  const { key, coordinates, order } = options;
  const given = coordinates?.map(String);
  const grid = orderedGrid(chosen(arrays, key, othersOf(arrays.size, options), name, "key")(), order);
  if (arrays.size === 1 && !given) return grid;
  if (given && given.length !== grid.shape.length) {
    const shape = grid.shape.join(" × ");
    throw new Error(
      `${name}: coordinates names ${given.length} vectors; expected one per axis, for axes of ${shape} points`,
    );
  }
  const isMatrix =
    given === undefined && key !== undefined ? undefined : axisMatrices.find((entry) => arrays.has(entry));
  const names =
    given ?? axisNames.find((known) => grid.shape.every((_, k) => known[k] !== key && arrays.has(known[k] ?? "")));
  if (names) {
    const labels = grid.shape.map((_, k) => names[k]);
    return { ...grid, axes: labels.map((vector) => vectorOf(arrays, vector, name)), labels };
  }
  const rows = isMatrix === undefined ? undefined : rowsOf(arrays, isMatrix, grid.shape);
  return rows ? { ...grid, axes: rows } : grid;
}

/** The arrays of a file that hold no losses, as far as their names tell. The only array of a file holds them. */
export function othersOf(count: number, { coordinates }: GridFileOptions): string[] {
  if (coordinates === undefined && count === 1) return [];
  return coordinates?.map(String) ?? [...axisNames.flat(), ...axisMatrices];
}

/** The numbers of an array with at most one axis longer than 1, as MATLAB stores vectors. */
function vectorOf(arrays: Arrays, vector: string, name: string): Float64Array {
  const { shape, values } = chosen(arrays, vector, [], name, "coordinates")();
  const isVector = shape.length > 0 && shape.filter((length) => length !== 1).length <= 1;
  if (isVector) return Float64Array.from(values);
  throw new Error(`${name}: ${vector} has the shape (${shape.join(", ")}); expected a vector of coordinates`);
}

/** The rows of a matrix [axes × points], if it has this shape. */
function rowsOf(arrays: Arrays, matrix: string, shape: readonly number[]): Float64Array[] | undefined {
  const array = arrays.get(matrix)?.();
  if (array === undefined || array.shape.length !== 2 || array.shape[0] !== shape.length) return undefined;
  const [axes, points] = array.shape;
  if (!shape.every((length) => length === points)) return undefined;
  const turned = firstAxisFastest(array);
  return Array.from({ length: axes }, (_, k) => Float64Array.from({ length: points }, (_, i) => turned[k + axes * i]));
}

/**
 * The entry called `key`. Without a key, the only one besides `others`, or the first one with a usual name for losses.
 */
export function chosen<T>(
  entries: ReadonlyMap<string, T>,
  key: string | undefined,
  others: readonly string[],
  name: string,
  parameter: string,
): T {
  const names = [...entries.keys()];
  const left = names.filter((entry) => !others.includes(entry));
  const wanted = key ?? (left.length === 1 ? left[0] : lossNames.find((entry) => entries.has(entry)));
  const found = wanted === undefined ? undefined : entries.get(wanted);
  if (found !== undefined) return found;
  const listed = names.length > 0 ? names.map((entry) => JSON.stringify(entry)).join(", ") : "none";
  if (key !== undefined) throw new Error(`${name} has no array ${JSON.stringify(key)}; it has ${listed}`);
  if (names.length === 0) throw new Error(`${name} has no arrays of numbers`);
  throw new Error(`${name} has several arrays, none called "loss": ${listed}; choose one with ${parameter}`);
}
