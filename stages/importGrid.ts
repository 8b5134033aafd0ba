import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, extname } from "node:path";
import type { FileGrid, GridFileOptions } from "../src/files/fileGrid.js";
import { type GridFormat, readGrid } from "../src/files/gridFile.js";
import { type GridHeader, gridHeader } from "../src/files/gridHeader.js";
import { gridPoints } from "../src/landscape/gridPoints.js";
import type { Stage } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import { gridArtifact } from "./artifacts/grid.js";
import { perAxis, type Range, rangePairs, rangeProblems } from "./inputs/axisRanges.js";
import { sampledAhead } from "./inputs/modelAhead.js";
import { pointsOutlook } from "./outlooks/losses.js";

interface Params extends GridFileOptions {
  path: string;
  format?: GridFormat;
  range?: Range;
  labels?: string[];
}

const formatsByEnding: Record<string, GridFormat> = {
  ".npy": "npy",
  ".npz": "npz",
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
  ".h5": "h5",
  ".hdf5": "h5",
  ".nc": "h5",
  ".mat": "mat",
  ".json": "json",
  ".parquet": "parquet",
  ".vti": "vti",
  ".vtr": "vtr",
  ".vts": "vts",
  ".vtk": "vtk",
};

/** The parameters that apply only to some formats. */
const formatsOf: Partial<Record<keyof Params, GridFormat[]>> = {
  key: ["npz", "h5", "mat", "json"],
  column: ["csv", "parquet", "json", "vti", "vtr", "vts", "vtk"],
  coordinates: ["npz", "h5", "mat", "json", "csv", "parquet"],
};

export const importGridStage: Stage<Params> = {
  name: "import-grid",
  version: 1,
  inputs: {},
  output: "grid",
  outlook(params, _, file) {
    const path = file(params.path);
    const format = formatOf(params);
    const isKnown = path !== undefined && format !== undefined;
    const { dimensions, points } = isKnown ? gridHeader(path, format, params, params.path) : NOTHING;
    return {
      ...sampledAhead(false, undefined),
      dimensions,
      span: { unit: "coordinate" },
      ...(points !== undefined && dimensions !== undefined && pointsOutlook(points, dimensions, "path")),
    };
  },
  check(params, file) {
    const format = formatOf(params);
    if (format === undefined) {
      const known = `${Object.keys(formatsByEnding).join(", ")}, or format`;
      return [{ path: ["path"], message: `is "${params.path}", whose extension gives no format; expected ${known}` }];
    }
    const useless = Object.entries(formatsOf)
      .filter(([name, formats]) => params[name as keyof Params] !== undefined && !formats.includes(format))
      .map(([name, formats]) => ({
        path: [name],
        message: `applies to ${formats.join(", ").replace(/, (?=[^,]*$)/, " and ")} files; this one is ${format}`,
      }));
    const isArray = ["npy", "npz", "h5", "mat", "json", "csv"].includes(format);
    if (params.order === "F" && !isArray) {
      useless.push({ path: ["order"], message: `is for arrays; ${format} files say themselves which axis is which` });
    }
    if (params.order === "F" && format === "csv" && params.coordinates !== undefined) {
      useless.push({
        path: ["order"],
        message: "is for a matrix; the coordinates say which line is where: leave it out",
      });
    }
    if (params.range !== undefined && params.coordinates !== undefined) {
      useless.push({ path: ["range"], message: "is for files without coordinates; leave it or coordinates out" });
    }
    const absolute = file?.(params.path) ?? "";
    const found = statSync(absolute, { throwIfNoEntry: false });
    if (found?.isDirectory()) useless.push({ path: ["path"], message: `${params.path} is a folder; expected a file` });
    const isThere = useless.length === 0 && (found?.isFile() ?? false);
    const header = isThere ? gridHeader(absolute, format, params, params.path) : undefined;
    return [
      ...useless,
      ...(params.range ? rangeProblems(params.range) : []),
      ...(header ? [...header.faults, ...faultsOfAxes(params, header.dimensions)] : []),
    ];
  },
  adviceOnFile: (_, absolute) => (existsSync(dirname(absolute)) ? undefined : "put it there, or change path"),
  async run({ params, file, log }) {
    const path = file(params.path);
    if (statSync(path).isDirectory()) throw new Error(`${params.path} is a folder; expected a file`);
    const format = formatOf(params) as GridFormat;
    const grid = await readGrid(readFileSync(path), format, params, params.path);
    const labels = params.labels ?? grid.labels ?? grid.shape.map((_, k) => `axis ${k + 1}`);
    if (labels.length !== grid.shape.length) {
      throw new Error(
        `labels has ${labels.length} names; expected ${grid.shape.length}, one per axis of ${params.path}`,
      );
    }
    // An imported grid does not say which of its points is a trained model.
    const facts = { unit: "coordinate" as const, labels, center: null, source: params.path };
    const axes = axesOf(grid, params);
    for (const [k, axis] of axes.entries()) if (missesZero(axis)) log(advice(labels[k], axis.length));
    return gridArtifact(grid.values, axes, facts);
  },
};

const NOTHING: GridHeader = { faults: [] };

/** Lists that do not fit the number of axes of the file. */
function faultsOfAxes({ labels, coordinates, range, path }: Params, axes: number | undefined): Fault[] {
  if (axes === undefined) return [];
  const pairs = range && rangePairs(range).length;
  const counts = { labels: labels?.length, coordinates: coordinates?.length, range: pairs === 1 ? axes : pairs };
  return Object.entries(counts).flatMap(([name, count]) =>
    count === undefined || count === axes
      ? []
      : [{ path: [name], message: `has ${count} entries; expected ${axes}, one for each axis of ${path}` }],
  );
}

/** True when 0, where the trained model usually is, lies within an axis but on none of its points. */
function missesZero(axis: Float64Array): boolean {
  const span = axis[axis.length - 1] - axis[0];
  return axis[0] < 0 && axis[axis.length - 1] > 0 && axis.every((at) => Math.abs(at) > 1e-9 * span);
}

const advice = (label: string, points: number) =>
  `no point lies at 0 along ${label}, where a trained model usually is; the axis has ${points} points` +
  `${points % 2 === 0 ? "; an odd number of points would include it" : ""}\n`;

function formatOf({ path, format }: Params): GridFormat | undefined {
  const ending = extname(path).toLowerCase();
  return format ?? (Object.hasOwn(formatsByEnding, ending) ? formatsByEnding[ending] : undefined);
}

/** The coordinates of the file. Without them, evenly spaced coordinates over `range`, or 0 … n − 1. */
function axesOf({ shape, axes }: FileGrid, { path, range }: Params): Float64Array[] {
  if (axes && range) throw new Error(`range is given, but ${path} has its own coordinates; leave range out`);
  if (axes) return axes;
  const indices = shape.map((length): [number, number] => [0, length - 1]);
  return gridPoints(shape, range ? perAxis(rangePairs(range), shape.length, "range", "pairs") : indices).axes;
}
