/**
 * Derivatives of a loss from its values alone, or from its gradients: central differences (Nocedal & Wright 2006,
 * §8.1).
 */
import { norm } from "../../linalg/vectors.js";

/** The approximation of a derivative. */
export interface Differences {
  /** The displacement of a parameter θᵢ is step · max(1, |θᵢ|); along a vector it is step · max(1, ‖θ‖) / ‖v‖. */
  step: number;
  /**
   * The relative error, estimated at the first result: the difference to the result with twice the step, divided by
   * three. This estimates the truncation (Richardson) and includes the rounding.
   */
  error: number;
}

export type Losses = (points: Float64Array) => Promise<Float64Array>;
export type GradientAt = (theta: Float64Array) => Promise<Float64Array>;

/** The unit roundoff of the type in which a loss is computed. */
const roundoff = { f32: 2 ** -24, f64: 2 ** -53 };

/**
 * The step at which rounding and truncation of a first central difference are about equal: the cube root of the
 * roundoff.
 */
export function firstStep(dtype: "f32" | "f64"): number {
  return Math.cbrt(roundoff[dtype]);
}

/** The same for a difference of differences: the fourth root of the roundoff. */
export function secondStep(dtype: "f32" | "f64"): number {
  return roundoff[dtype] ** 0.25;
}

/**
 * The smallest ‖Hv − λv‖ relative to |λ| that iterations on such products can reach, given the rounding of differences
 * of differences.
 */
export function differenceTolerance(dtype: "f32" | "f64"): number {
  return dtype === "f64" ? 1e-4 : 1e-2;
}

/** ∂f/∂θᵢ ≈ (f(θ + hᵢeᵢ) − f(θ − hᵢeᵢ)) / 2hᵢ, from 2n losses, requested `batch` points at a time. */
export async function differenceGradient(
  losses: Losses,
  theta: Float64Array,
  step: number,
  batch: number,
): Promise<Float64Array> {
  const n = theta.length;
  const gradient = new Float64Array(n);
  const perAsk = Math.max(1, Math.floor(batch / 2));
  for (let start = 0; start < n; start += perAsk) {
    const count = Math.min(perAsk, n - start);
    const points = new Float64Array(2 * count * n);
    for (let k = 0; k < count; k++) {
      const h = step * Math.max(1, Math.abs(theta[start + k]));
      for (const [row, sign] of [[2 * k, 1] as const, [2 * k + 1, -1] as const]) {
        points.set(theta, row * n);
        points[row * n + start + k] += sign * h;
      }
    }
    const values = await losses(points);
    for (let k = 0; k < count; k++) {
      const i = start + k;
      // The actual displacement, which may differ by rounding.
      const width = points[2 * k * n + i] - points[(2 * k + 1) * n + i];
      gradient[i] = (values[2 * k] - values[2 * k + 1]) / width;
    }
  }
  return gradient;
}

/** H·v ≈ (∇f(θ + hv) − ∇f(θ − hv)) / 2h. A zero vector gives zero. */
export async function differenceProduct(
  gradientAt: GradientAt,
  theta: Float64Array,
  v: Float64Array,
  step: number,
): Promise<Float64Array> {
  const length = norm(v);
  if (length === 0) return new Float64Array(v.length);
  const h = (step * Math.max(1, norm(theta))) / length;
  const forward = await gradientAt(theta.map((value, i) => value + h * v[i]));
  const backward = await gradientAt(theta.map((value, i) => value - h * v[i]));
  return forward.map((value, i) => (value - backward[i]) / (2 * h));
}

/**
 * The relative error of a central difference, from the results with a step and with twice that step: ‖D(h) − D(2h)‖ /
 * 3‖D(h)‖.
 */
export function relativeError(single: Float64Array, double: Float64Array): number {
  const difference = norm(single.map((value, i) => value - double[i])) / 3;
  return difference === 0 ? 0 : difference / norm(single);
}
