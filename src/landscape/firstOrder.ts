import {
  type Evaluate,
  evaluateAt,
  type OnIteration,
  type OptimizationResult,
  type StopReason,
} from "./optimization.js";

/** Moves θ in place along one gradient; `step` counts from 1. */
type Update = (theta: Float64Array, gradient: Float64Array, step: number) => void;

/**
 * The loop of methods that take one gradient a step (Adam, SGD): `update` as often as `maxIterations` says, or until loss
 * or gradient are no longer finite.
 */
export async function iterateUpdates(
  evaluate: Evaluate,
  start: Float64Array,
  maxIterations: number,
  update: Update,
  onIteration: OnIteration = () => {},
): Promise<OptimizationResult> {
  const theta = start.slice();
  const last = start.slice();
  let reached = await evaluateAt(evaluate, theta);
  let reason: StopReason = reached.finite ? "maximum iterations" : "non-finite loss";
  const losses = [reached.loss];
  if (reached.finite)
    await onIteration({ iteration: 0, loss: reached.loss, gradientNorm: reached.gradientNorm, theta });

  let evaluations = 1;
  for (let iteration = 1; iteration <= maxIterations && reason !== "non-finite loss"; iteration++) {
    last.set(theta);
    update(theta, reached.gradient, iteration);
    const next = await evaluateAt(evaluate, theta);
    evaluations++;
    if (!next.finite) {
      theta.set(last);
      reason = "non-finite loss";
      break;
    }
    reached = next;
    losses.push(next.loss);
    await onIteration({ iteration, loss: next.loss, gradientNorm: next.gradientNorm, theta });
  }
  return {
    theta,
    loss: reached.loss,
    gradientNorm: reached.gradientNorm,
    losses: Float64Array.from(losses),
    iterations: losses.length - 1,
    evaluations,
    reason,
  };
}
