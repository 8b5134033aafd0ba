/** What a file says of its grid at its beginning: the number of axes, and names that it does not have. */
import { readFileSync, statSync } from "node:fs";
import { chosen, othersOf } from "./arraysGrid.js";
import type { GridFileOptions } from "./fileGrid.js";
import { csvHeader, npyShape, npzShapes, vtiHeader } from "./fileHeaders.js";
import { readPlainGrid } from "./gridFile.js";
import { columnIndex } from "./tableGrid.js";
import { axesOfVtk } from "./vtkGrid.js";

export interface GridHeader {
  /** Undefined where the beginning of the file does not tell. */
  dimensions?: number;
  /** The number of points, where it is known. */
  points?: number;
  faults: HeaderFault[];
}

interface HeaderFault {
  /** The parameter: its name, and the place in a list. */
  path: (string | number)[];
  message: string;
}

/** `name` begins each message. Files of formats without a short beginning are read whole if they are small. */
export function gridHeader(path: string, format: string, options: GridFileOptions, name: string): GridHeader {
  const faults: HeaderFault[] = [];
  const attempt = <T>(at: (string | number)[], find: () => T): T | undefined => {
    try {
      return find();
    } catch (error) {
      faults.push({ path: at, message: (error as Error).message });
      return undefined;
    }
  };
  const { key, column, coordinates } = options;
  switch (format) {
    case "npy": {
      const shape = npyShape(path);
      return { dimensions: shape?.length, points: shape?.reduce((product, length) => product * length, 1), faults };
    }
    case "npz": {
      const shapes = npzShapes(path);
      if (shapes === undefined) return { faults };
      const entries = new Map([...shapes].map(([array, shape]) => [array, { shape }]));
      const others = othersOf(entries.size, options);
      const grid = attempt([key === undefined ? "path" : "key"], () => chosen(entries, key, others, name, "key"));
      for (const [k, vector] of (coordinates ?? []).entries()) {
        attempt(["coordinates", k], () => chosen(entries, String(vector), [], name, "coordinates"));
      }
      return { dimensions: grid?.shape?.length, faults };
    }
    case "csv": {
      const header = csvHeader(path);
      if (header === undefined) return { faults };
      const { names, width } = header;
      const place = (wanted: string | number) => columnIndex(wanted, names, width, name);
      if (column !== undefined) attempt(["column"], () => place(column));
      for (const [k, wanted] of (coordinates ?? []).entries()) attempt(["coordinates", k], () => place(wanted));
      const isMatrix = names === undefined && column === undefined && coordinates === undefined;
      // A matrix of one row is a vector, and whether there are more rows is not known.
      if (isMatrix) return { dimensions: width === 1 ? 1 : undefined, faults };
      return { dimensions: Math.max(1, coordinates?.length ?? width - 1), faults };
    }
    case "vti": {
      const header = vtiHeader(path);
      if (header === undefined) return { faults };
      const arrays = new Map(header.names.map((array) => [array, array]));
      const wanted = column === undefined ? undefined : String(column);
      attempt([wanted === undefined ? "path" : "column"], () => chosen(arrays, wanted, [], name, "column"));
      const points = header.shape.reduce((product, length) => product * length, 1);
      return { dimensions: axesOfVtk(header.shape).length, points, faults };
    }
    default: {
      const grid = smallGrid(path, format, options, name);
      if (!(grid instanceof Error)) return { ...grid, faults };
      const { message } = grid;
      const named = (["key", "column"] as const).find(
        (name) => options[name] !== undefined && message.includes(`"${options[name]}"`),
      );
      return { faults: [{ path: [named ?? "path"], message }] };
    }
  }
}

/** The largest file that is read whole, as the stage reads it. */
const LARGEST = 2e6;

/** The size of the grid in a small file, or the error that the stage would end with. Nothing for other files. */
const smallGrid = remembered(
  (path: string, format: string, options: GridFileOptions, name: string): Omit<GridHeader, "faults"> | Error => {
    try {
      if (statSync(path).size > LARGEST) return {};
      const shape = readPlainGrid(readFileSync(path), format, options, name)?.shape;
      return { dimensions: shape?.length, points: shape?.reduce((product, length) => product * length, 1) };
    } catch (error) {
      return error as Error;
    }
  },
);

/** The same function of a file, which is read once for all points of a matrix as long as it does not change. */
function remembered<Rest extends unknown[], T>(read: (path: string, ...rest: Rest) => T) {
  const known = new Map<string, T>();
  return (path: string, ...rest: Rest): T => {
    const { size, mtimeMs } = statSync(path);
    const id = JSON.stringify([path, size, mtimeMs, rest]);
    const found = known.get(id) ?? read(path, ...rest);
    known.set(id, found);
    return found;
  };
}
