import { type ArtifactKind, artifactKinds } from "../../src/artifact/artifact.js";
import type { Scalar, Source } from "../../src/stage.js";
import { factsOf } from "../artifacts/factsOf.js";
import { FAILURE } from "../artifacts/table.js";
import { type Cell, onePerPoint, type PointRow } from "./onePerPoint.js";

/** The kinds whose numbers fit in a table. */
export const gatheredKinds: readonly ArtifactKind[] = artifactKinds.filter(
  (kind) => kind !== "figure" && kind !== "report",
);

/**
 * The rows of all sources at their matrix points. Tables of many points, of one stage, are taken apart again: their
 * axes are the points.
 */
export function gatheredRows(sources: readonly Source[]): PointRow[] {
  const [first] = sources;
  const axes = sources.map(axesOfTable).find((found) => found !== undefined);
  if (axes === undefined || sources.some(({ stage }) => stage !== first.stage)) return onePerPoint(sources);
  return sources.flatMap((source) => takenApart(source, axes));
}

/** The columns that name the points of a table of many; undefined for anything else. */
function axesOfTable({ error, artifact }: Source): readonly string[] | undefined {
  if (error !== undefined) return undefined;
  const of = artifact();
  const { axes, plot } = factsOf<{ axes?: readonly string[]; plot?: string }>(of);
  return of.kind === "table" && plot === undefined ? axes : undefined;
}

function takenApart(only: Source, axes: readonly string[]): PointRow[] {
  const prefix = `${only.stage}.`;
  return onePerPoint([only]).map(({ row, failure }) => {
    const cells = Object.entries(row).map(([name, cell]) => [name.slice(prefix.length), cell] as const);
    const isAxis = (name: string) => axes.includes(name);
    const point = cells.filter((entry): entry is [string, Scalar] => isAxis(entry[0]) && entry[1] !== undefined);
    const failed = cells.find(([name]) => name === FAILURE)?.[1];
    return {
      point: { ...only.point, ...Object.fromEntries(point) },
      row: Object.fromEntries(cells.filter(([name]) => !isAxis(name) && name !== FAILURE)),
      failure: failure || String(failed ?? ""),
    };
  });
}

/** Rows with equal values of some axes or columns. */
export interface RowGroup {
  values: Cell[];
  rows: PointRow[];
}

/** Groups in order of appearance. */
export function groupedRows(rows: readonly PointRow[], by: readonly string[]): RowGroup[] {
  const groups = new Map<string, RowGroup>();
  for (const row of rows) {
    const values = by.map((name) => (Object.hasOwn(row.point, name) ? row.point[name] : row.row[name]));
    const key = JSON.stringify(values.map((value) => (value === undefined ? null : [typeof value, String(value)])));
    const group = groups.get(key) ?? { values, rows: [] };
    groups.set(key, group);
    group.rows.push(row);
  }
  return [...groups.values()];
}

/** The matrix axes of all rows, in order of appearance. */
export function axesOfRows(rows: readonly PointRow[]): string[] {
  return [...new Set(rows.flatMap(({ point }) => Object.keys(point)))];
}

/** An axis by its name, or a column by the rules of columnNamed. */
export function cellAt({ point, row }: PointRow, name: string): Cell {
  return Object.hasOwn(point, name) ? point[name] : row[name];
}
