import type { Quadrature } from "./lanczosQuadrature.js";

export interface SpectralDensityOptions {
  /**
   * - linear: every node is broadened by `width` times the range of the nodes; positions are evenly spaced.
   * - symlog: a node at x is broadened by `width` · √(x² + threshold²). The threshold is the median |x| (or the
   *   resolution, if that is larger), and positions are evenly spaced in asinh(x / threshold). Use it for spectra over
   *   many decades: peaks look equally wide on a logarithmic axis. A node is broadened by its resolution if that is
   *   larger, so that no gap appears where Lanczos has no information.
   */
  scale: "linear" | "symlog";
  width: number;
}

export interface SpectralDensity {
  /** Ascending, at least four per width, over the range that holds all mass. */
  positions: Float64Array;
  /** Per unit of λ: the mean over the probes. Its integral is 1. */
  density: Float64Array;
  /** The standard error of `density` over the probes; NaN for a single one. */
  standardError: Float64Array;
  /** The size at which the symlog scale changes from linear to logarithmic; undefined for linear. */
  threshold?: number;
  /** ∫ρ and ∫λρ by the trapezoidal rule over the positions: 1, and trace/size as estimated by the probes. */
  integral: number;
  mean: number;
}

/** The number of standard deviations beyond which a Gaussian is left out; its tails have 2e-9 of its mass. */
const REACH = 6;
/** The number of positions per standard deviation. */
const POSITIONS_PER_WIDTH = 4;
/** The threshold is at least this share of the largest |λ|. */
const LEAST_THRESHOLD = 1e-6;

/**
 * The spectral density of an operator from Lanczos quadratures (Ghorbani, Krishnan & Xiao 2019): every node becomes a
 * Gaussian with its weight. Each keeps its mass and mean, so the density integrates to 1 and its mean is that of the
 * nodes, even when widths differ.
 */
export function spectralDensity(
  quadratures: readonly Quadrature[],
  { scale, width }: SpectralDensityOptions,
): SpectralDensity {
  if (!(width > 0 && width < Infinity)) throw new RangeError(`width is ${width}; expected a number above 0`);
  const threshold = scale === "symlog" ? medianSize(quadratures) : undefined;
  const least = threshold === undefined ? width * rangeOf(quadratures) : width * threshold;
  const gaussians = quadratures.map(({ nodes, weights, resolution }) =>
    Array.from(nodes, (mean, k): Gaussian => {
      const asked = threshold === undefined ? least : width * Math.hypot(mean, threshold);
      return { mean, weight: weights[k], deviation: Math.max(asked, resolution[k]) };
    }),
  );
  let [low, high] = [Infinity, -Infinity];
  for (const { mean, deviation } of gaussians.flat()) {
    low = Math.min(low, mean - REACH * deviation);
    high = Math.max(high, mean + REACH * deviation);
  }
  const positions =
    threshold === undefined
      ? spaced(low, high, least / POSITIONS_PER_WIDTH)
      : spaced(Math.asinh(low / threshold), Math.asinh(high / threshold), width / POSITIONS_PER_WIDTH).map(
          (u) => threshold * Math.sinh(u),
        );

  const curves = gaussians.map((mixture) => densityOf(mixture, positions));
  const count = curves.length;
  const density = positions.map((_, i) => curves.reduce((sum, curve) => sum + curve[i], 0) / count);
  const standardError = positions.map((_, i) => {
    // Eigenvalues of 1e-200 have densities whose squares overflow; hypot scales them.
    const sampled = Math.hypot(...curves.map((curve) => curve[i] - density[i])) / Math.sqrt((count - 1) * count);
    return Math.max(sampled, Number.EPSILON * density[i]);
  });
  return {
    positions,
    density,
    standardError,
    ...(threshold !== undefined && { threshold }),
    integral: trapezoid(positions, density),
    mean: trapezoid(
      positions,
      density.map((d, i) => d * positions[i]),
    ),
  };
}

interface Gaussian {
  mean: number;
  weight: number;
  deviation: number;
}

function densityOf(mixture: readonly Gaussian[], positions: Float64Array): Float64Array {
  const curve = new Float64Array(positions.length);
  for (const { mean, weight, deviation } of mixture) {
    const height = weight / (deviation * Math.sqrt(2 * Math.PI));
    for (const [i, x] of positions.entries()) {
      const t = (x - mean) / deviation;
      if (Math.abs(t) < 2 * REACH) curve[i] += height * Math.exp(-0.5 * t * t);
    }
  }
  return curve;
}

/**
 * From the lowest node to the highest, including their resolution. When all are equal up to rounding, their size, or 1.
 */
function rangeOf(quadratures: readonly Quadrature[]): number {
  const ends = quadratures.flatMap(({ nodes, resolution }) => {
    const last = nodes.length - 1;
    return [nodes[0] - resolution[0], nodes[last] + resolution[last]];
  });
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const size = Math.max(Math.abs(low), Math.abs(high));
  return high - low > 1e-12 * size ? high - low : size || 1;
}

/** The weighted median of |node| or its resolution, whichever is larger. */
function medianSize(quadratures: readonly Quadrature[]): number {
  const all = quadratures
    .flatMap(({ nodes, weights, resolution }) =>
      Array.from(nodes, (x, k) => ({ size: Math.max(Math.abs(x), resolution[k]), weight: weights[k] })),
    )
    .sort((a, b) => a.size - b.size);
  const largest = all[all.length - 1].size;
  if (largest === 0) return 1;
  let mass = 0;
  const median = all.find(({ weight }) => (mass += weight) >= quadratures.length / 2) ?? all[all.length - 1];
  return Math.max(median.size, LEAST_THRESHOLD * largest);
}

/** Evenly spaced numbers from `low` to `high`, at most `step` apart. */
function spaced(low: number, high: number, step: number): Float64Array {
  const intervals = Math.ceil((high - low) / step);
  return Float64Array.from({ length: intervals + 1 }, (_, i) => low + ((high - low) * i) / intervals);
}

function trapezoid(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 1; i < x.length; i++) sum += ((x[i] - x[i - 1]) * (y[i] + y[i - 1])) / 2;
  return sum;
}
