import { nearestName } from "../../src/text/nearestName.js";

/**
 * The column that a parameter names by its full name, such as `metrics.minima`, or by its last part, `minima`, if only
 * one column has it. Throws Error for any other name; `place`, such as "x", begins the message.
 */
export function columnNamed(columns: readonly string[], name: string, place: string): string {
  const { column, fault } = lookUp(columns, name);
  if (column === undefined) throw new Error(`${place} ${fault}`);
  return column;
}

/** The columns `stage.name`, for any stage. */
export function columnsEnding(columns: readonly string[], name: string): string[] {
  return columns.filter((column) => column.endsWith(`.${name}`));
}

/** A column, or why there is none. */
type Found = { column: string; fault?: undefined } | { column?: undefined; fault: string };

/** The column of this name, or of this end. */
export function lookUp(columns: readonly string[], name: string): Found {
  if (columns.includes(name)) return { column: name };
  const fits = columnsEnding(columns, name);
  if (fits.length === 1) return { column: fits[0] };
  if (fits.length > 1) {
    return { fault: `is "${name}", which matches ${fits.length} columns; expected ${fits.join(" or ")}` };
  }
  const nearest = nearestName(name, columns) ?? nearestEnd(columns, name);
  const known =
    nearest === undefined ? `the columns are ${columns.join(", ") || "none"}` : `did you mean "${nearest}"?`;
  return { fault: `is "${name}", which is not a column; ${known}` };
}

function nearestEnd(columns: readonly string[], name: string): string | undefined {
  const ends = columns.map((column) => column.slice(column.indexOf(".") + 1));
  const nearest = nearestName(name, ends);
  return nearest === undefined ? undefined : columns[ends.indexOf(nearest)];
}
