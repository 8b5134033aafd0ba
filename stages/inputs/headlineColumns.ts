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
  "toScore",
  "eigenvalue1",
  "trace",
];
/** A table with as many columns or fewer shows them all; of a larger one as many numbers show at first. */
const MOST = 12;
const SHOWN = 8;
/** So many headline numbers do without others beside them. */
const ENOUGH = 4;

/**
 * The columns that a table shows at first: those of the matrix, and the headline numbers that it has, filled up with
 * its first others. Undefined for a table that is small enough to show whole.
 */
export function headlineColumns(columns: readonly string[], axes: readonly string[]): string[] | undefined {
  if (columns.length <= MOST) return undefined;
  const own = columns.filter((column) => !axes.includes(column));
  const ends = (column: string, name: string) => column === name || column.endsWith(`.${name}`);
  const found = wanted.flatMap(
    (name) => own.find((column) => ends(column, name)) ?? own.find((column) => ends(column, `${name}.mean`)) ?? [],
  );
  const chosen = new Set([...found, ...(found.length < ENOUGH ? own : [])].slice(0, SHOWN));
  return columns.filter((column) => axes.includes(column) || chosen.has(column));
}
