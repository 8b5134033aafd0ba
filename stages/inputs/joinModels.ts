import { type Artifact, type Column, rowCount } from "../../src/artifact/artifact.js";

/**
 * The columns that models share when their rows are put one after the other, and all columns of numbers, which are NaN
 * for a model that lacks them.
 */
export function columnsTogether(models: readonly Pick<Artifact, "columns">[]): string[] {
  const isNumbers = (column: Column | undefined) => column instanceof Float64Array;
  return [...new Set(models.flatMap(({ columns }) => Object.keys(columns)))].filter(
    (name) =>
      models.every(({ columns }) => columns[name] !== undefined) ||
      models.every(({ columns }) => columns[name] === undefined || isNumbers(columns[name])),
  );
}

/** These columns of a model; NaN for columns that it lacks. */
export function withColumns(model: Artifact, names: readonly string[]): Record<string, Column> {
  return Object.fromEntries(
    names.map((name) => [name, model.columns[name] ?? new Float64Array(rowCount(model)).fill(Number.NaN)]),
  );
}
