import { type Artifact, numbers, rowCount, vectorRows } from "../../src/artifact/artifact.js";
import { inputSize, networkSamples } from "../../src/data/dataset.js";
import { datasetOf } from "../artifacts/dataset.js";
import { factsOf } from "../artifacts/factsOf.js";
import type { ModelMetadata } from "../artifacts/model.js";
import { coordinateNames } from "../artifacts/points.js";
import { checkpointRows, type Rows } from "../inputs/checkpoints.js";
import { coordinatesOf } from "../inputs/neighborGraph.js";
import { distancesPart } from "./distances.js";
import { moreColumns, onNoTrajectory, type Part, pickRows } from "./part.js";

/** The points of an artifact. `name` is the name of its step. Throws Error for rows that it does not have. */
export function partOf(of: Artifact, name: string, wanted: Rows): Part {
  switch (of.kind) {
    case "model":
      return pickRows(ofModel(of, name), checkpointRows(of, wanted));
    case "dataset":
      return pickRows(ofDataset(of), checkpointRows(of, wanted));
    case "points":
      return pickRows(ofPoints(of, name), checkpointRows(of, wanted));
    default:
      if (wanted !== "all")
        throw new Error(
          `rows is ${JSON.stringify(wanted)}; a table of distances always uses all rows, so leave it out`,
        );
      return distancesPart(of);
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

/** The trajectories that a model distinguishes. Otherwise the model is one trajectory, under its own name. */
function trajectoriesOf(of: Artifact, name: string): Pick<Part, "trajectory" | "trajectories"> {
  if (!Object.hasOwn(of.columns, "trajectory")) {
    return { trajectory: new Int32Array(rowCount(of)), trajectories: [name] };
  }
  const trajectory = Int32Array.from(numbers(of, "trajectory"));
  const count = trajectory.reduce((most, k) => Math.max(most, k + 1), 0);
  const facts = factsOf<Partial<ModelMetadata>>(of).trajectories ?? [];
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
  const isLabelled = dataset.task === "classification";
  return {
    points: Array.from({ length: n }, (_, i) => inputs.subarray(i * width, (i + 1) * width)),
    ...onNoTrajectory(n),
    ...(isLabelled && { classes: [...dataset.classes] }),
    columns: isLabelled ? { label: Int32Array.from(dataset.targets) } : {},
  };
}

/** Scattered points. Those of a projection are on the trajectories of their models. */
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
    columns: moreColumns(of, coordinateNames(of)),
  };
}
