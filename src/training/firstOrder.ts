import {
  type Evaluate,
  evaluateAt,
  type OnIteration,
  type OptimizationResult,
  type OptimizerState,
  type StopReason,
} from "./optimization.js";
import type { Update } from "./update.js";

export interface FirstOrderOptions {
  maxIterations: number;
  /** The step size of an iteration. Iterations are counted from 1, with those of the past. */
  lr: (iteration: number) => number;
  /** Changes each gradient in place before it is used. */
  prepare?: (gradient: Float64Array) => void;
  /** The state that an earlier run left. */
  resume?: OptimizerState;
  /** The number of iterations that the update has taken before. It keeps its memory of them. Default: 0. */
  past?: number;
}

/**
 * Takes one step per gradient (Adam, gradient descent), `maxIterations` times or until the loss or gradient becomes
 * non-finite.
 */
export async function iterateUpdates(
  evaluate: Evaluate,
  start: Float64Array,
  update: Update,
  { maxIterations, lr, prepare = () => {}, resume, past = 0 }: FirstOrderOptions,
  onIteration: OnIteration = () => {},
): Promise<OptimizationResult> {
  const { theta } = update;
  update.goTo(resume ? resume.vectors[0] : start);
  const last = theta.slice();
  for (const [k, memory] of update.memory.entries()) if (resume) memory.set(resume.vectors[1 + k]);
  const losses = [...(resume?.losses ?? [])];
  let reached = await evaluateAt(evaluate, theta);
  let reason: StopReason = reached.finite ? "maximum iterations" : "non-finite loss";
  const first = resume?.iteration ?? 0;

  let evaluations = first + 1;
  const told = (iteration: number) => {
    const state = () => ({ iteration, losses, evaluations, vectors: [theta, ...update.memory] });
    const { loss, gradientNorm } = reached;
    return onIteration({ iteration, loss, gradientNorm, theta, state });
  };
  if (!resume) losses.push(reached.loss);
  if (!resume && reached.finite && (await told(0))) reason = "early stop";
  for (let iteration = first + 1; iteration <= maxIterations && reason === "maximum iterations"; iteration++) {
    last.set(theta);
    prepare(reached.gradient);
    update.gradient.set(reached.gradient);
    update.apply(past + iteration, lr(past + iteration));
    const next = await evaluateAt(evaluate, theta);
    evaluations++;
    if (!next.finite) {
      update.goTo(last);
      reason = "non-finite loss";
      break;
    }
    reached = next;
    losses.push(next.loss);
    if (await told(iteration)) reason = "early stop";
  }
  return {
    theta: theta.slice(),
    loss: reached.loss,
    gradientNorm: reached.gradientNorm,
    losses: Float64Array.from(losses),
    iterations: losses.length - 1,
    evaluations,
    reason,
  };
}
