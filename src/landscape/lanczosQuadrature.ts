import { gramSchmidt } from "../linalg/gramSchmidt.js";
import { randomStream } from "../linalg/random.js";
import { tridiagonalEigen } from "../linalg/symmetricEigen.js";
import { vectorArena } from "../linalg/vectorArena.js";
import { dot, norm, scale } from "../linalg/vectors.js";
import { heads, type IterationHooks } from "./iterationState.js";
import { lanczos } from "./lanczos.js";
import { type Node, packedState, type QuadratureState, unpackedState } from "./quadratureState.js";
import { checkedProducts, type Multiply } from "./symmetricOperator.js";

/** A discrete measure on the real line: nodes in ascending order, and weights that add up to 1. */
export interface Quadrature {
  nodes: Float64Array;
  weights: Float64Array;
  /**
   * The distance around a node within which its mass may lie: half the mean distance to its neighbours, or its residual
   * ‖Hy − θy‖ if that is smaller. 0 up to rounding for a node that has converged to an eigenvalue.
   */
  resolution: Float64Array;
}

export interface LanczosQuadratureOptions {
  /** The number of random start vectors. Each gives a quadrature. */
  probes: number;
  /** The number of Lanczos steps, and nodes, of each. At most the number of remaining dimensions. */
  steps: number;
  /**
   * The number of eigenpairs of largest |λ| to compute first and count exactly, so that only the rest is sampled.
   * Default: 0.
   */
  deflate?: number;
  /** Bound on ‖Hv − λv‖ of these pairs, in units of the largest |λ|. Pairs above it are sampled. Default: 1e-6. */
  tolerance?: number;
  seed: number;
  hooks?: IterationHooks;
}

/** Maximum number of products for the pairs to deflate. Only pairs that have converged by then are used. */
const DEFLATION_PRODUCTS = 300;

/**
 * Gauss quadratures of the spectral density of a symmetric operator (Golub & Meurant 1994; Ubaru, Chen & Saad 2017).
 *
 * A unit vector v weighs each eigenvalue by its squared overlap with the eigenvector. `steps` Lanczos steps from v,
 * with full reorthogonalization, give the Gauss rule of that measure: nodes are the eigenvalues of the tridiagonal
 * matrix, weights the squared first components of its eigenvectors; polynomials up to degree 2 · steps − 1 are
 * integrated exactly. v is uniform on the sphere, so the measure's expectation is the density: each eigenvalue weighs
 * 1/size. When the Krylov space is exhausted (β = 0 up to rounding), the rule has fewer nodes and is the measure
 * itself.
 *
 * The overlap with one eigenvector varies by √2 times its mean, which spoils the mean of a spectrum with a few dominant
 * eigenvalues. Deflated eigenvalues are nodes of weight 1/size each, and the start vectors and Krylov spaces are
 * orthogonal to their eigenvectors.
 *
 * @throws RangeError for invalid sizes and counts; Error when a product is not finite or has another length.
 */
export async function lanczosQuadrature(
  multiply: Multiply,
  size: number,
  { probes, steps, deflate = 0, tolerance = 1e-6, seed, hooks }: LanczosQuadratureOptions,
): Promise<Quadrature[]> {
  if (!(size >= 1)) throw new RangeError(`the operator has size ${size}; expected at least 1`);
  if (!(probes >= 1)) throw new RangeError(`probes is ${probes}; expected at least 1`);
  if (!(steps >= 1)) throw new RangeError(`steps is ${steps}; expected at least 1`);
  const left = hooks?.resume && unpackedState(hooks.resume);
  const found = left || deflate === 0 ? [] : await dominantPairs(multiply, size, { deflate, tolerance, seed, hooks });
  const known = left?.known ?? found.map(({ value, residual }) => ({ value, residual }));
  const most = Math.min(steps, size - known.length);
  const arena = vectorArena(known.length + most + 1, size);
  for (const [k, { vector }] of found.entries()) {
    arena.vectors[k].set(vector);
    scale(1 / gramSchmidt(arena, k), arena.vectors[k]);
  }
  const basis = arena.vectors.slice(known.length);
  const product = checkedProducts(multiply, size);
  const rules = left?.rules ?? [];
  if (left) {
    for (const [k, vector] of (hooks?.resume?.vectors ?? []).entries()) arena.vectors[k].set(vector);
    rules.push(await gaussRule(left));
  }
  while (rules.length < probes) {
    const random = randomStream(seed, "quadrature", rules.length);
    for (let i = 0; i < size; i++) basis[0][i] = random.normal();
    if (most > 0) scale(1 / gramSchmidt(arena, known.length), basis[0]);
    rules.push(most > 0 ? await gaussRule({ diagonal: [], offDiagonal: [], operatorScale: 0 }) : []);
  }
  return rules.map(withKnown);

  function withKnown(rule: Node[]): Quadrature {
    const share = (size - known.length) / size;
    const all = [
      ...rule.map((node) => ({ ...node, weight: share * node.weight })),
      ...known.map(({ value, residual }) => ({ at: value, weight: 1 / size, resolution: residual })),
    ].sort((a, b) => a.at - b.at);
    return {
      nodes: Float64Array.from(all, ({ at }) => at),
      weights: Float64Array.from(all, ({ weight }) => weight),
      resolution: Float64Array.from(all, ({ resolution }) => resolution),
    };
  }

  /** Starts from the unit vector basis[0], or goes on from basis[k] after k steps. */
  async function gaussRule(recurrence: Recurrence): Promise<Node[]> {
    const { diagonal, offDiagonal } = recurrence;
    let beta = 0;
    for (let k = diagonal.length; k < most; k++) {
      const vectors = heads(arena.vectors.slice(0, known.length + k + 1), size);
      hooks?.save(() => packedState({ known, rules, ...recurrence }, vectors));
      const next = basis[k + 1];
      next.set(await product(basis[k]));
      recurrence.operatorScale = Math.max(recurrence.operatorScale, norm(next));
      diagonal.push(dot(basis[k], next));
      beta = gramSchmidt(arena, known.length + k + 1);
      if (known.length + k + 1 === size || beta <= 50 * Number.EPSILON * recurrence.operatorScale) {
        beta = 0;
        break;
      }
      if (k + 1 < most) offDiagonal.push(beta);
      scale(1 / beta, next);
    }
    return ruleOf(diagonal, offDiagonal, beta);
  }
}

type Recurrence = Pick<QuadratureState, "diagonal" | "offDiagonal" | "operatorScale">;

/** The Gauss rule of a tridiagonal matrix; `beta` couples it to the next vector. */
function ruleOf(diagonal: readonly number[], offDiagonal: readonly number[], beta: number): Node[] {
  const { values: nodes, vectors } = tridiagonalEigen(Float64Array.from(diagonal), Float64Array.from(offDiagonal));
  const count = nodes.length;
  return Array.from(nodes, (at, k) => ({
    at,
    weight: vectors[k * count] ** 2,
    resolution: Math.min(Math.abs(beta * vectors[(k + 1) * count - 1]), distanceToNeighbours(nodes, k) / 2),
  }));
}

/** The eigenpairs of largest |λ| that converge. */
async function dominantPairs(
  multiply: Multiply,
  size: number,
  { deflate, tolerance, seed, hooks }: Omit<LanczosQuadratureOptions, "probes" | "steps"> & { deflate: number },
) {
  const count = Math.min(deflate, size);
  const maxIterations = Math.max(count, DEFLATION_PRODUCTS);
  const { values, vectors, residuals, bound } = await lanczos(multiply, size, {
    count,
    seed,
    tolerance,
    maxIterations,
    hooks,
  });
  return vectors
    .map((vector, k) => ({ value: values[k], vector, residual: residuals[k] }))
    .filter(({ residual }) => residual <= bound);
}

/** The mean of both distances; at an end, the single one; unbounded for a single node. */
function distanceToNeighbours(nodes: Float64Array, k: number): number {
  const last = nodes.length - 1;
  if (last === 0) return Infinity;
  const [left, right] = [Math.max(0, k - 1), Math.min(last, k + 1)];
  return (nodes[right] - nodes[left]) / (right - left);
}

/** A mean over probes with its standard error, which is NaN for a single probe. */
export interface Moment {
  value: number;
  standardError: number;
}

/**
 * E λᵖ over the spectrum, from the nodes themselves: p = 1 is trace/size, p = 2 is ‖H‖_F²/size. The standard error is
 * at least the rounding of the largest term. With few probes it is skewed: it is more often too small than too large.
 */
export function spectralMoment(quadratures: readonly Quadrature[], p: number): Moment {
  const of = quadratures.map(({ nodes, weights }) => nodes.reduce((sum, x, k) => sum + weights[k] * x ** p, 0));
  const count = of.length;
  const value = of.reduce((sum, x) => sum + x, 0) / count;
  const sampled = Math.hypot(...of.map((x) => x - value)) / Math.sqrt((count - 1) * count);
  const rounded = Number.EPSILON * quadratures[0].nodes.reduce((sum, x) => Math.max(sum, Math.abs(x) ** p), 0);
  return { value, standardError: Math.max(sampled, rounded) };
}
