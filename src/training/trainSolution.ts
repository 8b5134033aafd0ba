import { clipGradient } from "./clipGradient.js";
import { iterateUpdates } from "./firstOrder.js";
import { inTurn, type Method } from "./inTurn.js";
import { lbfgs } from "./lbfgs.js";
import { learningRate, type Schedule } from "./learningRate.js";
import type { Evaluate } from "./optimization.js";
import { type FirstOrderOptimizer, type LbfgsOptimizer, lbfgsOptions, type Optimizer, ruleOf } from "./optimizer.js";
import { type Rounds, roundsOf } from "./rounds.js";
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
  /** Rounds of each optimizer, if the data changes in between. */
  rounds?: Rounds;
  /** Further measurements after an iteration. */
  measure?(theta: Float64Array, iteration: number): Promise<Metrics>;
}

/**
 * Trains a network on a loss whose every evaluation takes all data, such as that of a differential equation. With
 * rounds, the data changes between them: Adam keeps its moments, and L-BFGS begins again, because its line search and
 * its memory are of one loss.
 */
export function trainSolution(
  evaluate: Evaluate,
  start: Float64Array,
  { optimizer, earlier = [], schedule, clipGradient: most, rounds, measure: further, ...record }: SolutionTraining,
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
  const methods = all.flatMap((of, turn) => {
    const total = of.kind === "lbfgs" ? of.maxIterations : of.iterations;
    // The rounds of an optimizer share its moments.
    const update = of.kind === "lbfgs" ? undefined : createUpdate(ruleOf(of), size);
    return roundsOf(total, rounds?.every ?? total).map(({ start: past, length }): Method => {
      const isFirst = turn === 0 && past === 0;
      return async (from, resume, onIteration, before) => {
        if (rounds && !resume && !isFirst) await rounds.renew(from, before);
        const told: typeof onIteration = (iterate) => {
          if (!isFirst && iterate.iteration === 0) rounds?.began(iterate.loss);
          rate = rateOf(of, past + iterate.iteration);
          return onIteration(iterate);
        };
        if (of.kind === "lbfgs") return lbfgs(evaluate, from, { ...lbfgsOptions(inRound(of, length)), resume }, told);
        const lr = (iteration: number) => rateOf(of, iteration);
        const options = { maxIterations: length, lr, prepare, resume, past };
        return iterateUpdates(evaluate, from, update!, options, told);
      };
    });
  });
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
    { ...record, size, iterations, measure },
    hooks,
  );
}

/** The part of an optimizer's budget for a round of this length. */
function inRound(of: LbfgsOptimizer, length: number): LbfgsOptimizer {
  if (of.maxEvaluations === undefined) return { ...of, maxIterations: length };
  const share = Math.ceil((of.maxEvaluations * length) / of.maxIterations);
  return { ...of, maxIterations: length, maxEvaluations: share };
}
