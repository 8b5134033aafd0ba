import { dot, maxAbs, sumAbs } from "../linalg/vectors.js";
import { inverseHessian, LEAST_CURVATURE } from "./inverseHessian.js";
import {
  type Evaluate,
  type Evaluated,
  evaluateAt,
  type OnIteration,
  type OptimizationResult,
  type OptimizerState,
  type StopReason,
} from "./optimization.js";
import { type LinePoint, strongWolfe } from "./strongWolfe.js";

export interface LbfgsOptions {
  maxIterations: number;
  /** The run ends after the iteration that reaches this number. Default: ⌊1.25 · maxIterations⌋, as in PyTorch. */
  maxEvaluations?: number;
  /** The first trial step of each line search. Default: 1. The very first is lr · min(1, 1/‖g‖₁). */
  lr?: number;
  /** The number of pairs to keep. Default: 50. */
  historySize?: number;
  /** On max |gᵢ|. Default: 1e-7. */
  toleranceGradient?: number;
  /**
   * On the change of the loss, on max |Δθᵢ| and on the slope along the direction. Default: 1e-9. Below 1e-10, PyTorch's
   * bound on the curvature s·y of a pair, it takes the place of that bound.
   */
  toleranceChange?: number;
  /** The state that an earlier run left. */
  resume?: OptimizerState;
}

/**
 * Full-batch L-BFGS with a strong Wolfe line search. It follows one long `step` of
 * `torch.optim.LBFGS(line_search_fn="strong_wolfe")`, in f64, with the same rules for the first step, the curvature
 * test, the trials and the end of the run. In addition, it steps back from non-finite losses. When no finite descent is
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
    resume,
  }: LbfgsOptions,
  onIteration: OnIteration = () => {},
): Promise<OptimizationResult> {
  const n = start.length;
  const theta = resume ? resume.vectors[0].slice() : start.slice();
  const trialTheta = new Float64Array(n);
  const direction = new Float64Array(n);
  const step = new Float64Array(n);
  const change = new Float64Array(n);
  const hessian = inverseHessian(n, historySize, Math.min(LEAST_CURVATURE, toleranceChange));
  const pairs = resume?.vectors.slice(1) ?? [];
  for (let k = 0; k < pairs.length; k += 2) hessian.update(pairs[k], pairs[k + 1]);

  let reached = await evaluateAt(evaluate, theta);
  let evaluations = resume?.evaluations ?? 1;
  const losses = [...(resume?.losses ?? [reached.loss])];
  const result = (reason: StopReason): OptimizationResult => {
    const { loss, gradientNorm } = reached;
    const iterations = losses.length - 1;
    return { theta, loss, gradientNorm, losses: Float64Array.from(losses), iterations, evaluations, reason };
  };
  if (!reached.finite) return result("non-finite loss");
  const told = (iteration: number, isLast: boolean) => {
    const { loss, gradientNorm } = reached;
    const state = () => ({ iteration, losses, evaluations, vectors: [theta, ...hessian.pairs()] });
    return onIteration({ iteration, loss, gradientNorm, theta, ...(!isLast && { state }) });
  };
  if (!resume) {
    const isFlat = maxAbs(reached.gradient) <= toleranceGradient;
    if (await told(0, isFlat)) return result("early stop");
    if (isFlat) return result("gradient tolerance");
  }

  async function trial(t: number): Promise<LinePoint<Evaluated>> {
    for (let i = 0; i < n; i++) trialTheta[i] = theta[i] + t * direction[i];
    const payload = await evaluateAt(evaluate, trialTheta);
    const loss = payload.finite ? payload.loss : Number.NaN;
    return { t, loss, slope: dot(payload.gradient, direction), payload };
  }

  for (let iteration = losses.length; iteration <= maxIterations; iteration++) {
    const { gradient, loss } = reached;
    hessian.descend(gradient, direction);
    const slope = dot(gradient, direction);
    if (!(slope <= -toleranceChange)) return result("directional derivative");

    const firstStep = iteration === 1 ? Math.min(1, 1 / sumAbs(gradient)) * lr : lr;
    const [origin, directionSize] = [{ t: 0, loss, slope, payload: reached }, maxAbs(direction)];
    const { point, trials, blocked } = await strongWolfe(trial, origin, { firstStep, directionSize });
    evaluations += trials;
    if (point === origin) return result(blocked ? "non-finite loss" : "change tolerance");

    reached = point.payload;
    for (let i = 0; i < n; i++) {
      step[i] = point.t * direction[i];
      theta[i] += step[i];
      change[i] = reached.gradient[i] - gradient[i];
    }
    losses.push(reached.loss);
    hessian.update(step, change);
    const moved = point.t * directionSize > toleranceChange && Math.abs(reached.loss - loss) >= toleranceChange;
    const isSpent = evaluations >= maxEvaluations && iteration < maxIterations;
    const reason = reasonToStop(maxAbs(reached.gradient) <= toleranceGradient, moved, isSpent);
    if (await told(iteration, reason !== undefined)) return result("early stop");
    if (reason) return result(reason);
  }
  return result("maximum iterations");
}

function reasonToStop(isFlat: boolean, moved: boolean, isSpent: boolean): StopReason | undefined {
  if (isFlat) return "gradient tolerance";
  if (!moved) return "change tolerance";
  return isSpent ? "maximum evaluations" : undefined;
}
