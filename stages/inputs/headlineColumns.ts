/** Columns that people look for first, by the end of their names, in this order. */
const wanted = [
  "failure",
  "loss",
  "validationLoss",
  "testLoss",
  "accuracy",
  "relativeL2",
  "minima",
  "saddles",
  "averagePersistence",
  "smad",
  "eigenvalue1",
  "trace",
];
/** A table with as many columns or fewer shows them all; of a larger one as many numbers show at first. */
const MOST = 12;
const SHOWN = 8;

/**
 * The columns that a table shows at first: those of the matrix, and the headline numbers that it has, filled up with
 * its first others. Undefined for a table that is small enough to show whole.
 */
export function headlineColumns(columns: readonly string[], axes: readonly string[]): string[] | undefined {
  if (columns.length <= MOST) return undefined;
  const own = columns.filter((column) => !axes.includes(column));
  const found = wanted.flatMap((name) => own.find((column) => column === name || column.endsWith(`.${name}`)) ?? []);
  const chosen = new Set([...found, ...own].slice(0, Math.max(SHOWN, 0)));
  return columns.filter((column) => axes.includes(column) || chosen.has(column));
}
