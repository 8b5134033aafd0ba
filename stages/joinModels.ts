import { type Artifact, type Column, concatenate, rowCount } from "../src/artifact.js";

/**
 * The rows of models of one network, one after the other. Where one lacks a column of numbers that another has, it has NaN
 * there; columns of other types that not all have are left out.
 */
export function joinedColumns(models: readonly Artifact[]): Record<string, Column> {
  const names = [...new Set(models.flatMap(({ columns }) => Object.keys(columns)))].filter(
    (name) =>
      models.every(({ columns }) => columns[name] === undefined || columns[name] instanceof Float64Array) ||
      models.every(({ columns }) => columns[name] !== undefined),
  );
  const aligned = models.map((model) => ({
    ...model,
    columns: Object.fromEntries(
      names.map((name) => [name, model.columns[name] ?? new Float64Array(rowCount(model)).fill(Number.NaN)]),
    ),
  }));
  return concatenate(aligned).columns;
}
