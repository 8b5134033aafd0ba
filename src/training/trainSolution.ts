import { clipGradient } from "./clipGradient.js";
import { iterateUpdates } from "./firstOrder.js";
import { lbfgs } from "./lbfgs.js";
import { learningRate, type Schedule } from "./learningRate.js";
import type { Evaluate } from "./optimization.js";
import { type FirstOrderOptimizer, type LbfgsOptimizer, lbfgsOptions, ruleOf } from "./optimizer.js";
import { trainFullBatch } from "./trainFullBatch.js";
import type { EarlyStop, TrainingHooks } from "./trainingRecord.js";
import { createUpdate } from "./update.js";

export interface SolutionTraining {
  optimizer: LbfgsOptimizer | (FirstOrderOptimizer & { iterations: number });
  schedule: Schedule;
  /** The maximum norm of the gradient. */
  clipGradient?: number;
  isWanted(iteration: number): boolean;
  earlyStop?: EarlyStop;
}

/** Trains a network on a loss whose every evaluation takes all data, such as that of a differential equation. */
export function trainSolution(
  evaluate: Evaluate,
  start: Float64Array,
  { optimizer, schedule, clipGradient: most, isWanted, earlyStop }: SolutionTraining,
  hooks: TrainingHooks,
) {
  const size = start.length;
  if (optimizer.kind === "lbfgs") {
    return trainFullBatch(
      (resume, onIteration) => lbfgs(evaluate, start, { ...lbfgsOptions(optimizer), resume }, onIteration),
      { size, isWanted, earlyStop },
      hooks,
    );
  }
  const { iterations } = optimizer;
  const rate = (iteration: number) => {
    const step = iteration - 1;
    return learningRate(schedule, optimizer.learningRate, { epoch: step, epochs: iterations, step, stepsPerEpoch: 1 });
  };
  const prepare = most === undefined ? undefined : (gradient: Float64Array) => clipGradient(gradient, most);
  const measure = (_: Float64Array, iteration: number) => ({
    learningRate: iteration === 0 ? Number.NaN : rate(iteration),
  });
  return trainFullBatch(
    (resume, onIteration) =>
      iterateUpdates(
        evaluate,
        start,
        createUpdate(ruleOf(optimizer), size),
        { maxIterations: iterations, lr: rate, prepare, resume },
        onIteration,
      ),
    { size, iterations, isWanted, earlyStop, measure },
    hooks,
  );
}
