import { type Artifact, type Column, listAt, rowCount } from "./artifact.js";

/** The place where two artifacts differ most. */
export interface Difference {
  column: string;
  row: number;
  /** What the first and the second artifact have there, in words. */
  values: [string, string];
  /** |a - b| as a share of the column's largest finite magnitude; Infinity where no number says how far they differ. */
  relative: number;
}

/**
 * The largest difference of two artifacts, column by column; undefined where all values are equal. NaN equals NaN.
 * Artifacts of other kinds, columns or numbers of rows differ by Infinity, and so do texts that are not the same.
 */
export function largestDifference(a: Artifact, b: Artifact): Difference | undefined {
  const shapes = [a, b].map((of) => `${of.kind} of ${rowCount(of)} rows: ${Object.keys(of.columns).join(", ")}`);
  if (shapes[0] !== shapes[1]) return differentBy("", 0, shapes[0], shapes[1]);
  let largest: Difference | undefined;
  for (const [name, column] of Object.entries(a.columns)) {
    const found = columnDifference(name, column, b.columns[name], rowCount(a));
    if (found && found.relative > (largest?.relative ?? 0)) largest = found;
  }
  return largest;
}

const differentBy = (column: string, row: number, a: string, b: string): Difference => ({
  column,
  row,
  values: [a, b],
  relative: Number.POSITIVE_INFINITY,
});

/** The values of a row: numbers, or one text. */
function valuesAt(column: Column, row: number): ArrayLike<number> | string {
  if (Array.isArray(column)) {
    const value = column[row];
    return typeof value === "string" ? value : Buffer.from(value).toString("base64");
  }
  return ArrayBuffer.isView(column) ? column.subarray(row, row + 1) : listAt(column, row);
}

function columnDifference(name: string, a: Column, b: Column, rows: number): Difference | undefined {
  const scale = Math.max(magnitude(a), magnitude(b));
  let largest: Difference | undefined;
  for (let row = 0; row < rows; row++) {
    const [left, right] = [valuesAt(a, row), valuesAt(b, row)];
    if (typeof left === "string" || typeof right === "string") {
      if (left !== right) return differentBy(name, row, shortened(left), shortened(right));
      continue;
    }
    if (left.length !== right.length) return differentBy(name, row, `${left.length} values`, `${right.length} values`);
    for (let i = 0; i < left.length; i++) {
      if (Object.is(left[i], right[i]) || left[i] === right[i]) continue;
      const distance = Math.abs(left[i] - right[i]) / scale;
      const relative = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
      if (relative > (largest?.relative ?? 0))
        largest = { column: name, row, values: [String(left[i]), String(right[i])], relative };
    }
  }
  return largest;
}

/** The largest finite magnitude of a column; 0 for texts. */
function magnitude(column: Column): number {
  if (Array.isArray(column)) return 0;
  let most = 0;
  for (const value of ArrayBuffer.isView(column) ? column : column.values)
    if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

const LONGEST = 40;

function shortened(value: ArrayLike<number> | string): string {
  const text = typeof value === "string" ? value : String(Array.from(value));
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
