import { clipGradient } from "./clipGradient.js";
import { iterateUpdates } from "./firstOrder.js";
import { inTurn, type Method } from "./inTurn.js";
import { lbfgs } from "./lbfgs.js";
import { learningRate, type Schedule } from "./learningRate.js";
import type { Evaluate } from "./optimization.js";
import { type FirstOrderOptimizer, type LbfgsOptimizer, lbfgsOptions, type Optimizer, ruleOf } from "./optimizer.js";
import { trainFullBatch } from "./trainFullBatch.js";
import type { EarlyStop, Metrics, TrainingHooks } from "./trainingRecord.js";
import { createUpdate } from "./update.js";

type WithIterations = LbfgsOptimizer | (FirstOrderOptimizer & { iterations: number });

export interface SolutionTraining {
  optimizer: WithIterations;
  /** The optimizers that run before it, one after another. */
  earlier?: readonly Optimizer[];
  schedule: Schedule;
  /** The maximum norm of the gradient. */
  clipGradient?: number;
  isWanted(iteration: number): boolean;
  earlyStop?: EarlyStop;
  /** Further measurements after an iteration. */
  measure?(theta: Float64Array, iteration: number): Promise<Metrics>;
}

/** Trains a network on a loss whose every evaluation takes all data, such as that of a differential equation. */
export function trainSolution(
  evaluate: Evaluate,
  start: Float64Array,
  { optimizer, earlier = [], schedule, clipGradient: most, isWanted, earlyStop, measure: further }: SolutionTraining,
  hooks: TrainingHooks,
) {
  const size = start.length;
  const all = [...earlier, optimizer] as readonly WithIterations[];
  const rateOf = (of: WithIterations, iteration: number) => {
    if (of.kind === "lbfgs" || iteration === 0) return Number.NaN;
    const step = iteration - 1;
    const progress = { epoch: step, epochs: of.iterations, step, stepsPerEpoch: 1 };
    return learningRate(schedule, of.learningRate, progress);
  };
  const prepare = most === undefined ? undefined : (gradient: Float64Array) => clipGradient(gradient, most);
  /** The learning rate of the present iteration, by the method that took it. */
  let rate = Number.NaN;
  const methods = all.map(
    (of): Method =>
      (from, resume, onIteration) => {
        const told: typeof onIteration = (iterate) => {
          rate = rateOf(of, iterate.iteration);
          return onIteration(iterate);
        };
        if (of.kind === "lbfgs") return lbfgs(evaluate, from, { ...lbfgsOptions(of), resume }, told);
        const lr = (iteration: number) => rateOf(of, iteration);
        const options = { maxIterations: of.iterations, lr, prepare, resume };
        return iterateUpdates(evaluate, from, createUpdate(ruleOf(of), size), options, told);
      },
  );
  const hasRate = all.some(({ kind }) => kind !== "lbfgs");
  const measure = async (theta: Float64Array, iteration: number) => ({
    ...(hasRate && { learningRate: rate }),
    ...(further && (await further(theta, iteration))),
  });
  const counts = all.map((of) => (of.kind === "lbfgs" ? undefined : of.iterations));
  const iterations = counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
  return trainFullBatch(
    (resume, onIteration) => inTurn(methods, start, resume, onIteration),
    { size, iterations, isWanted, earlyStop, measure },
    hooks,
  );
}
