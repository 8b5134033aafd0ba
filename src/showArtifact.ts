/** An artifact as text for people. */
import { type Artifact, type Column, listAt, rowCount } from "./artifact.js";
import type { Found } from "./cache.js";

const WIDEST = 32;
const LONGEST = 2000;

/** Where it is and how it was made, its columns with their types, its facts, and its first rows. */
export function showArtifact(of: Artifact, { path, object, record }: Found, rows: number): string {
  const { bytes, provenance } = record();
  const count = rowCount(of);
  const names = Object.keys(of.columns);
  const made = ["seconds", "machine", "cores", "backends"].flatMap((name) =>
    name in provenance ? `${name} ${brief(provenance[name])}` : [],
  );
  const facts = Object.entries(of.metadata).filter(([name]) => name !== "provenance");
  return [
    `${of.kind}, ${count} rows, ${bytes} bytes`,
    `file: ${path}`,
    `sha256: ${object}`,
    `made: ${made.join(", ")}`,
    ...section(
      "summary",
      Object.entries(of.summary).map(([name, value]) => `${name}: ${value}`),
    ),
    ...section(
      "metadata",
      facts.map(([name, value]) => `${name}: ${brief(value)}`),
    ),
    ...section(
      "columns",
      names.map((name) => `${name}: ${typeOf(of.columns[name])}`),
    ),
    ...section(count > rows ? `first ${rows} rows` : "rows", table(of, Math.min(count, rows))),
  ].join("\n");
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
  const columns = Object.entries(of.columns).map(([name, column]) => [
    name,
    ...Array.from({ length: rows }, (_, row) => cell(column, row)),
  ]);
  const widths = columns.map((cells) => Math.max(...cells.map(({ length }) => length)));
  return Array.from({ length: rows + 1 }, (_, row) =>
    columns
      .map((cells, i) => cells[row].padEnd(widths[i]))
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
