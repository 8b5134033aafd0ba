import { sampleEvaluator } from "../src/models/evaluation/sampleEvaluator.js";
import { type Architecture, createModel } from "../src/models/networks/architecture.js";
import { type Layout, layoutOf, layoutSize } from "../src/models/networks/layout.js";
import { inOneVector } from "../src/models/networks/networkState.js";
import { commandOfProblem } from "../src/models/problems/externalProblem.js";
import { lossFunction, type Problem, type ProblemWithoutData } from "../src/models/problems/lossFunction.js";
import { type Evaluation, miniBatch } from "../src/models/problems/miniBatch.js";
import { createObjective } from "../src/models/problems/objective.js";
import { requireFit, type SupervisedProblem } from "../src/models/problems/supervisedProblem.js";
import { trainedLayout } from "../src/models/problems/trainedLayout.js";
import { validateModel } from "../src/models/problems/validateModel.js";
import {
  readWeights,
  type WeightFormat,
  type WeightNames,
  weightEndings,
  weightFormatOf,
} from "../src/models/weights/readWeights.js";
import type { Stage, StageContext } from "../src/stage.js";
import type { Fault } from "../src/text/fault.js";
import { nearestName } from "../src/text/nearestName.js";
import { datasetOf, isOwnStandardized } from "./artifacts/dataset.js";
import { modelArtifact, type Setting } from "./artifacts/model.js";
import { externalModel } from "./inputs/externalModel.js";
import { modelAhead } from "./inputs/modelAhead.js";
import { checkedNetwork, companionFiles, readNetwork } from "./inputs/readNetwork.js";
import { readProblem } from "./inputs/readProblem.js";
import { solutionFacts } from "./inputs/solutionFacts.js";
import { checkSamples, missingSamples, modelSize } from "./outlooks/network.js";

interface Params extends WeightNames {
  /** An ONNX file has its own weights. */
  path?: string;
  format?: WeightFormat;
  architecture: Architecture;
  problem: Problem;
  dtype: "f32" | "f64";
  batchSize: number;
}

export const loadModelStage: Stage<Params> = {
  name: "load-model",
  version: 3,
  inputs: { data: { kinds: ["dataset"], optional: true } },
  output: "model",
  outlook: (params) => ({
    ...modelAhead(params, ["nonFiniteWeights"]),
    ...modelSize(params),
    optimizer: "none",
  }),
  companions: companionFiles,
  commandOf: ({ problem }) => commandOfProblem(problem),
  checkInputs: (params, inputs) => [...missingSamples(params, inputs), ...checkSamples(params, inputs)],
  check(params, file) {
    const { architecture, faults: unread } = checkedNetwork(params.architecture, file);
    if (unread.length > 0) return [...faultsOfFile(params), ...unread];
    const faults = [...validateModel(architecture, params.problem), ...faultsOfBatches(params)];
    const isMade = !faults.some(({ path }) => path[0] === "architecture");
    return [...faultsOfFile(params), ...faults, ...(isMade ? faultsOfNames({ ...params, architecture }) : [])];
  },
  async run(context) {
    const { params, file, log } = context;
    const { path, dtype } = params;
    const problem = readProblem(params.problem, file);
    if (problem.kind === "external")
      return externalModel({ architecture: params.architecture, problem, dtype }, context);
    const { architecture, state, notes } = await readNetwork(params.architecture, file);
    for (const note of notes) log(`${note}\n`);
    const read =
      path === undefined
        ? inOneVector(state!.weights, state!.statistics)
        : await valuesAt(path, architecture, problem, context);
    const weights = dtype === "f32" ? Float64Array.from(Float32Array.from(read)) : read;
    const nonFinite = weights.reduce((count, weight) => (Number.isFinite(weight) ? count : count + 1), 0);
    const setting = { architecture, problem, dtype };
    const { checkpoints, facts, summary } =
      problem.kind === "supervised"
        ? await learnt({ ...setting, problem }, weights, context)
        : await solved({ ...setting, problem }, weights, context);
    return modelArtifact(
      setting,
      checkpoints,
      { ...facts, nonFiniteWeights: nonFinite, ...(notes.length > 0 && { notes }) },
      // So the summary can explain a loss that is not finite.
      { ...summary, ...(nonFinite > 0 && { nonFiniteWeights: nonFinite }) },
    );
  },
};

/** The weights in a file. The log says how they were found there. */
async function valuesAt(path: string, architecture: Architecture, problem: Problem, { params, file, log }: Context) {
  const format = params.format ?? weightFormatOf(path)!;
  const { values, notes } = await readWeights(file(path), format, storedLayout(architecture, problem), params, path);
  for (const note of notes) log(`${note}\n`);
  return values;
}

/** The tensors of a network in file order: the parameters, then the statistics of batch norms. */
function storedLayout(architecture: Architecture, problem: Problem): Layout {
  const { statistics } = createModel(architecture);
  return layoutOf([...trainedLayout(architecture, problem), ...(statistics?.layout ?? [])]);
}

type Context = StageContext<Params>;

async function solved(setting: Setting<ProblemWithoutData>, weights: Float64Array, { ports, progress }: Context) {
  if (ports.includes("data"))
    throw new Error(`a ${setting.problem.kind} problem needs no samples; leave out the port "data"`);
  const { architecture, problem, dtype } = setting;
  const size = layoutSize(trainedLayout(architecture, problem));
  const objective = await createObjective(lossFunction(architecture, problem), { dtype });
  try {
    const loss = new Float64Array(weights.length / size);
    for (let row = 0; row < loss.length; row++) {
      loss.set(await objective.loss(weights.subarray(row * size, (row + 1) * size)), row);
      progress((row + 1) / loss.length);
    }
    const found = await solutionFacts(setting, weights.subarray(weights.length - size), objective);
    return { checkpoints: { step: Int32Array.from(loss.keys()), loss, weights }, facts: found, summary: found.errors };
  } finally {
    await objective.release();
  }
}

/** Losses on the samples at port `data`. Each row that was read has the parameters, then the statistics. */
async function learnt(
  setting: Setting<SupervisedProblem>,
  read: Float64Array,
  { ports, input, params, progress, warn }: Context,
) {
  if (!ports.includes("data"))
    throw new Error('a supervised problem needs samples for its loss; connect them to the port "data"');
  const { architecture, problem, dtype } = setting;
  const { size, statistics: state } = createModel(architecture);
  const width = size + (state?.size ?? 0);
  const samples = input("data");
  const data = datasetOf(samples);
  requireFit(architecture, problem, data);
  if (isOwnStandardized(samples.metadata.name, samples.metadata.parameters))
    warn(
      "the samples are standardised: (x − mean) / deviation. A network that was trained on the values of the file needs standardize: false where they are loaded",
    );
  const rows = Array.from({ length: read.length / width }, (_, row) => read.subarray(row * width, (row + 1) * width));
  const programs = await miniBatch(architecture, problem, { dtype });
  try {
    const evaluate = sampleEvaluator(programs, params.batchSize);
    const found: Evaluation[] = [];
    for (const row of rows) {
      found.push(await evaluate(data, row.slice(0, size), row.slice(size)));
      progress(found.length / rows.length);
    }
    const loss = Float64Array.from(found, (row) => row.loss);
    const part = (start: number, end: number) => concatenated(rows.map((row) => row.subarray(start, end)));
    const checkpoints = {
      step: Int32Array.from(loss.keys()),
      loss,
      weights: part(0, size),
      statistics: part(size, width),
    };
    const last = found[found.length - 1];
    return { checkpoints, facts: {}, summary: { ...last } };
  } finally {
    await programs.release();
  }
}

function concatenated(rows: Float64Array[]): Float64Array {
  const [{ length }] = rows;
  const all = new Float64Array(rows.length * length);
  for (const [k, row] of rows.entries()) all.set(row, k * length);
  return all;
}

/** Only samples come in batches. */
function faultsOfBatches({ problem, batchSize }: Params): Fault[] {
  if (problem.kind === "supervised" || batchSize === 128) return [];
  return [
    { path: ["batchSize"], message: `is ${batchSize}, but a ${problem.kind} problem has no samples; leave it out` },
  ];
}

function faultsOfFile({ path, format, key, prefix, names, ignore, architecture, problem }: Params): Fault[] {
  const given = Object.entries({ format, key, prefix, names, ignore }).filter(([, value]) => value !== undefined);
  if (path === undefined) {
    const lacks = { path: [], message: "lacks path: the file of the weights" };
    const unused = ([name]: [string, unknown]) => ({ path: [name], message: "needs path; leave it out" });
    return architecture.kind === "onnx" || problem.kind === "external" ? given.map(unused) : [lacks];
  }
  if (problem.kind === "external") {
    return [
      {
        path: ["path"],
        part: "key",
        message: "has no effect, because architecture.start or the command gives the weights; leave it out",
      },
    ];
  }
  const known = format ?? weightFormatOf(path);
  if (known === undefined) {
    const endings = weightEndings.map((ending) => `.${ending}`).join(", ");
    return [{ path: ["path"], message: `is "${path}"; expected a name that ends in ${endings}, or a format` }];
  }
  const unused = given.filter(([name]) => name !== "format");
  if (known === "npy") {
    return unused.map(([name]) => ({
      path: [name],
      message: "has no effect, because a .npy file holds one array; leave it out",
    }));
  }
  // In a PyTorch checkpoint key selects a part, whose tensors have names.
  return key === undefined || known === "torch"
    ? []
    : unused
        .filter(([name]) => name !== "key")
        .map(([name]) => ({ path: [name], message: `has no effect together with key; leave one of them out` }));
}

function faultsOfNames({ architecture, problem, names = {} }: Params): Fault[] {
  if (architecture.kind === "onnx" && architecture.network === undefined) return [];
  const known = storedLayout(architecture, problem).map(({ name }) => name);
  return Object.keys(names)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ["names", name],
      message: `the network has no tensor "${name}"; ${expected(name, known)}`,
    }));
}

function expected(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? `expected ${known.join(", ")}` : `did you mean "${nearest}"?`;
}
