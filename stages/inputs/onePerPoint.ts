import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { pointLabel } from "../../src/pipeline/matrix.js";
import type { Point, Scalar, Source } from "../../src/stage.js";

export type Cell = Scalar | undefined;
type Row = Record<string, Cell>;

/** The rows of all sources, those of one matrix point side by side; names that several stages use get the stage's in front. */
export function onePerPoint(sources: Source[], isWhole = false): { point: Point; row: Row }[] {
  const stages = [...new Set(sources.map(({ stage }) => stage))];
  const contents = sources.map((source) => ({ ...source, rows: rowsOf(source, isWhole) }));
  const owners = new Map<string, Set<string>>();
  for (const { stage, rows } of contents) {
    for (const name of rows.flatMap(Object.keys)) owners.set(name, (owners.get(name) ?? new Set()).add(stage));
  }
  const renamed = (stage: string, row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name !== "error" && (owners.get(name)?.size ?? 0) > 1 ? `${stage}.${name}` : name,
        value,
      ]),
    );
  // The points of the stage that is repeated most; a stage repeated over fewer axes goes beside each point it agrees with.
  const points = new Map(contents.map(({ point }) => [pointLabel(point), point]));
  const maximal = [...points.values()].filter(
    (point) => ![...points.values()].some((other) => other !== point && extendsPoint(other, point)),
  );
  return maximal.flatMap((point) => {
    const beside = stages.flatMap((stage) => {
      const at = contents.find((content) => content.stage === stage && extendsPoint(point, content.point));
      return at ? [at] : [];
    });
    const height = Math.max(...beside.map(({ rows }) => rows.length));
    return Array.from({ length: height }, (_, i) => ({
      point,
      row: Object.assign({}, ...beside.map(({ stage, rows }) => renamed(stage, rows[rows.length === 1 ? 0 : i] ?? {}))),
    }));
  });
}

export function extendsPoint(point: Point, part: Point): boolean {
  return Object.entries(part).every(([name, value]) => point[name] === value);
}

/** The rows of a table, or of all that has rows of its own; of anything else one row with its headline numbers. */
function rowsOf(source: Source, isWhole: boolean): Row[] {
  if (source.error !== undefined) return [{ error: `${source.stage}: ${source.error}` }];
  const of = source.artifact();
  return of.kind === "table" || isWhole ? tableRows(of) : [of.summary];
}

function tableRows(of: Artifact): Row[] {
  const columns = Object.entries(of.columns)
    .filter(([, column]) => Array.isArray(column) || ArrayBuffer.isView(column))
    .map(([name, column]) => {
      const cells: ArrayLike<Scalar> = Array.isArray(column) ? (column as string[]) : numbers(of, name);
      return [name, cells] as const;
    });
  return Array.from({ length: rowCount(of) }, (_, i) =>
    Object.fromEntries(columns.map(([name, cells]) => [name, cells[i]])),
  );
}
