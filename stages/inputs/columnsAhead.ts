/** Columns before they are there: what stages know of their inputs when a plan is checked. */
import type { Outlook, Point } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { nearestName } from "../../src/text/nearestName.js";
import { FAILURE } from "../artifacts/table.js";
import { lookUp } from "./columnNamed.js";
import { distinctPoints, widestPoints } from "./onePerPoint.js";

/** The rows of many points, as onePerPoint and gatheredRows give them. */
export interface RowsAhead {
  axes: readonly string[];
  columns: readonly string[];
}

/** What the rows of onePerPoint will have; undefined where an input does not tell. */
export function rowsAhead(sources: readonly Outlook[], isWhole = false): RowsAhead | undefined {
  const columns: string[] = [];
  for (const source of sources) {
    const own = source.kind === "table" || isWhole ? source.columns : source.headlines;
    if (own === undefined) return undefined;
    for (const name of own) columns.push(`${source.stage}.${name}`);
  }
  return { axes: axesAhead(sources), columns };
}

/** The same of gatheredRows. */
export function gatheredAhead(sources: readonly Outlook[]): RowsAhead | undefined {
  const [first] = sources;
  if (sources.length !== 1 || first.rowAxes === undefined) return rowsAhead(sources);
  const { rowAxes, columns } = first;
  if (columns === undefined) return undefined;
  return {
    axes: [...new Set([...first.axes, ...rowAxes])],
    columns: columns.filter((name) => name !== FAILURE && !rowAxes.includes(name)),
  };
}

/** The axes of gatheredRows; undefined where the one input is a table that does not tell. */
export function gatheredAxes(sources: readonly Outlook[]): readonly string[] | undefined {
  const [{ rowAxes, columns, kind }] = sources;
  if (sources.length === 1 && rowAxes) return [...new Set([...axesAhead(sources), ...rowAxes])];
  return sources.length === 1 && kind === "table" && columns === undefined ? undefined : axesAhead(sources);
}

/** Comparing more points of different axes with each other takes too long. */
const MOST_POINTS = 1000;

/** The points of the rows of gatheredRows; undefined where they are not known. */
export function gatheredPoints(sources: readonly Outlook[]): readonly Point[] | undefined {
  const [{ points: [around] = [], rowPoints, rowAxes }] = sources;
  if (sources.length === 1 && rowAxes) return rowPoints?.map((point) => ({ ...around, ...point }));
  return pointsOfRows(sources);
}

/** The same of onePerPoint; undefined where there are so many that it takes too long to compare them. */
export function pointsOfRows(sources: readonly Outlook[]): readonly Point[] | undefined {
  const all = sources.flatMap(({ points = [] }) => points);
  const differ = all.some((point) => Object.keys(point).length !== Object.keys(all[0]).length);
  return differ && all.length > MOST_POINTS ? undefined : widestPoints(all);
}

/** Points without some axes, each once. */
export function pointsWithout(points: readonly Point[] | undefined, axes: readonly string[]): Point[] | undefined {
  const kept = (point: Point) => Object.fromEntries(Object.entries(point).filter(([axis]) => !axes.includes(axis)));
  return points && distinctPoints(points.map(kept));
}

export function axesAhead(sources: readonly Outlook[]): string[] {
  return [...new Set(sources.flatMap(({ axes }) => axes))];
}

/** Why none of these columns can be meant; undefined where one is, or where they are not known. */
export function columnFault(columns: readonly string[] | undefined, name: string): string | undefined {
  if (columns === undefined) return undefined;
  const possible = columns.flatMap((column) => (column.endsWith("*") ? instance(column.slice(0, -1), name) : [column]));
  return lookUp(possible.length > 0 ? possible : columns, name).fault;
}

/** The column of this name, or end, among those that begin so. */
function instance(start: string, name: string): string[] {
  if (name.startsWith(start)) return [name];
  const end = start.slice(start.indexOf(".") + 1);
  return end !== "" && end !== start && name.startsWith(end) ? [start.slice(0, -end.length) + name] : [];
}

/** Faults of a list of columns that a parameter names. */
export function columnFaults(
  columns: readonly string[] | undefined,
  names: readonly string[],
  parameter: string,
): Fault[] {
  return names.flatMap((name, i) => {
    const fault = columnFault(columns, name);
    return fault === undefined ? [] : [{ path: ["with", parameter, i], message: `${parameter} ${fault}` }];
  });
}

/** The fault of one column that a parameter names. */
export function faultOfColumn(
  columns: readonly string[] | undefined,
  name: string | undefined,
  path: readonly string[],
): Fault[] {
  const fault = name === undefined ? undefined : columnFault(columns, name);
  return fault === undefined ? [] : [{ path: ["with", ...path], message: `${path.join(".")} ${fault}` }];
}

/** Why a name is that of no matrix axis. */
export function axisFault(axes: readonly string[], name: string): string | undefined {
  if (axes.includes(name)) return undefined;
  const nearest = nearestName(name, axes);
  const known = nearest === undefined ? `the inputs have ${axes.join(", ") || "none"}` : `did you mean "${nearest}"?`;
  return `is "${name}", which is not a matrix axis of the inputs; ${known}`;
}

/** The columns that are named, in full, as far as they are known. */
export function named(columns: readonly string[], names: readonly string[]): string[] {
  return names.flatMap((name) => lookUp(columns, name).column ?? []);
}
