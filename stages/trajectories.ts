import { type Artifact, artifact, type Column, numbers, rowCount } from "../src/artifact.js";
import { pointLabel } from "../src/matrix.js";
import { type Layout, requireSameShapes } from "../src/models/layout.js";
import type { Point, Stage } from "../src/stage.js";
import { joinedColumns } from "./joinModels.js";

interface Params {
  group?: string | number | boolean;
}

/** A model among several, and what it is called. */
interface Member {
  name: string;
  stage: string;
  point: Point;
  model: Artifact;
}

export const trajectoriesStage: Stage<Params> = {
  name: "trajectories",
  version: 1,
  inputs: { model: { kinds: ["model"], many: true } },
  output: "model",
  fanIn: true,
  async run({ sources }) {
    const all = sources("model");
    const warnings = all.flatMap(({ stage, point, error }) =>
      error === undefined ? [] : [`left out ${nameOf(stage, point)}, which failed: ${error}`],
    );
    const members = all
      .filter(({ error }) => error === undefined)
      .map(({ stage, point, artifact }) => ({ name: nameOf(stage, point), stage, point, model: artifact() }));
    if (members.length === 0) throw new Error(`no model to join; ${warnings.join("; ")}`);
    requireOneNetwork(members);
    const { trajectory, names } = numbered(members);
    const { step, loss, weights, state, trajectory: _, ...rest } = joinedColumns(inOneType(members));
    const { architecture, problem, layout, stateLayout } = members[0].model.metadata;
    return artifact(
      "model",
      { step, loss, weights, ...(state && { state }), trajectory, ...labels(members, Object.keys(rest)), ...rest },
      {
        ...{ architecture, problem, layout, ...(stateLayout !== undefined && { stateLayout }) },
        ...{ dtype: members.some(isDouble) ? "f64" : "f32", trajectories: names, warnings },
      },
      {
        trajectories: names.length,
        rows: trajectory.length,
        ...(warnings.length > 0 && { warning: warnings.join("; ") }),
      },
    );
  },
};

function nameOf(stage: string, point: Point): string {
  const label = pointLabel(point);
  return label === "" ? stage : `${stage}@${label}`;
}

function requireOneNetwork([first, ...others]: Member[]): void {
  const layoutOf = ({ model }: Member) => model.metadata.layout as Layout;
  for (const other of others) {
    try {
      requireSameShapes(layoutOf(other), layoutOf(first), other.name);
    } catch (error) {
      throw new Error(
        `${(error as Error).message} ${first.name}: weights of different networks are points of different spaces. Join those of one architecture, by a stage for each; with group: "\${<axis>}", one is made for each value of a matrix axis`,
      );
    }
  }
}

/** Each row's trajectory, counted through all models; one that has several already keeps them apart. */
function numbered(members: Member[]): { trajectory: Int32Array; names: string[] } {
  const names: string[] = [];
  const numbersOf = members.map(({ name, model }) => {
    const own =
      model.columns.trajectory === undefined ? new Float64Array(rowCount(model)) : numbers(model, "trajectory");
    const distinct = [...new Set(own)];
    const first = names.length;
    names.push(...distinct.map((k) => (distinct.length === 1 ? name : `${name} ${k}`)));
    return Int32Array.from(own, (k) => first + distinct.indexOf(k));
  });
  return { trajectory: Int32Array.from(numbersOf.flatMap((own) => [...own])), names };
}

const isDouble = ({ model }: Member) => model.metadata.dtype === "f64";

/** Vectors of f64 in all models where they are in one. */
function inOneType(members: Member[]): Artifact[] {
  const models = members.map(({ model }) => model);
  if (members.every(isDouble) || !members.some(isDouble)) return models;
  const wide = (column: Column): Column =>
    "width" in column && column.values instanceof Float32Array
      ? { width: column.width, values: Float64Array.from(column.values) }
      : column;
  return models.map((model) => ({
    ...model,
    columns: Object.fromEntries(Object.entries(model.columns).map(([name, column]) => [name, wide(column)])),
  }));
}

/** What tells the models apart, for each row: the stage, where there are several, and a column for each matrix axis. */
function labels(members: Member[], taken: string[]): Record<string, Column> {
  const axes = [...new Set(members.flatMap(({ point }) => Object.keys(point)))];
  const rows = members.flatMap((member) => Array<Member>(rowCount(member.model)).fill(member));
  const columns = axes.map((axis): [string, Column] => {
    const isNumber = members.every(({ point }) => point[axis] === undefined || typeof point[axis] === "number");
    return [
      [...taken, "trajectory", "stage"].includes(axis) ? `matrix.${axis}` : axis,
      isNumber
        ? Float64Array.from(rows, ({ point }) => (point[axis] as number | undefined) ?? Number.NaN)
        : rows.map(({ point }) => String(point[axis] ?? "")),
    ];
  });
  const stages = new Set(members.map(({ stage }) => stage));
  return { ...(stages.size > 1 && { stage: rows.map(({ stage }) => stage) }), ...Object.fromEntries(columns) };
}
