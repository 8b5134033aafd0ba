import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { type FileGrid, type GridFileOptions, type GridFormat, readGrid } from "../src/files/gridFile.js";
import { gridPoints } from "../src/landscape/gridPoints.js";
import type { Stage } from "../src/stage.js";
import { gridArtifact } from "./artifacts/grid.js";
import { perAxis, type Range, rangePairs, rangeProblems } from "./inputs/axisRanges.js";

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
  ".vti": "vti",
};

/** Parameters that only some formats have a use for. */
const formatsOf: Partial<Record<keyof Params, GridFormat[]>> = {
  key: ["npz"],
  column: ["csv", "vti"],
  coordinates: ["npz", "csv"],
};

export const importGridStage: Stage<Params> = {
  name: "import-grid",
  version: 1,
  inputs: {},
  output: "grid",
  check(params) {
    const format = formatOf(params);
    if (format === undefined) {
      const known = `${Object.keys(formatsByEnding).join(", ")}, or format`;
      return [{ path: ["path"], message: `is "${params.path}", whose ending tells no format; expected ${known}` }];
    }
    const useless = Object.entries(formatsOf)
      .filter(([name, formats]) => params[name as keyof Params] !== undefined && !formats.includes(format))
      .map(([name, formats]) => ({
        path: [name],
        message: `is for ${formats.join(" and ")} files; this one is ${format}`,
      }));
    return [...useless, ...(params.range ? rangeProblems(params.range) : [])];
  },
  async run({ params, file }) {
    const path = file(params.path);
    if (statSync(path).isDirectory()) throw new Error(`${params.path} is a folder; expected a file`);
    const format = formatOf(params) as GridFormat;
    const grid = readGrid(readFileSync(path), format, params, params.path);
    const labels = params.labels ?? grid.labels ?? grid.shape.map((_, k) => `axis ${k + 1}`);
    if (labels.length !== grid.shape.length) {
      throw new Error(
        `labels has ${labels.length} names; expected ${grid.shape.length}, one for each axis of ${params.path}`,
      );
    }
    // No point of an imported grid is known to be a trained model.
    const facts = { unit: "coordinate" as const, labels, center: null, source: params.path };
    return gridArtifact(grid.values, axesOf(grid, params), facts);
  },
};

function formatOf({ path, format }: Params): GridFormat | undefined {
  const ending = extname(path).toLowerCase();
  return format ?? (Object.hasOwn(formatsByEnding, ending) ? formatsByEnding[ending] : undefined);
}

/** The file's own coordinates, else evenly spaced ones: over `range`, else 0 … n − 1. */
function axesOf({ shape, axes }: FileGrid, { path, range }: Params): Float64Array[] {
  if (axes && range) throw new Error(`range is given, but ${path} has coordinates of its own; leave range out`);
  if (axes) return axes;
  const indices = shape.map((length): [number, number] => [0, length - 1]);
  return gridPoints(shape, range ? perAxis(rangePairs(range), shape.length, "range", "pairs") : indices).axes;
}
