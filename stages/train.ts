import { type Architecture, createModel } from "../src/models/networks/architecture.js";
import { commandOfProblem } from "../src/models/problems/externalProblem.js";
import { validateModel } from "../src/models/problems/validateModel.js";
import type { Stage } from "../src/stage.js";
import { iterationsAtMost, type Optimizer } from "../src/training/optimizer.js";
import { modelAhead } from "./inputs/modelAhead.js";
import { checkedNetwork, companionFiles } from "./inputs/readNetwork.js";
import { checkSamples, missingSamples, modelSize } from "./outlooks/network.js";
import { needsImages } from "./outlooks/samples.js";
import { checkEpochs, checkStart } from "./training/checkTraining.js";
import { defaultOptimizer } from "./training/defaultOptimizer.js";
import type { GivenTraining } from "./training/runTraining.js";
import { uselessParameters } from "./training/uselessParameters.js";

export const trainStage: Stage<GivenTraining> = {
  name: "train",
  version: 7,
  inputs: {
    data: { kinds: ["dataset"], optional: true },
    validation: { kinds: ["dataset"], optional: true },
    start: { kinds: ["model"], optional: true },
  },
  output: "model",
  outlook: (params) => ({
    ...modelAhead(params, [
      params.problem.kind === "supervised" ? "epochs" : "iterations",
      ...(params.resample ? ["resamplings"] : []),
      "stopped",
    ]),
    ...modelSize(params, checkpointCount(params)),
    optimizer: [params.optimizer ?? defaultOptimizer(params.problem)].flat().slice(-1)[0].kind,
  }),
  companions: companionFiles,
  commandOf: ({ problem }) => commandOfProblem(problem),
  checkInputs: (params, inputs) => [
    ...missingSamples(params, inputs),
    ...checkSamples(params, inputs),
    ...checkStart(params, inputs),
    ...(params.augment ? needsImages(inputs) : []),
    ...checkEpochs(params, inputs),
  ],
  check(given, file) {
    const { architecture, faults: unread } = checkedNetwork(given.architecture, file);
    const { problem, optimizer = defaultOptimizer(problem) } = given;
    const blocks: readonly Optimizer[] = [optimizer].flat();
    const params = { ...given, architecture, optimizer };
    if (unread.length > 0) return [...unread, ...uselessParameters(params)];
    const faults = validateModel(architecture, problem);
    const isMade = !faults.some(({ path }) => path[0] === "architecture");
    return [
      ...faults,
      ...(!Array.isArray(optimizer) &&
      optimizer.kind === "lbfgs" &&
      isMade &&
      hasNorms(architecture) &&
      params.batchSize === undefined
        ? [
            {
              path: ["optimizer", "kind"],
              message:
                "is lbfgs, which needs a batch of all samples when there are batch norms; set batchSize to their number, or batchNorm: false",
            },
          ]
        : []),
      ...blocks.flatMap((block, i) =>
        block.kind === "sgd" && block.nesterov && block.momentum === 0
          ? [
              {
                path: ["optimizer", ...(Array.isArray(optimizer) ? [i] : []), "nesterov"],
                message: "needs a momentum above 0",
              },
            ]
          : [],
      ),
      ...uselessParameters(params),
    ];
  },
  async run(context) {
    const { runTraining } = await import("./training/runTraining.js");
    return runTraining(context);
  },
};

const hasNorms = (architecture: Architecture) =>
  (architecture.kind !== "onnx" || architecture.network !== undefined) &&
  createModel(architecture).statistics !== undefined;

/** How many checkpoints there are at most: those that are asked for, and the last. */
function checkpointCount({
  problem,
  optimizer = defaultOptimizer(problem),
  epochs = 10,
  checkpoints,
}: GivenTraining): number {
  const blocks: readonly Optimizer[] = [optimizer].flat();
  const iterations = blocks.reduce((sum, block) => sum + iterationsAtMost(block), 0);
  const last = problem.kind === "supervised" && blocks[0].kind !== "lbfgs" ? epochs : iterations;
  const { every, epochs: named } = checkpoints;
  const others = named.filter((epoch) => epoch < last && (every === undefined || epoch % every !== 0));
  return new Set(others).size + (every === undefined ? 0 : Math.ceil(last / every)) + 1;
}
