import { gramSchmidt } from "../linalg/gramSchmidt.js";
import { randomStream } from "../linalg/random.js";
import { tridiagonalEigen } from "../linalg/symmetricEigen.js";
import { vectorArena } from "../linalg/vectorArena.js";
import { dot, norm, scale } from "../linalg/vectors.js";
import { checkedProducts, type Multiply } from "./symmetricOperator.js";

/** A discrete measure on the real line: nodes ascending, weights that add up to 1. */
export interface Quadrature {
  nodes: Float64Array;
  weights: Float64Array;
  /**
   * How far around a node its mass may lie: half the mean distance to its neighbours, or its residual ‖Hy − θy‖ where that
   * is smaller. 0 to rounding for a node that has converged to an eigenvalue.
   */
  resolution: Float64Array;
}

export interface LanczosQuadratureOptions {
  /** Random start vectors, one quadrature each. */
  probes: number;
  /** Lanczos steps of each, which is also its number of nodes; no more than `size` are taken. */
  steps: number;
  seed: number;
}

/**
 * Gauss quadratures of the spectral density of a symmetric operator (Golub & Meurant 1994; Ubaru, Chen & Saad 2017).
 *
 * A unit vector v weighs each eigenvalue by its squared overlap with the eigenvector. `steps` Lanczos steps from v, with
 * full reorthogonalization, give the Gauss rule of that measure: nodes are the eigenvalues of the tridiagonal matrix,
 * weights the squared first components of its eigenvectors; polynomials up to degree 2 · steps − 1 are integrated exactly.
 * v has entries ±1/√size, so over the probes the measure's expectation is the density: each eigenvalue weighs 1/size.
 * Where the Krylov space is exhausted (β = 0 to rounding) the rule has fewer nodes and is the measure itself.
 *
 * @throws RangeError for sizes and counts that make no sense; Error where a product is not finite or has another length.
 */
export async function lanczosQuadrature(
  multiply: Multiply,
  size: number,
  { probes, steps, seed }: LanczosQuadratureOptions,
): Promise<Quadrature[]> {
  if (!(size >= 1)) throw new RangeError(`the operator has size ${size}; expected at least 1`);
  if (!(probes >= 1)) throw new RangeError(`probes is ${probes}; expected at least 1`);
  if (!(steps >= 1)) throw new RangeError(`steps is ${steps}; expected at least 1`);
  const most = Math.min(steps, size);
  const arena = vectorArena(most + 1, size);
  const product = checkedProducts(multiply, size);
  const quadratures: Quadrature[] = [];
  for (let probe = 0; probe < probes; probe++) {
    const random = randomStream(seed, "quadrature", probe);
    const start = 1 / Math.sqrt(size);
    for (let i = 0; i < size; i++) arena.vectors[0][i] = random.uint32() >= 2 ** 31 ? start : -start;
    quadratures.push(await gaussRule());
  }
  return quadratures;

  /** From the unit vector arena.vectors[0]. */
  async function gaussRule(): Promise<Quadrature> {
    const diagonal: number[] = [];
    const offDiagonal: number[] = [];
    let operatorScale = 0;
    let beta = 0;
    for (let k = 0; k < most; k++) {
      const next = arena.vectors[k + 1];
      next.set(await product(arena.vectors[k]));
      operatorScale = Math.max(operatorScale, norm(next));
      diagonal.push(dot(arena.vectors[k], next));
      beta = gramSchmidt(arena, k + 1);
      if (k + 1 === size || beta <= 50 * Number.EPSILON * operatorScale) {
        beta = 0;
        break;
      }
      if (k + 1 < most) offDiagonal.push(beta);
      scale(1 / beta, next);
    }
    const { values: nodes, vectors } = tridiagonalEigen(Float64Array.from(diagonal), Float64Array.from(offDiagonal));
    const count = nodes.length;
    return {
      nodes,
      weights: nodes.map((_, k) => vectors[k * count] ** 2),
      resolution: nodes.map((_, k) =>
        Math.min(Math.abs(beta * vectors[(k + 1) * count - 1]), distanceToNeighbours(nodes, k) / 2),
      ),
    };
  }
}

/** The mean of both distances; the one at an end; unbounded for a single node. */
function distanceToNeighbours(nodes: Float64Array, k: number): number {
  const last = nodes.length - 1;
  if (last === 0) return Infinity;
  const [left, right] = [Math.max(0, k - 1), Math.min(last, k + 1)];
  return (nodes[right] - nodes[left]) / (right - left);
}

/** A mean over probes with its standard error; NaN for a single probe. */
export interface Moment {
  value: number;
  standardError: number;
}

/** E λᵖ over the spectrum, from the nodes themselves: p = 1 is trace/size, p = 2 is ‖H‖_F²/size. */
export function spectralMoment(quadratures: readonly Quadrature[], p: number): Moment {
  const of = quadratures.map(({ nodes, weights }) => nodes.reduce((sum, x, k) => sum + weights[k] * x ** p, 0));
  const count = of.length;
  const value = of.reduce((sum, x) => sum + x, 0) / count;
  const squares = of.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, standardError: Math.sqrt(squares / (count - 1) / count) };
}
