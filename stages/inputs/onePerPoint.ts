import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import { pointLabel } from "../../src/pipeline/matrix.js";
import type { Point, Scalar, Source } from "../../src/stage.js";

export type Cell = Scalar | undefined;

/** The facts about one matrix point. */
export interface PointRow {
  point: Point;
  /** By `stage.column`, so that a name stays the same when another input is added. */
  row: Record<string, Cell>;
  /** The failures at this point, as `stage: message`; empty when nothing failed. */
  failure: string;
}

/** The rows of one source. */
interface Content {
  stage: string;
  point: Point;
  rows: Record<string, Cell>[];
  failure?: string;
}

/**
 * The rows of all sources; those of one matrix point share a row. `isWhole` makes one row per row of any artifact.
 * Otherwise only tables have several rows, and other artifacts contribute their headline numbers.
 */
export function onePerPoint(sources: readonly Source[], isWhole = false): PointRow[] {
  const stages = [...new Set(sources.map(({ stage }) => stage))];
  const contents = sources.map((source) => contentOf(source, isWhole));
  // A stage with fewer axes joins each point that it agrees with.
  return widestPoints(contents.map(({ point }) => point)).flatMap((point) => {
    const beside = stages.flatMap((stage) => {
      const at = contents.find((content) => content.stage === stage && extendsPoint(point, content.point));
      return at ? [at] : [];
    });
    const failure = beside.flatMap((content) => content.failure ?? []).join("; ");
    const height = Math.max(...beside.map(({ rows }) => rows.length), failure === "" ? 0 : 1);
    return Array.from({ length: height }, (_, i) => ({
      point,
      row: Object.assign({}, ...beside.map(({ rows }) => rows[rows.length === 1 ? 0 : i] ?? {})),
      failure,
    }));
  });
}

/** Each point once. */
export function distinctPoints(points: readonly Point[]): Point[] {
  return [...new Map(points.map((point) => [pointLabel(point), point])).values()];
}

/** The points that no other one extends by further axes, each once. */
export function widestPoints(points: readonly Point[]): Point[] {
  const distinct = distinctPoints(points);
  const axes = new Set(distinct.map((point) => Object.keys(point).length));
  // Different points with equally many axes do not extend each other.
  if (axes.size <= 1) return distinct;
  return distinct.filter((point) => !distinct.some((other) => other !== point && extendsPoint(other, point)));
}

export function extendsPoint(point: Point, part: Point): boolean {
  return Object.entries(part).every(([name, value]) => point[name] === value);
}

/** The columns of all rows, in order of appearance. */
export function columnsOf(rows: readonly PointRow[]): string[] {
  return [...new Set(rows.flatMap(({ row }) => Object.keys(row)))];
}

/** The rows of a table, or of an artifact with rows of its own. For others, one row with the headline numbers. */
function contentOf(source: Source, isWhole: boolean): Content {
  const { stage, point, error } = source;
  if (error !== undefined) return { stage, point, rows: [], failure: `${stage}: ${error}` };
  const of = source.artifact();
  const rows = of.kind === "table" || isWhole ? tableRows(of) : [of.summary];
  const named = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [`${stage}.${name}`, value])),
  );
  return { stage, point, rows: named };
}

function tableRows(of: Artifact): Record<string, Cell>[] {
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
