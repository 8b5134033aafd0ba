/** The training of a differential equation whose weights follow the gradients of the terms, or their kernels. */
import type { Artifact } from "../../src/artifact/artifact.js";
import { kernelTraces } from "../../src/models/problems/kernelTraces.js";
import { equationLoss } from "../../src/models/problems/lossFunction.js";
import type { Objective } from "../../src/models/problems/objective.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { termNames } from "../../src/models/problems/pinnConditions.js";
import { weightName, weightOf } from "../../src/models/problems/pinnLoss.js";
import { type GradientBalance, gradientBalance } from "../../src/training/gradientBalance.js";
import { type KernelBalance, kernelBalance } from "../../src/training/kernelBalance.js";
import type { Balanced, Begun, WeightedLoss } from "../../src/training/movingWeights.js";
import type { FirstOrderOptimizer, Optimizer } from "../../src/training/optimizer.js";
import type { TrainingHooks } from "../../src/training/trainingRecord.js";
import type { Setting } from "../artifacts/model.js";
import { withObjective } from "../inputs/withObjective.js";

/** How the weights of whole terms move. */
export type TermBalance = GradientBalance | KernelBalance;

interface Surroundings {
  readonly optimizers: readonly Optimizer[];
  readonly resume: TrainingHooks["resume"];
  /** Residual points that change. */
  readonly moving?: Float64Array | Float32Array;
}

/** Trains by `solve` with weights that move, and gives the setting with those at the end. */
export async function balancedTraining(
  setting: Setting<PinnProblem>,
  balance: TermBalance,
  { optimizers, resume, moving }: Surroundings,
  solve: (objective: Objective, balanced: Balanced, ended: () => Setting<PinnProblem>) => Promise<Artifact>,
): Promise<Artifact> {
  const { architecture, problem, dtype } = setting;
  const terms = termNames(problem);
  const weights = new (dtype === "f32" ? Float32Array : Float64Array)(terms.length);
  const loss = equationLoss(architecture, problem, { live: weights, moving });
  return withObjective(loss, dtype, async (objective) => {
    const left = resume && stateOf(resume.facts, terms);
    const until = iterationsOf(optimizers);
    const start = left?.weights ?? terms.map((term) => weightOf(problem, term));
    const weighted = { terms, weights, evaluate: objective.lossAndGradient };
    return withBalance(setting, balance, weighted, { start, until, iteration: left?.iteration }, (balanced) => {
      const ended = () => {
        const last = Object.fromEntries(terms.map((term, i) => [term, balanced.current()[i]]));
        return { ...setting, problem: { ...problem, weights: last } };
      };
      return solve(objective, balanced, ended);
    });
  });
}

/** Uses weights that move, and frees what they need. */
async function withBalance<T>(
  { architecture, problem, dtype }: Setting<PinnProblem>,
  balance: TermBalance,
  weighted: WeightedLoss,
  begun: Begun,
  use: (balanced: Balanced) => Promise<T>,
): Promise<T> {
  switch (balance.kind) {
    case "gradient-norm":
      return use(gradientBalance(weighted, balance, begun));
    case "ntk": {
      const traces = await kernelTraces(architecture, problem, { dtype });
      const chosen = async (theta: Float64Array) => (await traces.at(theta)).map((trace) => trace[balance.traces]);
      return use(kernelBalance(weighted, chosen, balance, begun)).finally(traces.release);
    }
    default:
      return balance satisfies never;
  }
}

/** The last iteration in the record of a training, and the weights there. */
function stateOf(facts: Record<string, unknown>, terms: readonly string[]) {
  const { history } = facts.record as { history: Record<string, number[]> };
  const weights = terms.map((term) => history[weightName(term)].at(-1) as number);
  return { iteration: lastIteration(facts), weights };
}

/** The last iteration in the record of a training. */
export const lastIteration = (facts: Record<string, unknown>) =>
  (facts.record as { history: Record<string, number[]> }).history.epoch.at(-1) as number;

/** The iterations before the first lbfgs, whose line searches need a loss that stays. */
export function iterationsOf(optimizers: readonly Optimizer[]): number {
  const first = optimizers.findIndex(({ kind }) => kind === "lbfgs");
  const moving = optimizers.slice(0, first < 0 ? optimizers.length : first) as FirstOrderOptimizer[];
  return moving.reduce((sum, { iterations = 0 }) => sum + iterations, 0);
}
