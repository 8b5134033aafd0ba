import { type Artifact, rowCount } from "../src/artifact/artifact.js";
import { inputSize, sampleCount, takeRows, targetSize } from "../src/data/dataset.js";
import { pinnSolution } from "../src/models/evaluation/pinnSolution.js";
import { predictLabels, predictValues } from "../src/models/evaluation/predictDataset.js";
import { createPredictor, type Predictor } from "../src/models/evaluation/predictor.js";
import type { Problem } from "../src/models/problems/lossFunction.js";
import { type PinnProblem, pinnOutputs, pinnVariables } from "../src/models/problems/pinn.js";
import type { Facts, Outlook, Stage } from "../src/stage.js";
import { solutionNames, tableArtifact } from "./artifacts/table.js";
import {
  type Applied,
  type AppliedPinn,
  type AppliedToData,
  type ApplyParams,
  appliedModel,
  type Checkpoint,
  checkpoint,
  checkpointRows,
} from "./inputs/checkpoints.js";
import { checkApplied } from "./outlooks/applied.js";
import { checkRows } from "./outlooks/rows.js";

interface Params extends ApplyParams {
  row: "last" | number;
  limit: number;
}

export const predictStage: Stage<Params> = {
  name: "predict",
  version: 2,
  inputs: {
    model: { kinds: ["model"] },
    data: { kinds: ["dataset"], optional: true },
    reference: { kinds: ["table"], optional: true },
  },
  output: "table",
  drawn: true,
  checkInputs: (params, inputs) => [
    ...checkApplied(params, inputs, { statistics: "stored", batchSize: undefined, limit: 100 }),
    ...checkRows(params.row, inputs.model[0], ["with", "row"]),
  ],
  outlook: (params, inputs) => ({
    ...predictionsOutlook(params, inputs),
    ...columnsAhead(inputs),
    undrawn: undrawn(inputs.model[0], inputs.data?.[0]),
  }),
  async run(context) {
    const { params, input } = context;
    const model = input("model");
    const [row] = checkpointRows(model, params.row === "last" ? "last" : [params.row]);
    const applied = firstSamples(appliedModel(context), params.limit);
    const of = checkpoint(model, row, params);
    const told = (table: Artifact) => {
      context.progress(1, { done: rowCount(table), unit: applied.dataset ? "samples" : "points" });
      return table;
    };
    if (!applied.dataset) return told(await solutionTable(of.theta, applied));
    const predictor = await createPredictor(applied.architecture, applied);
    try {
      return told(await sampleTable(predictor, of, applied));
    } finally {
      await predictor.release();
    }
  },
};

function columnsAhead({ model: [{ problem, solution }], reference }: Inputs): Facts {
  if (["classification", "segmentation", "language", "cross-entropy"].includes(problem ?? "")) {
    return {
      columns: ["sample", "place", "input", "target", "prediction", "probability", "targetProbability"],
    };
  }
  if (problem === "binary-cross-entropy") return { columns: ["sample", "target*", "probability*"] };
  if (problem === "mean-squared-error") return { columns: ["sample", "target*", "prediction*"] };
  return { columns: solution && reference ? [...solution, "exact*", "error*"] : solution };
}

/** The pictures that only predictions of other problems have. */
function undrawn({ problem, network }: Outlook, data: Outlook | undefined): Record<string, string> {
  if (problem === undefined) return {};
  const task = data?.samples?.task ?? (problem === "cross-entropy" ? "segmentation" : problem);
  const variables = problem === "pinn" && network ? pinnVariables(network.problem as PinnProblem) : [];
  const isTooMany = variables.length > 0 && variables.length !== 2;
  return {
    ...(task !== "segmentation" && { segmentation: "has no segmented images" }),
    ...(problem !== "pinn" && { solution: "has no solution of a differential equation" }),
    ...(isTooMany && { solution: `is a function of ${variables.join(", ")}; expected two variables` }),
  };
}

/** The points of a solution, or the samples. */
function predictionsOutlook(
  { limit }: Params,
  { model: [{ network, solution = [] }], data = [], reference }: Inputs,
): Facts {
  const problem = network?.problem as Problem | undefined;
  if (problem?.kind === "pinn") {
    const ofGrid = pinnVariables(problem).reduce((product, name) => product * problem.grid[name], 1);
    const amount = reference ? reference[0].amount : ofGrid;
    if (amount === undefined) return {};
    const decidedBy = ["with"];
    return { amount, unit: "points", bytes: 8 * amount * solution.length, decidedBy };
  }
  const [{ samples, amount = limit } = {} as Outlook] = data;
  if (samples === undefined) return {};
  const count = Math.min(limit, amount);
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
  const each = size(samples.targetShape) * 3 + (samples.task === "segmentation" ? size(samples.inputShape) : 1);
  return { amount: count, unit: "samples", bytes: 8 * count * each, decidedBy: ["with", "limit"] };
}

type Inputs = Readonly<Record<string, readonly Outlook[]>>;

function firstSamples(applied: Applied, limit: number): Applied {
  if (!applied.dataset || sampleCount(applied.dataset) <= limit) return applied;
  const rows = Array.from({ length: limit }, (_, row) => row);
  return { ...applied, dataset: takeRows(applied.dataset, rows) };
}

/** Every point of the grid, first variable fastest, or of the reference. */
async function solutionTable(theta: Float64Array, applied: AppliedPinn): Promise<Artifact> {
  const { architecture, problem, reference } = applied;
  const { points, computed, exact, errors, outside } = await pinnSolution(architecture, theta, problem, applied);
  const variables = pinnVariables(problem);
  const shape = reference ? reference.shape : variables.map((name) => problem.grid[name]);
  const outputs = pinnOutputs(problem);
  const beside = Object.entries(exact).map(([output, values]) => {
    const names = solutionNames(output, outputs);
    return { [names.exact]: values, [names.error]: computed[output].map((value, i) => value - values[i]) };
  });
  const facts = shape && {
    ...{ variables, shape },
    ...(outputs.length > 1 && { outputs }),
    ...(outside > 0 && { outside }),
    ...(reference && { isReference: true }),
  };
  return tableArtifact(
    { ...points, ...computed, ...Object.assign({}, ...beside) },
    facts ? { plot: "solution", solution: facts, errors } : { errors },
    { points: points[variables[0]].length - outside, ...errors },
  );
}

function sampleTable(predictor: Predictor, of: Checkpoint, applied: AppliedToData): Promise<Artifact> {
  if (applied.problem.loss !== "cross-entropy") return valueTable(predictor, of, applied);
  return applied.dataset.task === "segmentation"
    ? segmentationTable(predictor, of, applied)
    : labelTable(predictor, of, applied);
}

/** One row per sample, for outputs per token: `place` is the position in the sample. */
async function labelTable(predictor: Predictor, { theta, options }: Checkpoint, { dataset }: AppliedToData) {
  const { classes, targets } = dataset;
  const labels = await predictLabels(predictor, theta, dataset, options);
  const places = targetSize(dataset);
  return tableArtifact(
    {
      sample: Int32Array.from(targets, (_, i) => Math.floor(i / places)),
      ...(dataset.targetShape.length > 0 && { place: Int32Array.from(targets, (_, i) => i % places) }),
      target: Array.from(targets, (label) => classes[label]),
      prediction: Array.from(labels.predicted, (label) => classes[label] ?? ""),
      probability: labels.probability,
      targetProbability: labels.labelProbability,
    },
    { classes },
    { samples: sampleCount(dataset) },
  );
}

/** One row per image, with all its pixels. */
async function segmentationTable(predictor: Predictor, { theta, options }: Checkpoint, { dataset }: AppliedToData) {
  const { inputs, targets, ...facts } = dataset;
  const { predicted } = await predictLabels(predictor, theta, dataset, options);
  const [count, width] = [sampleCount(dataset), targetSize(dataset)];
  return tableArtifact(
    {
      sample: Int32Array.from({ length: count }, (_, i) => i),
      input: { width: inputSize(dataset), values: inputs },
      target: { width, values: targets },
      prediction: { width, values: predicted },
    },
    { plot: "segmentation", segmentation: facts },
    { samples: count },
  );
}

/** One row per sample. Outputs of binary cross-entropy are converted to probabilities. */
async function valueTable(predictor: Predictor, { theta, options }: Checkpoint, { problem, dataset }: AppliedToData) {
  const outputs = await predictValues(predictor, theta, dataset, options);
  const [name, shown] =
    problem.loss === "binary-cross-entropy"
      ? ["probability", outputs.map((z) => 1 / (1 + Math.exp(-z)))]
      : ["prediction", outputs];
  const [count, width] = [sampleCount(dataset), targetSize(dataset)];
  const columns = Array.from({ length: width }, (_, k) => {
    const number = width > 1 ? k + 1 : "";
    const own = (values: ArrayLike<number>) => Float64Array.from({ length: count }, (_, i) => values[i * width + k]);
    return { [`target${number}`]: own(dataset.targets), [`${name}${number}`]: own(shown) };
  });
  const sample = Int32Array.from({ length: count }, (_, i) => i);
  return tableArtifact(Object.assign({ sample }, ...columns), {}, { samples: count });
}
