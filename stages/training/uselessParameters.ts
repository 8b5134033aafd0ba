import type { Problem } from "../../src/models/problems/lossFunction.js";
import type { Fault } from "../../src/text/fault.js";
import type { EarlyStop } from "../../src/training/trainingRecord.js";
import type { TrainingSettings } from "../artifacts/model.js";

interface Params extends TrainingSettings {
  problem: Problem;
  initialization: string;
  epochs?: number;
  earlyStop?: EarlyStop;
}

/** Parameters that this kind of training has no use for, and those without which it cannot run. */
export function uselessParameters(params: Params): Fault[] {
  const { problem, optimizer } = params;
  const hasSamples = problem.kind === "supervised";
  const isFullBatch = !hasSamples || optimizer.kind === "lbfgs";
  const given = (names: readonly (keyof Params)[], message: string): Fault[] =>
    names.filter((name) => params[name] !== undefined).map((name) => ({ path: [name], message }));
  return [
    ...(isFullBatch
      ? given(
          ["epochs", "dropLast", "augment"],
          "is of use for a supervised problem by mini-batches only; leave it out",
        )
      : []),
    ...(hasSamples ? [] : given(["batchSize"], "is of use for a supervised problem only; leave it out")),
    ...(optimizer.kind === "lbfgs" ? given(["clipGradient"], "is of no use with lbfgs; leave it out") : []),
    ...ofOptimizer(params, isFullBatch),
    ...ofProblem(params, hasSamples),
  ];
}

function ofOptimizer({ optimizer, schedule }: Params, isFullBatch: boolean): Fault[] {
  if (optimizer.kind !== "lbfgs") {
    return isFullBatch || optimizer.iterations === undefined
      ? []
      : [
          {
            path: ["optimizer", "iterations"],
            message: "is for problems without samples; a supervised one has epochs",
          },
        ];
  }
  if (schedule.kind === "constant" && schedule.warmup === 0) return [];
  return [{ path: ["schedule"], message: "is of no use with lbfgs, whose steps a line search finds; leave it out" }];
}

function ofProblem({ problem, earlyStop, initialization }: Params, hasSamples: boolean): Fault[] {
  const isUnmeasured = earlyStop && !hasSamples && earlyStop.metric !== "trainLoss";
  return [
    ...(isUnmeasured
      ? [
          {
            path: ["earlyStop", "metric"],
            message: "expected trainLoss: nothing else is measured for a problem without samples",
          },
        ]
      : []),
    ...(problem.kind === "function" && initialization !== "default"
      ? [
          {
            path: ["initialization"],
            message: "is for the kernels of a network; where parameters begin is architecture.start",
          },
        ]
      : []),
  ];
}
