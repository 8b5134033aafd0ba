import type { NamedArrays } from "../../files/namedArrays.js";
import { suggestion } from "../../text/nearestName.js";
import { dataNames } from "./dataPoints.js";
import { boundaryOf, initialNames, type PinnProblem, type PointList, pinnVariables } from "./pinn.js";
import { boundValue } from "./pinnPoints.js";

type OpenFile = (path: string) => NamedArrays;

/** The most points, because every loss evaluates the network at all of them. */
const POINT_LIMIT = 1e6;

/**
 * The problem with its points as numbers, so that it needs no more files. Arrays are read, [N] or [N, 1] per variable,
 * and expressions are evaluated. Throws an Error that names the list for arrays that are missing, have another shape or
 * non-finite numbers, for lists with different numbers of values, and for too many points.
 */
export function readPoints(problem: PinnProblem, open: OpenFile): PinnProblem {
  const { points } = problem;
  if (points === undefined) return problem;
  const variables = pinnVariables(problem);
  let total = 0;
  const read = (list: PointList, names: readonly string[], label: string): PointList => {
    const path = (list.path ?? points.path) as string;
    const values = names.map((name) => [name, columnOf(list[name] ?? name, path, open, `${label}.${name}`)] as const);
    const [[first, { length }]] = values;
    for (const [name, column] of values) {
      if (column.length !== length) {
        throw new Error(
          `${label} has ${length} values of ${first} but ${column.length} of ${name}; expected the same number`,
        );
      }
    }
    total += length;
    return Object.fromEntries(values);
  };
  const { initial, boundary, collocation, data } = points;
  const pairs = Object.entries(boundary ?? {}).map(([name, { lower, upper }]) => {
    const label = `points.boundary.${name}`;
    const pair = { lower: read(lower, variables, `${label}.lower`), upper: read(upper, variables, `${label}.upper`) };
    const [below, above] = [pair.lower, pair.upper].map((list) => list[variables[0]].length);
    if (below !== above && boundaryOf(problem, name) === "periodic")
      throw new Error(`${label} has ${below} lower but ${above} upper points; expected pairs`);
    return [name, pair] as const;
  });
  const numbers = {
    ...(initial && { initial: read(initial, [...variables, ...initialNames(problem)], "points.initial") }),
    ...(boundary && { boundary: Object.fromEntries(pairs) }),
    ...(collocation && { collocation: read(collocation, variables, "points.collocation") }),
    ...(data && { data: read(data, [...variables, ...dataNames(problem)], "points.data") }),
  };
  if (total > POINT_LIMIT) throw new Error(`points lists ${total} points; expected at most ${POINT_LIMIT}`);
  return { ...problem, points: numbers };
}

function columnOf(source: PointList[string], path: string, open: OpenFile, label: string): number[] {
  const values = typeof source === "string" ? arrayOf(source, path, open, label) : source.map(boundValue);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new Error(`${label} holds ${values[wrong]} at position ${wrong}; expected finite numbers`);
  if (values.length === 0) throw new Error(`${label} is empty; expected at least one point`);
  return values;
}

function arrayOf(name: string, path: string, open: OpenFile, label: string): number[] {
  const arrays = open(path);
  const read = arrays.get(name);
  if (read === undefined) {
    const known = suggestion(name, arrays.keys()) || `; it has ${[...arrays.keys()].join(", ") || "none"}`;
    throw new Error(`${label}: ${path} has no array "${name}"${known}`);
  }
  const { shape, values } = read();
  if (shape.length === 0 || shape.slice(1).some((size) => size !== 1)) {
    throw new Error(`${label}: ${path}: ${name} has shape [${shape.join(", ")}]; expected [N] or [N, 1]`);
  }
  return Array.from(values);
}
