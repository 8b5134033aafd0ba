import { gramSchmidt } from "../linalg/gramSchmidt.js";
import { randomStream } from "../linalg/random.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { vectorArena } from "../linalg/vectorArena.js";
import { axpy, dot, norm, scale } from "../linalg/vectors.js";
import { heads, type IterationHooks, type IterationState } from "./iterationState.js";
import { checkedProducts, type Multiply } from "./symmetricOperator.js";

export interface LanczosOptions {
  /** The number of eigenpairs to find. At most `size` are returned. */
  count: number;
  /** The order of preference: largest |λ|, largest λ or smallest λ. Default: magnitude. */
  which?: "magnitude" | "largest" | "smallest";
  seed: number;
  /** Bound on ‖Hv − λv‖ in units of the largest |λ| found. Default: 1e-8. */
  tolerance?: number;
  /** Maximum number of products before the final residuals, at least `count`. Default: 1000. */
  maxIterations?: number;
  /**
   * The number of vectors in memory (8 · size · basisSize bytes), at least count + 2. Default: as many as fit 512 MB,
   * between count + 4 and 100.
   */
  basisSize?: number;
  hooks?: IterationHooks;
}

export interface LanczosResult {
  /** In order of preference. The Rayleigh quotients of `vectors`. */
  values: Float64Array;
  /** Unit eigenvectors. The entry of largest magnitude is positive. */
  vectors: Float64Array[];
  /** ‖Hv − λv‖ of each pair, from a separate product. */
  residuals: Float64Array;
  /** tolerance · max |λ|. A pair counts as converged when its residual is at most this. */
  bound: number;
  /** True when all residuals are within the bound, and the search for missed copies has finished. */
  converged: boolean;
  /** The number of products with H, without the `values.length` products for the residuals. */
  iterations: number;
}

/**
 * Extreme eigenpairs of a symmetric operator: Lanczos with full reorthogonalization (Gram–Schmidt twice) and thick
 * restarts (Wu & Simon 2000), which bound the memory.
 *
 * A Krylov space holds one vector of each eigenspace, so convergence alone would miss further copies of a multiple
 * eigenvalue. Two rules prevent this. When the space is exhausted (β = 0 up to rounding), the iteration continues with
 * a random vector orthogonal to it. When the residual estimates β|sᵢ| of all requested pairs are below half the
 * tolerance, these pairs are locked and the search restarts from a random vector orthogonal to them. It ends when a
 * restart finds nothing better, and the best remaining pair has an estimate below the tolerance or below
 * gap/(100√size). A random start overlaps less than 1/(100√size) with a missed eigenvector with a probability of 0.8 %,
 * and a larger overlap would show in the estimate.
 *
 * @throws RangeError for invalid sizes and counts; Error when a product is not finite or has another length.
 */
export async function lanczos(multiply: Multiply, size: number, options: LanczosOptions): Promise<LanczosResult> {
  const { which = "magnitude", seed, tolerance = 1e-8, maxIterations = 1000, hooks } = options;
  const count = Math.min(options.count, size);
  const capacity = Math.min(size, options.basisSize ?? defaultBasisSize(size, count));
  if (!(size >= 1)) throw new RangeError(`the operator has size ${size}; expected at least 1`);
  if (!(count >= 1)) throw new RangeError(`count is ${options.count}; expected at least 1`);
  if (maxIterations < count)
    throw new RangeError(`maxIterations is ${maxIterations}; ${count} eigenpairs need ${count}`);
  if (capacity < Math.min(size, count + 2)) {
    throw new RangeError(`basisSize is ${options.basisSize}; ${count} eigenpairs need at least ${count + 2}`);
  }

  const arena = vectorArena(capacity + 1, size);
  const basis = arena.vectors;
  const product = checkedProducts(multiply, size);
  /** VᵀHV: tridiagonal; after a restart it starts with an arrowhead. */
  const projected = new Float64Array(capacity * capacity);
  let filled = 0;
  let iterations = 0;
  let freshVectors = 0;
  let operatorScale = 0;

  function freshVector(k: number): void {
    const random = randomStream(seed, "lanczos", freshVectors++);
    for (let i = 0; i < size; i++) basis[k][i] = random.normal();
    scale(1 / gramSchmidt(arena, k), basis[k]);
  }

  /** Takes one product: H·V = V·T + β·basis[filled]·eᵀ afterwards. Returns β. */
  async function expand(): Promise<number> {
    const w = basis[filled + 1];
    w.set(await product(basis[filled]));
    iterations++;
    operatorScale = Math.max(operatorScale, norm(w));
    projected[filled * capacity + filled] = dot(basis[filled], w);
    filled++;
    const beta = gramSchmidt(arena, filled);
    if (filled === size) return 0;
    if (beta <= 50 * Number.EPSILON * operatorScale) {
      freshVector(filled);
      return 0;
    }
    scale(1 / beta, w);
    return beta;
  }

  function couple(i: number, j: number, value: number): void {
    projected[i * capacity + j] = value;
    projected[j * capacity + i] = value;
  }

  function ritzPairs(beta: number): RitzPair[] {
    const compact = new Float64Array(filled * filled);
    for (let i = 0; i < filled; i++) {
      compact.set(projected.subarray(i * capacity, i * capacity + filled), i * filled);
    }
    const { values, vectors } = symmetricEigen(compact, filled);
    const pairs = Array.from(values, (value, k) => {
      const weights = vectors.subarray(k * filled, (k + 1) * filled);
      return { value, weights, coupling: beta * weights[filled - 1] };
    });
    return pairs.sort((a, b) => rank(b.value, which) - rank(a.value, which) || b.value - a.value);
  }

  /** Replaces the basis by Ritz vectors. The next vector is not yet in place. */
  function restart(pairs: RitzPair[]): void {
    combine(basis, filled, pairs);
    projected.fill(0);
    filled = pairs.length;
    for (const [i, pair] of pairs.entries()) couple(i, i, pair.value);
  }

  /** The values of the locked pairs. */
  let locked: number[] | undefined;
  let nextCheck = count;
  if (hooks?.resume) restore(hooks.resume);
  else freshVector(0);
  for (;;) {
    hooks?.save(state);
    const beta = await expand();
    const full = filled === capacity;
    if (!full) couple(filled - 1, filled, beta);
    if (filled < nextCheck && !full && iterations < maxIterations) continue;
    nextCheck = filled + Math.max(1, filled >> 3);

    const pairs = ritzPairs(beta);
    const wanted = pairs.slice(0, count);
    const largest = pairs.reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
    const small = 0.5 * tolerance * largest;
    const settled = filled >= count && wanted.every(({ coupling }) => Math.abs(coupling) <= small);
    const newcomer = !locked?.every((value, i) => Math.abs(value - wanted[i].value) <= tolerance * largest);

    const complete = filled === size;
    const confirmed = complete || (settled && !newcomer && nothingMissed(pairs, small));
    if (confirmed || iterations >= maxIterations) {
      restart(wanted);
      return finish(confirmed, tolerance * largest);
    }
    if (settled && newcomer) {
      restart(wanted);
      freshVector(filled);
      locked = wanted.map(({ value }) => value);
      nextCheck = filled + 1;
    } else if (full) {
      const kept = pairs.slice(0, (count + capacity) >> 1);
      const next = basis[filled].slice();
      restart(kept);
      basis[filled].set(next);
      for (const [i, { coupling }] of kept.entries()) couple(i, filled, coupling);
      nextCheck = filled + 1;
    }
  }

  function state(): IterationState {
    return {
      counts: { filled, iterations, freshVectors, nextCheck, locked: locked?.length ?? -1 },
      numbers: [operatorScale, ...(locked ?? []), ...projected],
      vectors: heads(basis.slice(0, filled + 1), size),
    };
  }

  function restore({ counts, numbers: [scale, ...numbers], vectors }: IterationState): void {
    ({ filled, iterations, freshVectors, nextCheck } = counts);
    operatorScale = scale;
    locked = counts.locked < 0 ? undefined : numbers.slice(0, counts.locked);
    projected.set(numbers.slice(Math.max(0, counts.locked)));
    for (const [k, vector] of vectors.entries()) basis[k].set(vector);
  }

  function nothingMissed(pairs: RitzPair[], small: number): boolean {
    const gap = rank(pairs[count - 1].value, which) - rank(pairs[count].value, which);
    return Math.abs(pairs[count].coupling) <= Math.max(small, gap / (100 * Math.sqrt(size)));
  }

  async function finish(confirmed: boolean, bound: number): Promise<LanczosResult> {
    const pairs: { value: number; vector: Float64Array; residual: number }[] = [];
    for (let k = 0; k < count; k++) {
      const vector = basis[k].slice(0, size);
      scale(signOfLargest(vector) / norm(vector), vector);
      const rest = (await product(vector)).slice();
      const value = dot(vector, rest);
      axpy(-value, vector, rest);
      pairs.push({ value, vector, residual: norm(rest) });
    }
    pairs.sort((a, b) => rank(b.value, which) - rank(a.value, which) || b.value - a.value);
    return {
      values: Float64Array.from(pairs, ({ value }) => value),
      vectors: pairs.map(({ vector }) => vector),
      residuals: Float64Array.from(pairs, ({ residual }) => residual),
      bound,
      converged: confirmed && pairs.every(({ residual }) => residual <= bound),
      iterations,
    };
  }
}

/** An approximate eigenpair: the value, its coordinates in the basis, and its coupling by H to the next vector. */
interface RitzPair {
  value: number;
  weights: Float64Array;
  coupling: number;
}

function rank(value: number, which: "magnitude" | "largest" | "smallest"): number {
  switch (which) {
    case "magnitude":
      return Math.abs(value);
    case "largest":
      return value;
    case "smallest":
      return -value;
    default:
      return which satisfies never;
  }
}

export function defaultBasisSize(size: number, count: number): number {
  return Math.max(count + 4, Math.min(100, Math.floor(2 ** 26 / size)));
}

/** The first `pairs.length` vectors become Σ weightsᵢ·basisᵢ, in place, one block of entries at a time. */
function combine(basis: Float64Array[], filled: number, pairs: { weights: Float64Array }[]): void {
  const block = 512;
  const mixed = pairs.map(() => new Float64Array(block));
  for (let start = 0; start < basis[0].length; start += block) {
    const width = Math.min(block, basis[0].length - start);
    for (const [k, { weights }] of pairs.entries()) {
      const out = mixed[k].fill(0);
      for (let i = 0; i < filled; i++)
        axpy(weights[i], basis[i].subarray(start, start + width), out.subarray(0, width));
    }
    for (const [k, out] of mixed.entries()) basis[k].set(out.subarray(0, width), start);
  }
}

function signOfLargest(vector: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) if (Math.abs(vector[i]) > Math.abs(largest)) largest = vector[i];
  return largest < 0 ? -1 : 1;
}
