/** An artifact as text for display. */
import { type Artifact, type Column, listAt, rowCount } from "../artifact/artifact.js";
import type { IntactObject } from "../store/intactObject.js";
import { counted } from "../text/words.js";

const WIDEST = 32;
const LONGEST = 400;
/** The most columns side by side. With more, rows are side by side. */
const MOST_BESIDE = 12;

/** Its place and origin, its columns with their types, its facts, and its first rows. */
export function showArtifact(of: Artifact, { path, object, record }: IntactObject, rows: number): string {
  const { bytes, provenance } = record();
  const count = rowCount(of);
  const names = Object.keys(of.columns);
  const facts = Object.entries(of.metadata).filter(([name]) => !shownElsewhere.includes(name));
  return [
    `${of.kind}, ${counted(count, "row")}, ${bytes} bytes`,
    `file: ${path}`,
    `sha256: ${object}`,
    `made: ${madeHow(provenance)}`,
    ...section(
      "summary",
      Object.entries(of.summary).map(([name, value]) => `${name}: ${value}`),
    ),
    ...section(
      "metadata",
      facts.map(([name, value]) => `${name}: ${brief(value)}`),
    ),
    ...section("tensors", tensorsOf(of)),
    ...section(
      "columns",
      names.map((name) => `${name}: ${typeOf(of.columns[name])}`),
    ),
    ...section(
      count > rows ? `first ${counted(rows, "row")}` : "rows",
      names.length > MOST_BESIDE ? turned(of, Math.min(count, rows)) : table(of, Math.min(count, rows)),
    ),
  ].join("\n");
}

const shownElsewhere = ["provenance", "layout", "stateLayout"];

/** The tensors of a network, and the statistics of its batch norms: names and shapes. */
function tensorsOf({ metadata: { layout, stateLayout } }: Artifact): string[] {
  const tensors = [layout, stateLayout].flatMap((list) => (Array.isArray(list) ? list : []));
  return tensors.map(({ name, shape }) => `${name} [${(shape ?? []).join(", ")}]`);
}

/** In 0.88 s, on a machine with 2 cores, with onnxruntime 1.30.0. */
function madeHow({ seconds, machine, cores, backends }: Record<string, unknown>): string {
  const used = Object.entries((backends ?? {}) as Record<string, string>).map((entry) => entry.join(" "));
  return [
    typeof seconds === "number" ? `in ${Number(seconds.toPrecision(2))} s` : "",
    machine === undefined ? "" : `on ${machine} (${cores} cores)`,
    used.length > 0 ? `with ${used.join(", ")}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

function brief(value: unknown): string {
  const text = JSON.stringify(value, (_, item) =>
    typeof item === "number" && !Number.isFinite(item) ? String(item) : item,
  );
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

function typeOf(column: Column): string {
  const numbers = { Float64Array: "f64", Float32Array: "f32", Int32Array: "i32", Uint8Array: "u8" };
  const ofNumbers = (values: ArrayBufferView) => numbers[values.constructor.name as keyof typeof numbers];
  if (Array.isArray(column)) return column.every((item) => typeof item === "string") ? "text" : "bytes";
  if (ArrayBuffer.isView(column)) return ofNumbers(column);
  return "width" in column ? `${column.width} × ${ofNumbers(column.values)}` : `list of ${ofNumbers(column.values)}`;
}

/** Columns side by side under their names. */
function table(of: Artifact, rows: number): string[] {
  const columns = columnsOf(of, rows);
  return aligned(Array.from({ length: rows + 1 }, (_, row) => columns.map((cells) => cells[row])));
}

/** Rows side by side, one line per column. */
function turned(of: Artifact, rows: number): string[] {
  return aligned(columnsOf(of, rows));
}

/** The name and the first cells of each column. */
function columnsOf(of: Artifact, rows: number): string[][] {
  return Object.entries(of.columns).map(([name, column]) => [
    name,
    ...Array.from({ length: rows }, (_, row) => cell(column, row)),
  ]);
}

function aligned(lines: string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  return lines.map((cells) =>
    cells
      .map((text, i) => text.padEnd(widths[i]))
      .join("  ")
      .trimEnd(),
  );
}

function cell(column: Column, row: number): string {
  const cut = (text: string) => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);
  if (Array.isArray(column)) {
    const item = column[row];
    return typeof item === "string" ? cut(JSON.stringify(item).slice(1, -1)) : `${item.length} bytes`;
  }
  if (ArrayBuffer.isView(column)) return String(column[row]);
  const list = listAt(column, row);
  const first = Array.from(list.subarray(0, 8), (value) => Number(value.toPrecision(4)));
  return cut(`[${first.join(" ")}${list.length > 8 ? " …" : ""}]`);
}
