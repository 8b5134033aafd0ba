/** Reads regular grids of losses from files of other tools. */
import { arraysGrid, orderedGrid } from "./arraysGrid.js";
import { readCsv } from "./csv.js";
import type { FileGrid, GridFileOptions } from "./fileGrid.js";
import { isHdf5, readHdf5 } from "./hdf5.js";
import { jsonGrid } from "./jsonGrid.js";
import { openMat } from "./mat.js";
import { type NpyArray, readNpy } from "./npy.js";
import { openNpz } from "./npz.js";
import { readParquet } from "./parquet.js";
import { tableGrid } from "./tableGrid.js";
import { readVti } from "./vti.js";
import { gridOfVtk } from "./vtkGrid.js";
import { readVtk } from "./vtkLegacy.js";
import { readVtr, readVts } from "./vts.js";

type GridReader = (bytes: Uint8Array, options: GridFileOptions, name: string) => FileGrid | Promise<FileGrid>;

const readers = {
  npy: (bytes, { order }, name) => orderedGrid(readNpy(bytes, name), order),
  npz: (bytes, options, name) => arraysGrid(openNpz(bytes, name), options, name),
  h5: hdf5Grid,
  mat: (bytes, options, name) =>
    isHdf5(bytes) ? hdf5Grid(bytes, options, name) : arraysGrid(openMat(bytes, name), options, name),
  json: jsonGrid,
  csv: (bytes, options, name) => tableGrid(readCsv(bytes, name), options, name, "line"),
  parquet: async (bytes, options, name) => tableGrid(await readParquet(bytes, name), options, name, "row"),
  vti: (bytes, options, name) => gridOfVtk(readVti(bytes, name), options, name),
  vtr: (bytes, options, name) => gridOfVtk(readVtr(bytes, name), options, name),
  vts: (bytes, options, name) => gridOfVtk(readVts(bytes, name), options, name),
  vtk: (bytes, options, name) => gridOfVtk(readVtk(bytes, name), options, name),
} satisfies Record<string, GridReader>;

export type GridFormat = keyof typeof readers;

/**
 * Reads a grid. `name` begins each message. Rejects with Error for a file that does not fit its format, for an array
 * that is missing or ambiguous, for an array without axes or numbers, and for coordinates that do not fit the array or
 * do not ascend.
 */
export async function readGrid(
  bytes: Uint8Array,
  format: GridFormat,
  options: GridFileOptions,
  name: string,
): Promise<FileGrid> {
  const read: GridReader = readers[format];
  return sound(await read(bytes, options, name), name);
}

/** Reads a grid of a format that needs no library. Throws what readGrid rejects with; undefined for other formats. */
export function readPlainGrid(
  bytes: Uint8Array,
  format: string,
  options: GridFileOptions,
  name: string,
): FileGrid | undefined {
  const isPlain = ["json", "vtr", "vts", "vtk"].includes(format) || (format === "mat" && !isHdf5(bytes));
  const grid = isPlain ? (readers as Record<string, GridReader>)[format](bytes, options, name) : undefined;
  return grid === undefined || grid instanceof Promise ? undefined : sound(grid, name);
}

/** The grid, if it has points, and coordinates that ascend. */
function sound(grid: FileGrid, name: string): FileGrid {
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

/** MATLAB 7.3 stores an array in HDF5 with its axes reversed, and marks it with an attribute. */
function hdf5Grid(bytes: Uint8Array, options: GridFileOptions, name: string): Promise<FileGrid> {
  return readHdf5(bytes, name, ({ datasets }) => {
    const arrays = new Map<string, () => NpyArray>();
    for (const [path, { shape, type, attributes, read }] of datasets) {
      if (type === "text" || path.startsWith("#refs#")) continue;
      const isMatlab = attributes.has("MATLAB_class");
      arrays.set(path, () => ({
        shape: isMatlab ? shape.toReversed() : [...shape],
        values: read(),
        fortranOrder: isMatlab,
      }));
    }
    return arraysGrid(arrays, options, name);
  });
}
