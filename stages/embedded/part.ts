/** The points of one input of an embedding, and the facts about each. */
import type { Artifact, Column } from "../../src/artifact/artifact.js";
import type { Points } from "../../src/embedding/points.js";

/** One number or text per row. */
export type Flat = Float64Array | Float32Array | Int32Array | string[];

export interface Part {
  points: Points;
  /** [n × n], instead of points. */
  distances?: Float64Array;
  loss: Float64Array;
  /** NaN for a point without a training epoch. */
  epoch: Float64Array;
  /** −1 for a point that is on no trajectory. */
  trajectory: Int32Array;
  /** Names of the trajectories. */
  trajectories: readonly string[];
  /** Names of the labels. */
  classes?: string[];
  /** More columns. */
  columns: Record<string, Flat>;
}

/** Points without a loss and without a training epoch. */
export const onNoTrajectory = (n: number) => ({
  loss: new Float64Array(n).fill(Number.NaN),
  epoch: new Float64Array(n).fill(Number.NaN),
  trajectory: new Int32Array(n).fill(-1),
  trajectories: [],
});

/** The columns of numbers and text besides those that every embedding has. */
export function moreColumns(of: Artifact, taken: readonly string[]): Record<string, Flat> {
  const known = [...taken, "loss", "epoch", "trajectory", "coordinates"];
  return Object.fromEntries(
    Object.entries(of.columns).flatMap(([name, column]) =>
      !known.includes(name) && isFlat(column) ? [[name, column] as const] : [],
    ),
  );
}

function isFlat(column: Column): column is Flat {
  return Array.isArray(column) || ArrayBuffer.isView(column);
}

/** A part with only these rows. */
export function pickRows(part: Part, rows: readonly number[]): Part {
  if (rows.length === part.loss.length) return part;
  return {
    ...part,
    points: part.points.length === 0 ? part.points : rows.map((row) => part.points[row]),
    loss: Float64Array.from(rows, (row) => part.loss[row]),
    epoch: Float64Array.from(rows, (row) => part.epoch[row]),
    trajectory: Int32Array.from(rows, (row) => part.trajectory[row]),
    columns: Object.fromEntries(Object.entries(part.columns).map(([name, column]) => [name, picked(column, rows)])),
  };
}

function picked(column: Flat, rows: readonly number[]): Flat {
  if (Array.isArray(column)) return rows.map((row) => column[row]);
  const values = column.slice(0, rows.length);
  for (const [k, row] of rows.entries()) values[k] = column[row];
  return values;
}

/** Joins columns of one type, the type of the first. */
export function joinedColumns(columns: readonly Flat[]): Flat {
  const [first] = columns;
  if (Array.isArray(first)) return columns.flatMap((column) => column as string[]);
  const numbers = columns as readonly Exclude<Flat, string[]>[];
  const length = numbers.reduce((sum, column) => sum + column.length, 0);
  const all =
    first instanceof Float64Array
      ? new Float64Array(length)
      : first instanceof Float32Array
        ? new Float32Array(length)
        : new Int32Array(length);
  let at = 0;
  for (const column of numbers) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}
