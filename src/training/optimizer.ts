import { adam } from "./adam.js";
import type { LbfgsOptions } from "./lbfgs.js";
import { sgd } from "./sgd.js";
import type { UpdateRule } from "./update.js";

/** A training method, as in a config. */
export type Optimizer = LbfgsOptimizer | FirstOrderOptimizer;

export interface LbfgsOptimizer {
  kind: "lbfgs";
  learningRate: number;
  history: number;
  maxIterations: number;
  /** Default: as in `lbfgs`. */
  maxEvaluations?: number;
  gradientTolerance: number;
  changeTolerance: number;
}

export type FirstOrderOptimizer = { learningRate: number; weightDecay: number; iterations?: number } & (
  | { kind: "adam" | "adamw"; betas: [number, number]; epsilon: number }
  | { kind: "sgd"; momentum: number; nesterov: boolean }
);

/** The options of `lbfgs` by their names there. */
export function lbfgsOptions(optimizer: LbfgsOptimizer): LbfgsOptions {
  return {
    lr: optimizer.learningRate,
    historySize: optimizer.history,
    maxIterations: optimizer.maxIterations,
    maxEvaluations: optimizer.maxEvaluations,
    toleranceGradient: optimizer.gradientTolerance,
    toleranceChange: optimizer.changeTolerance,
  };
}

/** The rule of an optimizer that takes one gradient per step. */
export function ruleOf(optimizer: FirstOrderOptimizer): UpdateRule {
  switch (optimizer.kind) {
    case "sgd":
      return sgd(optimizer);
    case "adam":
      return adam(optimizer);
    case "adamw":
      return adam({ ...optimizer, decoupled: true });
    default:
      return optimizer satisfies never;
  }
}

/** The most iterations of an optimizer on a problem without samples. */
export const iterationsAtMost = (optimizer: Optimizer): number =>
  optimizer.kind === "lbfgs" ? optimizer.maxIterations : (optimizer.iterations ?? 10000);
