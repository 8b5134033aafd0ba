import { gramSchmidt } from "../linalg/gramSchmidt.js";
import { type Random, randomStream } from "../linalg/random.js";
import { type VectorArena, vectorArena } from "../linalg/vectorArena.js";
import { dot, norm, scale } from "../linalg/vectors.js";
import { heads, type IterationHooks, type IterationState } from "./iterationState.js";
import { checkedProducts, type Multiply } from "./symmetricOperator.js";

export interface TraceOptions {
  method: "hutchinson" | "hutch++";
  /** The entries of the probes: ±1, which gives the smaller variance, or standard normal. Default: rademacher. */
  distribution?: "rademacher" | "gaussian";
  seed: number;
  /** The estimate is accurate enough when its standard error is at most `tolerance` · |trace| … */
  tolerance: number;
  /** … or at most this. Default: 0. */
  absoluteTolerance?: number;
  /** The number of probes before the standard error counts, at least 2. Default: 20. */
  minProbes?: number;
  /** Maximum number of products with the operator, above `minProbes`. Default: 1000. */
  maxProducts?: number;
  /** Relative rounding of the products. No standard error is below its effect on the trace. Default: that of f64. */
  rounding?: number;
  hooks?: IterationHooks;
}

export interface TraceEstimate {
  trace: number;
  /**
   * The standard error of `trace`: s/√probes, where s is the standard deviation between the probes, but at least the
   * rounding of the products that make up the trace. For an exact trace, only the rounding.
   */
  standardError: number;
  /** True when the standard error is within a tolerance. */
  reached: boolean;
  /** The number of random probes in the average; 0 for an exact trace. */
  probes: number;
  /** The dimension of the subspace whose part of the trace is exact. */
  rank: number;
  /** The number of products with the operator. */
  products: number;
}

/** A remainder of a sketch vector below this share of its length is rounding: the subspace has the whole range. */
const EXHAUSTED = 1e-10;

/**
 * The trace of a symmetric operator A from products with random probes, with a standard error and a stopping rule on
 * it.
 *
 * `hutchinson` (Girard 1989, Hutchinson 1990): the mean of gᵀAg, whose variance is at most 2‖A‖_F² per probe. When few
 * eigenvalues dominate, this is as large as the squared trace.
 *
 * `hutch++` (Meyer, Musco, Musco & Woodruff 2021): an orthonormal basis Q of A times random vectors captures the
 * dominant eigenvectors; tr(QᵀAQ) is exact, and probes only estimate the trace of (I − QQᵀ)A(I − QQᵀ). Q grows by one
 * vector, for two products, as long as a vector saves more probes than it costs, as in A-Hutch++ (Persson, Cortinovis &
 * Kressner 2022). It takes at most two thirds of `maxProducts`. Q is independent of the probes, so the estimate is
 * unbiased for any Q, and its standard error is that of the probes.
 *
 * Probes are added until the standard error is within a tolerance, from `minProbes` on, or until `maxProducts`.
 * Stopping on an estimated error favours errors that happen to be small, by a few percent
 * with the default of 20 probes. An operator with at most `minProbes` rows is multiplied with the unit vectors instead,
 * and its trace is exact.
 *
 * @throws RangeError for invalid bounds; Error when a product is not finite or has another length.
 */
export async function traceEstimate(multiply: Multiply, size: number, options: TraceOptions): Promise<TraceEstimate> {
  const { method, distribution = "rademacher", seed, tolerance, absoluteTolerance = 0 } = options;
  const { minProbes = 20, maxProducts = 1000, rounding = Number.EPSILON, hooks } = options;
  if (!(size >= 1)) throw new RangeError(`the operator has size ${size}; expected at least 1`);
  if (!(minProbes >= 2)) throw new RangeError(`minProbes is ${minProbes}; a standard error needs at least 2`);
  if (!(maxProducts >= minProbes)) {
    throw new RangeError(`maxProducts is ${maxProducts}; expected at least minProbes, ${minProbes}`);
  }
  const product = checkedProducts(multiply, size);
  if (size <= minProbes) {
    const { sum, magnitude } = await diagonalSum(product, size);
    const standardError = rounding * magnitude;
    return { trace: sum, standardError, reached: true, probes: 0, rank: size, products: size };
  }
  const largestRank =
    method === "hutch++"
      ? Math.min(Math.floor((maxProducts - minProbes) / 2), Math.floor(maxProducts / 3), mostVectors(size), size)
      : 0;
  const estimation: Estimation = {
    ...{ product, size, minProbes, maxProducts, rounding, hooks },
    arena: vectorArena(largestRank + 1, size),
    bound: (trace) => Math.max(tolerance * Math.abs(trace), absoluteTolerance),
    draw(...stream) {
      const random = randomStream(seed, "trace", ...stream);
      return Float64Array.from({ length: size }, entries[distribution](random));
    },
  };
  return probed(estimation, await exactPart(estimation, largestRank));
}

/** What both parts of an estimate share. */
interface Estimation {
  product: Multiply;
  size: number;
  arena: VectorArena;
  minProbes: number;
  maxProducts: number;
  rounding: number;
  hooks?: IterationHooks;
  /** The standard error that is good enough for a trace. */
  bound(trace: number): number;
  /** A random vector of its own for each stream. */
  draw(...stream: (string | number)[]): Float64Array;
}

/** The part of the trace in the subspace Q. */
interface ExactPart {
  rank: number;
  /** tr(QᵀAQ) */
  trace: number;
  magnitude: number;
  products: number;
}

/** Grows Q in arena.vectors[0 … rank−1]. */
async function exactPart(estimation: Estimation, largestRank: number): Promise<ExactPart> {
  const { product, arena, bound, draw, hooks } = estimation;
  const left = basisLeft(estimation);
  let { rank, idle } = left?.counts ?? { rank: 0, idle: 0 };
  let [trace, magnitude] = left?.numbers ?? [0, 0];
  if (left?.counts.probes !== undefined) return { rank, trace, magnitude, products: left.counts.exact };
  while (rank < largestRank && idle < 3) {
    const [counts, numbers] = [{ rank, idle }, [trace, magnitude]];
    hooks?.save(() => ({ counts, numbers, vectors: basisOf(estimation, rank) }));
    const q = arena.vectors[rank];
    q.set(await product(draw("sketch", rank)));
    const length = norm(q);
    const rest = gramSchmidt(arena, rank);
    if (!(rest > EXHAUSTED * length)) {
      q.fill(0);
      return { rank, trace, magnitude, products: 2 * rank + 1 };
    }
    scale(1 / rest, q);
    const image = new Float64Array(q.length);
    image.set(await product(q));
    const diagonal = dot(q, image);
    trace += diagonal;
    const size = norm(image);
    magnitude += size;
    // ‖(I − QQᵀ)A(I − QQᵀ)‖_F² = ‖A‖_F² − 2‖AQ‖_F² + ‖QᵀAQ‖_F²: what the new column of Q takes from it,
    // in units of the image's norm, whose square may be 0 or infinite.
    let taken = 2 - (diagonal / size) ** 2;
    for (let j = 0; j < rank; j++) taken -= 2 * (dot(arena.vectors[j], image) / size) ** 2;
    rank++;
    // The variance of a probe falls by about 2 · taken, so the probes needed by 2 · taken / bound², for 2 products.
    idle = size * Math.sqrt(taken) > bound(trace) ? 0 : idle + 1;
  }
  return { rank, trace, magnitude, products: 2 * rank };
}

/** The vectors of Q. */
const basisOf = ({ arena, size }: Estimation, rank: number) => heads(arena.vectors.slice(0, rank), size);

/** The state that an earlier process left, with the vectors of Q in place. */
function basisLeft({ arena, hooks }: Estimation): IterationState | undefined {
  for (const [k, vector] of (hooks?.resume?.vectors ?? []).entries()) arena.vectors[k].set(vector);
  return hooks?.resume;
}

/** Adds random probes of the rest of the space until the standard error is within the bound. */
async function probed(estimation: Estimation, exact: ExactPart): Promise<TraceEstimate> {
  const { product, arena, bound, draw, minProbes, maxProducts, rounding, size, hooks } = estimation;
  const probe = arena.vectors[exact.rank];
  let { probes = 0 } = hooks?.resume?.counts ?? {};
  let [, , mean = 0, spread = 0, magnitude = 0] = hooks?.resume?.numbers ?? [];
  for (;;) {
    const counts = { rank: exact.rank, exact: exact.products, probes };
    const numbers = [exact.trace, exact.magnitude, mean, spread, magnitude];
    hooks?.save(() => ({ counts, numbers, vectors: basisOf(estimation, exact.rank) }));
    probe.set(draw(probes));
    gramSchmidt(arena, exact.rank);
    const image = await product(probe);
    const value = dot(probe.subarray(0, size), image);
    probes++;
    const change = value - mean;
    mean += change / probes;
    // Welford's update of the root of the sum of squares, since squares of 1e-200 are 0.
    spread = Math.hypot(spread, change * Math.sqrt((probes - 1) / probes));
    magnitude += (norm(probe) * norm(image) - magnitude) / probes;

    const products = exact.products + probes;
    const trace = exact.trace + mean;
    const sampled = spread / Math.sqrt((probes - 1) * probes);
    const rounded = rounding * (exact.magnitude + magnitude);
    const standardError = Math.max(sampled, rounded);
    // More probes do not reduce rounding.
    if ((probes >= minProbes && sampled <= Math.max(bound(trace), rounded)) || products >= maxProducts) {
      const reached = probes >= minProbes && standardError <= bound(trace);
      return { trace, standardError, reached, probes, rank: exact.rank, products };
    }
  }
}

const entries: Record<"rademacher" | "gaussian", (random: Random) => () => number> = {
  rademacher: (random) => () => (random.uint32() >= 2 ** 31 ? 1 : -1),
  gaussian: (random) => () => random.normal(),
};

/** The sum of the diagonal, and the sum of the lengths of the columns. */
async function diagonalSum(product: Multiply, size: number): Promise<{ sum: number; magnitude: number }> {
  let sum = 0;
  let magnitude = 0;
  for (let i = 0; i < size; i++) {
    const unit = new Float64Array(size);
    unit[i] = 1;
    const column = await product(unit);
    sum += column[i];
    magnitude += norm(column);
  }
  return { sum, magnitude };
}

/** The number of vectors in 512 MB, but at least 20. */
function mostVectors(size: number): number {
  return Math.max(20, Math.floor(2 ** 26 / size));
}
