import { type Artifact, type Column, lazily, numbers, rowCount } from "../src/artifact/artifact.js";
import { requireSameShapes } from "../src/models/networks/layout.js";
import type { Point, Stage } from "../src/stage.js";
import { modelFacts, modelLayout } from "./artifacts/model.js";
import { axesAhead } from "./inputs/columnsAhead.js";
import { columnsTogether, withColumns } from "./inputs/joinModels.js";
import { stepName } from "./inputs/stepName.js";
import { mayHaveSameShapes, sharedNetwork } from "./outlooks/network.js";

interface Params {
  group?: string | number | boolean;
}

/** A model among several, with its name. */
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
  outlook(_, { model: models }) {
    const known = models.every(({ columns }) => columns !== undefined);
    const labels = axesAhead(models).flatMap((axis) => [axis, `matrix.${axis}`]);
    const columns = [...new Set([...models.flatMap((model) => model.columns ?? []), "trajectory", "stage", ...labels])];
    return { ...(known && { columns }), headlines: ["trajectories", "rows", "warning"], ...sharedNetwork(models) };
  },
  checkInputs(_, { model: models }) {
    const [first] = models;
    const other = models.find((model) => !mayHaveSameShapes(first, model));
    if (other === undefined) return [];
    const message =
      `${other.stage} has tensors of other shapes than ${first.stage}: weights of different networks are points of ` +
      "different spaces; use one stage per architecture";
    return [{ path: ["from", "model"], message }];
  },
  async run({ sources }) {
    const all = sources("model");
    const warnings = all.flatMap((source) =>
      source.error === undefined ? [] : [`left out ${stepName(source)}, which failed: ${source.error}`],
    );
    const members = all
      .filter(({ error }) => error === undefined)
      .map(({ stage, point, artifact }) => ({ name: stepName({ stage, point }), stage, point, model: artifact() }));
    if (members.length === 0) throw new Error(`no model to join; ${warnings.join("; ")}`);
    requireOneNetwork(members);
    const { numbers: trajectories, names } = numbered(members);
    const models = members.map(({ model }) => model);
    const together = columnsTogether(models).filter((name) => name !== "trajectory");
    const axes = axesOf(members, together);
    const isDouble = models.some((model) => modelFacts(model).dtype === "f64");
    const { architecture, problem, layout, stateLayout } = modelFacts(models[0]);
    return {
      kind: "model",
      pieces: lazily([...members.keys()], (k) => {
        const columns = withColumns(models[k], together);
        const { step, loss, weights, state, ...rest } = isDouble ? inDouble(columns) : columns;
        const labels = Object.fromEntries(axes.map(({ name, of }) => [name, of(members[k], trajectories[k].length)]));
        const leading = { step, loss, weights, ...(state && { state }) };
        return { columns: { ...leading, trajectory: trajectories[k], ...labels, ...rest } };
      }),
      metadata: {
        ...{ architecture, problem, layout, ...(stateLayout !== undefined && { stateLayout }) },
        ...{ dtype: isDouble ? "f64" : "f32", trajectories: names, warnings },
      },
      summary: {
        trajectories: names.length,
        rows: trajectories.reduce((sum, own) => sum + own.length, 0),
        ...(warnings.length > 0 && { warning: warnings.join("; ") }),
      },
    };
  },
};

function requireOneNetwork([first, ...others]: Member[]): void {
  for (const other of others) {
    try {
      requireSameShapes(modelLayout(other.model), modelLayout(first.model), other.name);
    } catch (error) {
      throw new Error(
        `${(error as Error).message} ${first.name}: weights of different networks are points of different spaces. Use one stage per architecture; group: "\${<axis>}" makes one for each value of a matrix axis`,
      );
    }
  }
}

/** The trajectory of each row, numbered through all models. A model with several trajectories keeps them separate. */
function numbered(members: Member[]): { numbers: Int32Array[]; names: string[] } {
  const names: string[] = [];
  const counted = members.map(({ name, model }) => {
    const one = new Float64Array(rowCount(model));
    const own = model.columns.trajectory === undefined ? one : numbers(model, "trajectory");
    const distinct = [...new Set(own)];
    const first = names.length;
    names.push(...distinct.map((k) => (distinct.length === 1 ? name : `${name} ${k}`)));
    return Int32Array.from(own, (k) => first + distinct.indexOf(k));
  });
  return { numbers: counted, names };
}

/** Converts vectors from f32 to f64. */
function inDouble(columns: Record<string, Column>): Record<string, Column> {
  const wide = (column: Column): Column =>
    "width" in column && column.values instanceof Float32Array
      ? { width: column.width, values: new Float64Array(column.values) }
      : column;
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, wide(column)]));
}

/** A column that distinguishes the models: constant in all rows of one. */
interface Axis {
  name: string;
  of(member: Member, rows: number): Column;
}

/** The stage, when there are several, and the matrix axes. */
function axesOf(members: Member[], taken: readonly string[]): Axis[] {
  const stages = new Set(members.map(({ stage }) => stage));
  const axes = [...new Set(members.flatMap(({ point }) => Object.keys(point)))];
  return [
    ...(stages.size > 1 ? [{ name: "stage", of: ({ stage }: Member, rows: number) => Array(rows).fill(stage) }] : []),
    ...axes.map((axis): Axis => {
      const isNumber = members.every(({ point }) => point[axis] === undefined || typeof point[axis] === "number");
      return {
        name: [...taken, "trajectory", "stage"].includes(axis) ? `matrix.${axis}` : axis,
        of: ({ point: { [axis]: value } }, rows) =>
          isNumber
            ? new Float64Array(rows).fill((value as number | undefined) ?? Number.NaN)
            : Array(rows).fill(String(value ?? "")),
      };
    }),
  ];
}
