import { type Artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import type { Cell, PageTable } from "../../src/figures/pageTable.js";
import type { Spec } from "../../src/figures/theme.js";
import type { Source } from "../../src/stage.js";
import type { PlotName } from "../plots/plotFacts.js";
import type { LandscapeFinding } from "./landscapeFinding.js";
import { sourceLabel } from "./sourceLabel.js";

/** The most rows and columns of the table behind a figure. */
const MOST_ROWS = 100;
const MOST_COLUMNS = 12;

/** Plots of grids, maps and paths, whose own rows are the numbers. */
const plotsOfRows: readonly PlotName[] = ["contour", "surface", "slices", "isosurface", "scatter", "paths"];

type Row = Record<string, unknown>;

/**
 * The numbers behind a figure as a table: the basins of its landscape or of those of its panels; else the rows of the
 * grid or of the map that it draws; else the longest list of rows in its specification. Rows are thinned evenly, and
 * the table says so. Undefined where there is none, as for pictures.
 */
export function tableBehind(
  spec: Spec,
  name: string,
  plot: PlotName | undefined,
  findings: readonly LandscapeFinding[],
  sources: readonly Source[],
): PageTable | undefined {
  if (findings.length === 1) return findings[0].basins;
  if (findings.length > 1) return basinsTogether(findings, name);
  if (plot === undefined || !plotsOfRows.includes(plot) || sources.length === 0) return drawnNumbers(spec, name);
  return sources.length === 1 ? rowsOf(sources[0].artifact(), name, MOST_ROWS) : rowsTogether(sources, name);
}

/** The most persistent basins of every panel. */
function basinsTogether(findings: readonly LandscapeFinding[], name: string): PageTable {
  const each = Math.max(1, Math.floor(MOST_ROWS / findings.length));
  const rows = findings.flatMap(({ label, basins }) =>
    basins.rows.slice(0, each).map((row): Cell[] => [label, ...row]),
  );
  const isCut = findings.some(({ basins }) => basins.note !== undefined || basins.rows.length > each);
  return {
    name: `basins of ${name}`,
    columns: ["landscape", ...findings[0].basins.columns],
    rows,
    ...(isCut && { note: `at most ${each} of each landscape, the most persistent` }),
  };
}

/** Some rows of every artifact with the columns of the first, and where they are from. */
function rowsTogether(sources: readonly Source[], name: string): PageTable {
  const each = Math.max(1, Math.floor(MOST_ROWS / sources.length));
  const several = new Set(sources.map(({ stage }) => stage)).size > 1;
  const tables = sources.map((source) => rowsOf(source.artifact(), name, each));
  const [{ columns }] = tables;
  const rows = tables.flatMap((table, k) =>
    table.rows.map((row): Cell[] => [
      sourceLabel(sources[k], several),
      ...columns.map((column) => row[table.columns.indexOf(column)] ?? null),
    ]),
  );
  const isCut = tables.some(({ note }) => note !== undefined);
  return { name, columns: ["of", ...columns], rows, ...(isCut && { note: `at most ${each} rows of each` }) };
}

/** At most so many rows of an artifact, with its coordinates as columns of their own. */
function rowsOf(of: Artifact, name: string, most: number): PageTable {
  const flat = Object.entries(of.columns).flatMap(([column, values]): [string, ArrayLike<Cell>][] => {
    if (Array.isArray(values)) return [[column, values as string[]]];
    if (ArrayBuffer.isView(values)) return [[column, numbers(of, column)]];
    if (!("width" in values)) return [];
    return Array.from({ length: values.width }, (_, k): [string, ArrayLike<Cell>] => [
      `${column} ${k + 1}`,
      Array.from({ length: rowCount(of) }, (_, row) => values.values[row * values.width + k]),
    ]);
  });
  const kept = flat.slice(0, MOST_COLUMNS);
  const all = rowCount(of);
  const every = Math.ceil(all / most) || 1;
  const places = Array.from({ length: Math.ceil(all / every) }, (_, k) => k * every);
  const cell = (value: Cell) => (typeof value === "number" && Number.isNaN(value) ? null : value);
  return {
    name,
    ...(every > 1 && { note: `${places.length} of ${all} rows` }),
    columns: kept.map(([column]) => column),
    rows: places.map((row) => kept.map(([, values]) => cell(values[row]))),
  };
}

function drawnNumbers(spec: Spec, name: string): PageTable | undefined {
  const rows = listsOf(spec).sort((a, b) => b.length - a.length)[0];
  if (rows === undefined) return undefined;
  const isCell = (value: unknown) => typeof value === "number" || (typeof value === "string" && value.length < 60);
  const columns = Object.keys(rows[0]).filter((column) => rows.some((row) => isCell(row[column])));
  const kept = columns.slice(0, MOST_COLUMNS);
  if (!kept.some((column) => rows.some((row) => typeof row[column] === "number"))) return undefined;
  const every = Math.ceil(rows.length / MOST_ROWS);
  const few = rows.filter((_, i) => i % every === 0);
  const thinned = every > 1 && { note: `${few.length} of ${rows.length} rows` };
  const cell = (value: unknown): Cell => (isCell(value) ? (value as Cell) : null);
  return { name, ...thinned, columns: kept, rows: few.map((row) => kept.map((column) => cell(row[column]))) };
}

/** All lists of rows in a specification, those of its panels too. */
function listsOf({ data, marks }: Row): Row[][] {
  const own = [data].flat().flatMap((each): Row[][] => {
    const values = (each as { values?: unknown } | undefined)?.values;
    return Array.isArray(values) && values.length > 0 && values.every(isRow) ? [values] : [];
  });
  const inner = Array.isArray(marks) ? marks.filter(isRow).flatMap(listsOf) : [];
  return [...own, ...inner];
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
