import { type Artifact, type Column, listAt, rowCount } from "../../artifact/artifact.js";

/** A cell as plain JSON. */
function plainCell(column: Column, row: number): unknown {
  const plain = (value: number) => (Number.isFinite(value) ? value : String(value));
  if (Array.isArray(column)) {
    const item = column[row];
    return typeof item === "string" ? item : Buffer.from(item).toString("base64");
  }
  if (ArrayBuffer.isView(column)) return plain(column[row]);
  return Array.from(listAt(column, row), plain);
}

/** { kind, summary, metadata, rows }, NaN and infinities as texts of these names. */
export function json(of: Artifact): Uint8Array {
  const columns = Object.entries(of.columns);
  const rows = Array.from({ length: rowCount(of) }, (_, row) =>
    JSON.stringify(Object.fromEntries(columns.map(([name, column]) => [name, plainCell(column, row)]))),
  );
  const text = (value: unknown) =>
    JSON.stringify(value, (_, item) => (typeof item === "number" && !Number.isFinite(item) ? String(item) : item));
  const facts = `"kind":${text(of.kind)},"summary":${text(of.summary)},"metadata":${text(of.metadata)}`;
  return Buffer.from(`{${facts},"rows":[\n${rows.join(",\n")}\n]}\n`);
}
