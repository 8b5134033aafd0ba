import { type Artifact, type Column, numbers, rowCount, vectorRows } from "../../src/artifact/artifact.js";
import { inputSize, networkSamples } from "../../src/data/dataset.js";
import type { EmbedSource } from "../../src/embedding/embed.js";
import type { Points } from "../../src/embedding/points.js";
import { type Layout, requireSameShapes } from "../../src/models/networks/layout.js";
import type { Source } from "../../src/stage.js";
import { datasetOf } from "../artifacts/dataset.js";
import { checkpointRows } from "./checkpoints.js";
import { coordinatesOf } from "./connectivity.js";
import { stepName } from "./stepName.js";

/** A number or a text a row. */
type Flat = Float64Array | Float32Array | Int32Array | string[];

export type Rows = "all" | "last" | readonly number[];

/** Points to embed, and what is known of each. */
export interface EmbeddedPoints {
  source: EmbedSource;
  loss: Float64Array;
  /** NaN where a point is of no training. */
  epoch: Float64Array;
  /** −1 where a point is on no trajectory. */
  trajectory: Int32Array;
  /** More columns, those that all inputs have. */
  columns: Record<string, Flat>;
  /** Names of the trajectories, and those of the labels. */
  names: { trajectories: string[]; classes?: string[] };
}

interface Part {
  points: Points;
  distances?: Float64Array;
  loss: Float64Array;
  epoch: Float64Array;
  trajectory: Int32Array;
  trajectories: string[];
  classes?: string[];
  columns: Record<string, Flat>;
}

/** What is at the port `points` of an embed stage. Throws for inputs that have no place in one space. */
export function embeddedPoints(sources: Source[], rows: Rows): EmbeddedPoints {
  const inputs = sources.map((source) => ({ name: stepName(source), of: source.artifact() }));
  requireOneSpace(inputs);
  const parts = inputs.map(({ name, of }) => partOf(of, name, rows));
  const [first] = parts;
  const lengthOf = ({ points }: Part) => points[0]?.length;
  const other = parts.findIndex((part) => lengthOf(part) !== lengthOf(first));
  if (other > 0) {
    throw new Error(
      `${inputs[0].name} has points of ${lengthOf(first)} coordinates, ${inputs[other].name} of ${lengthOf(parts[other])}: they have no place in one space`,
    );
  }
  let before = 0;
  const trajectory = parts.flatMap(({ trajectory, trajectories }) => {
    const start = before;
    before += trajectories.length;
    return Array.from(trajectory, (k) => (k < 0 ? k : start + k));
  });
  const shared = Object.keys(first.columns).filter((name) =>
    parts.every(({ columns }) => columns[name]?.constructor === first.columns[name].constructor),
  );
  const points = parts.flatMap((part) => part.points);
  const { distances } = first;
  return {
    source: distances ? { distances, n: first.loss.length } : { points },
    loss: joined(parts.map(({ loss }) => loss)),
    epoch: joined(parts.map(({ epoch }) => epoch)),
    trajectory: Int32Array.from(trajectory),
    columns: Object.fromEntries(shared.map((name) => [name, joined(parts.map(({ columns }) => columns[name]))])),
    names: { trajectories: parts.flatMap(({ trajectories }) => trajectories), classes: first.classes },
  };
}

function requireOneSpace(inputs: { name: string; of: Artifact }[]): void {
  const [first] = inputs;
  for (const { name, of } of inputs) {
    if (of.kind !== first.of.kind) {
      throw new Error(`${first.name} is a ${first.of.kind}, ${name} a ${of.kind}; give inputs of one kind`);
    }
    if (of.kind === "model") {
      requireSameShapes(of.metadata.layout as Layout, first.of.metadata.layout as Layout, `the model of ${name}`);
    }
  }
  if (first.of.kind === "table" && inputs.length > 1) {
    throw new Error(`${inputs.length} tables are given; the distances of all points are in one`);
  }
}

function partOf(of: Artifact, name: string, wanted: Rows): Part {
  switch (of.kind) {
    case "model":
      return pickRows(ofModel(of, name), checkpointRows(of, wanted));
    case "dataset":
      return pickRows(ofDataset(of), checkpointRows(of, wanted));
    case "points":
      return pickRows(ofPoints(of, name), checkpointRows(of, wanted));
    default:
      if (wanted !== "all") throw new Error(`rows is ${JSON.stringify(wanted)}; of a table of distances all are taken`);
      return ofTable(of);
  }
}

function ofModel(of: Artifact, name: string): Part {
  return {
    points: vectorRows(of, "weights"),
    loss: numbers(of, "loss"),
    epoch: numbers(of, Object.hasOwn(of.columns, "epoch") ? "epoch" : "step"),
    ...trajectoriesOf(of, name),
    columns: moreColumns(of, []),
  };
}

/** The trajectories that a model tells apart; otherwise it is one, under its own name. */
function trajectoriesOf(of: Artifact, name: string): Pick<Part, "trajectory" | "trajectories"> {
  if (!Object.hasOwn(of.columns, "trajectory")) {
    return { trajectory: new Int32Array(rowCount(of)), trajectories: [name] };
  }
  const trajectory = Int32Array.from(numbers(of, "trajectory"));
  const count = trajectory.reduce((most, k) => Math.max(most, k + 1), 0);
  const facts = (of.metadata.trajectories ?? []) as (string | { seed: number; step: number })[];
  const trajectories = Array.from({ length: count }, (_, k) => {
    const known = facts[k];
    if (known === undefined) return `${name} ${k}`;
    return typeof known === "string" ? known : `seed ${known.seed}, step ${known.step}`;
  });
  return { trajectory, trajectories };
}

/** Inputs as a network sees them, with their labels. */
function ofDataset(of: Artifact): Part {
  const dataset = datasetOf(of);
  const { inputs } = networkSamples(dataset);
  const width = inputSize(dataset);
  const n = rowCount(of);
  const labelled = dataset.task === "classification";
  return {
    points: Array.from({ length: n }, (_, i) => inputs.subarray(i * width, (i + 1) * width)),
    ...onNoTrajectory(n),
    ...(labelled && { classes: [...dataset.classes] }),
    columns: labelled ? { label: Int32Array.from(dataset.targets) } : {},
  };
}

function ofPoints(of: Artifact, name: string): Part {
  const { points, dimension } = coordinatesOf(of);
  const n = rowCount(of);
  const { step, model } = of.columns;
  const models = [...new Set(model as string[] | undefined)];
  return {
    points: Array.from({ length: n }, (_, i) => points.subarray(i * dimension, (i + 1) * dimension)),
    ...onNoTrajectory(n),
    loss: numbers(of, "loss"),
    ...(step && { epoch: numbers(of, "step"), trajectory: new Int32Array(n), trajectories: [name] }),
    ...(step &&
      model && {
        trajectory: Int32Array.from(model as string[], (own) => models.indexOf(own)),
        trajectories: models,
      }),
    columns: moreColumns(of, of.metadata.coordinates as string[]),
  };
}

const onNoTrajectory = (n: number) => ({
  loss: new Float64Array(n).fill(Number.NaN),
  epoch: new Float64Array(n).fill(Number.NaN),
  trajectory: new Int32Array(n).fill(-1),
  trajectories: [],
});

/** A compare stage's distances; of another table all its columns of numbers. */
function ofTable(of: Artifact): Part {
  const isNumeric = (name: string) =>
    of.columns[name] instanceof Float64Array || of.columns[name] instanceof Int32Array;
  const names = (of.metadata.labels as string[] | undefined) ?? Object.keys(of.columns).filter(isNumeric);
  // Matrix points that failed have rows without distances.
  const failed = of.columns.error as string[] | undefined;
  const rows = Array.from({ length: rowCount(of) }, (_, row) => row).filter((row) => !failed?.[row]);
  const n = rows.length;
  if (names.length !== n) {
    throw new Error(`a table of ${names.length} columns of numbers and ${n} rows is no matrix of distances`);
  }
  const columns = names.map((name) => numbers(of, name));
  const distances = Float64Array.from({ length: n * n }, (_, at) => columns[at % n][rows[Math.floor(at / n)]]);
  requireDistances(distances, names);
  const part = { points: [], ...onNoTrajectory(rowCount(of)), columns: moreColumns(of, [...names, "x1", "x2"]) };
  return { ...pickRows(part, rows), distances };
}

function requireDistances(distances: Float64Array, names: string[]): void {
  const n = names.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [there, back] = [distances[i * n + j], distances[j * n + i]];
      if (i === j ? there !== 0 : !(there >= 0 && there === back)) {
        throw new Error(
          `the distances of ${names[i]} and ${names[j]} are ${there} and ${back}; expected ${i === j ? "0" : "one number ≥ 0"}`,
        );
      }
    }
  }
}

/** Columns of numbers and text beside those that every embedding has. */
function moreColumns(of: Artifact, taken: readonly string[]): Record<string, Flat> {
  const known = [...taken, "loss", "epoch", "trajectory", "coordinates"];
  const isMore = ([name, column]: [string, Column]) =>
    !known.includes(name) && (Array.isArray(column) || ArrayBuffer.isView(column));
  return Object.fromEntries(Object.entries(of.columns).filter(isMore)) as Record<string, Flat>;
}

function pickRows(part: Part, rows: readonly number[]): Part {
  if (rows.length === part.loss.length) return part;
  return {
    ...part,
    points: part.points.length === 0 ? part.points : rows.map((row) => part.points[row]),
    loss: picked(part.loss, rows),
    epoch: picked(part.epoch, rows),
    trajectory: picked(part.trajectory, rows),
    columns: Object.fromEntries(Object.entries(part.columns).map(([name, column]) => [name, picked(column, rows)])),
  };
}

/** The values of these rows. */
function picked<T extends Flat>(column: T, rows: readonly number[]): T {
  const values = column as unknown as number[];
  return (column.constructor as ArrayConstructor).from(rows, (row) => values[row]) as unknown as T;
}

/** One column after the other; all of the first one's type. */
function joined<T extends Flat>(columns: T[]): T {
  const values = (columns as unknown as number[][]).flatMap((column) => Array.from(column));
  return (columns[0].constructor as ArrayConstructor).from(values) as unknown as T;
}
