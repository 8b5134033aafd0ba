import { dot, maxAbs, sumAbs } from "../linalg/vectors.js";
import { inverseHessian } from "./inverseHessian.js";
import {
  type Evaluate,
  type Evaluated,
  evaluateAt,
  type OnIteration,
  type OptimizationResult,
  type StopReason,
} from "./optimization.js";
import { type LinePoint, strongWolfe } from "./strongWolfe.js";

export interface LbfgsOptions {
  maxIterations: number;
  /** The run ends after the iteration that reaches it. Default ⌊1.25 · maxIterations⌋, as in PyTorch. */
  maxEvaluations?: number;
  /** First trial step of each line search, default 1. The very first is lr · min(1, 1/‖g‖₁). */
  lr?: number;
  /** Pairs kept, default 50. */
  historySize?: number;
  /** On max |gᵢ|, default 1e-7. */
  toleranceGradient?: number;
  /** On the change of the loss, on max |Δθᵢ| and on the slope along the direction, default 1e-9. */
  toleranceChange?: number;
}

/**
 * Full-batch L-BFGS with a strong Wolfe line search: what one long `step` of
 * `torch.optim.LBFGS(line_search_fn="strong_wolfe")` does, in f64, with the same rules for the first step, the curvature
 * test, the trials and the end of the run. Beyond it, non-finite losses are stepped back from; where no finite descent is
 * left, the run ends with "non-finite loss" at the last finite point.
 */
export async function lbfgs(
  evaluate: Evaluate,
  start: Float64Array,
  {
    maxIterations,
    maxEvaluations = Math.floor(maxIterations * 1.25),
    lr = 1,
    historySize = 50,
    toleranceGradient = 1e-7,
    toleranceChange = 1e-9,
  }: LbfgsOptions,
  onIteration: OnIteration = () => {},
): Promise<OptimizationResult> {
  const n = start.length;
  const theta = start.slice();
  const trialTheta = new Float64Array(n);
  const direction = new Float64Array(n);
  const step = new Float64Array(n);
  const change = new Float64Array(n);
  const hessian = inverseHessian(n, historySize);

  let reached = await evaluateAt(evaluate, theta);
  let evaluations = 1;
  const losses = [reached.loss];
  const result = (reason: StopReason): OptimizationResult => ({
    theta,
    loss: reached.loss,
    gradientNorm: reached.gradientNorm,
    losses: Float64Array.from(losses),
    iterations: losses.length - 1,
    evaluations,
    reason,
  });
  if (!reached.finite) return result("non-finite loss");
  await onIteration({ iteration: 0, loss: reached.loss, gradientNorm: reached.gradientNorm, theta });
  if (maxAbs(reached.gradient) <= toleranceGradient) return result("gradient tolerance");

  async function trial(t: number): Promise<LinePoint<Evaluated>> {
    for (let i = 0; i < n; i++) trialTheta[i] = theta[i] + t * direction[i];
    const payload = await evaluateAt(evaluate, trialTheta);
    const loss = payload.finite ? payload.loss : Number.NaN;
    return { t, loss, slope: dot(payload.gradient, direction), payload };
  }

  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    const { gradient, loss } = reached;
    hessian.descend(gradient, direction);
    const slope = dot(gradient, direction);
    if (!(slope <= -toleranceChange)) return result("directional derivative");

    const firstStep = iteration === 1 ? Math.min(1, 1 / sumAbs(gradient)) * lr : lr;
    const origin = { t: 0, loss, slope, payload: reached };
    const directionSize = maxAbs(direction);
    const { point, trials, blocked } = await strongWolfe(trial, origin, { firstStep, directionSize });
    evaluations += trials;
    if (point === origin) return result(blocked ? "non-finite loss" : "change tolerance");

    reached = point.payload;
    for (let i = 0; i < n; i++) {
      theta[i] += point.t * direction[i];
      step[i] = point.t * direction[i];
      change[i] = reached.gradient[i] - gradient[i];
    }
    losses.push(reached.loss);
    await onIteration({ iteration, loss: reached.loss, gradientNorm: reached.gradientNorm, theta });

    if (maxAbs(reached.gradient) <= toleranceGradient) return result("gradient tolerance");
    if (point.t * directionSize <= toleranceChange) return result("change tolerance");
    if (Math.abs(reached.loss - loss) < toleranceChange) return result("change tolerance");
    if (evaluations >= maxEvaluations && iteration < maxIterations) return result("maximum evaluations");
    hessian.update(step, change);
  }
  return result("maximum iterations");
}
