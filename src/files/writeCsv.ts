/** Yields rows as text one after the other, because a grid can exceed the longest string. */
const CSV_ROWS = 10_000;

/** A column: its name, and a function that gives the text of its cell in a row. */
export interface CsvColumn {
  name: string;
  cell: (row: number) => string;
}

/** Comma-separated values after RFC 4180, with a header line. Cells are written unchanged; see quotedCell. */
export function writeCsv(columns: readonly CsvColumn[], rows: number): Uint8Array {
  const bytes = (lines: string[]) => Buffer.from(lines.map((line) => `${line}\r\n`).join(""));
  const chunks = [bytes([columns.map(({ name }) => quotedCell(name)).join(",")])];
  for (let start = 0; start < rows; start += CSV_ROWS) {
    const lines = Array.from({ length: Math.min(CSV_ROWS, rows - start) }, (_, i) =>
      columns.map(({ cell }) => cell(start + i)).join(","),
    );
    chunks.push(bytes(lines));
  }
  return Buffer.concat(chunks);
}

/**
 * A text as a cell. When a spreadsheet would take it for a formula, it gets an apostrophe in front, as OWASP advises,
 * because quotes alone do not prevent that. A number stays as it is.
 */
export function quotedCell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const cell = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
