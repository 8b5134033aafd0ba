import { type Artifact, type Column, rowCount } from "../../src/artifact/artifact.js";

/**
 * Columns that models have when their rows are put one after the other: those that all have, and all columns of
 * numbers, which are NaN where a model lacks them.
 */
export function columnsTogether(models: readonly Pick<Artifact, "columns">[]): string[] {
  const isNumbers = (column: Column | undefined) => column instanceof Float64Array;
  return [...new Set(models.flatMap(({ columns }) => Object.keys(columns)))].filter(
    (name) =>
      models.every(({ columns }) => columns[name] !== undefined) ||
      models.every(({ columns }) => columns[name] === undefined || isNumbers(columns[name])),
  );
}

/** These columns of a model, NaN where it has none of the name. */
export function withColumns(model: Artifact, names: readonly string[]): Record<string, Column> {
  return Object.fromEntries(
    names.map((name) => [name, model.columns[name] ?? new Float64Array(rowCount(model)).fill(Number.NaN)]),
  );
}
