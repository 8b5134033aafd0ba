import { dot } from "../../linalg/vectors.js";
import type { PathGradients } from "./pathSurface.js";

/** How the points of a path move. */
export type PathMethod = "chain" | "neb" | "string";

export interface StepOptions {
  readonly method: PathMethod;
  readonly learningRate: number;
  /** neb: the share of the difference of the two gaps beside a point by which springs move it in a step, below ½. */
  readonly spring: number;
  /** neb: the point, by its number in the path, that climbs along the path instead of falling beside it. */
  readonly climbing?: number;
  /** The losses at the ends of the path. */
  readonly endLosses: readonly [number, number];
}

/** What is beside a point: the gaps l and r to its neighbours, its gradient g, and the losses of the three. */
interface Neighbourhood {
  readonly gl: number;
  readonly gr: number;
  readonly ll: number;
  readonly lr: number;
  readonly rr: number;
  readonly losses: readonly [left: number, own: number, right: number];
  readonly climbs: boolean;
}

/** What a point moves by beside −learningRate · g: shares of the gaps l and r. */
type Move = (at: Neighbourhood, options: StepOptions) => readonly [ofLeft: number, ofRight: number];

const moves: Record<PathMethod, Move> = {
  /**
   * g⊥ = g − ½(⟨g,t_l⟩t_l + ⟨g,t_r⟩t_r) with the unit tangents to both neighbours (Barannikov et al. 2020). Neighbours in one place have no
   * tangent.
   */
  chain: ({ gl, gr, ll, rr }, { learningRate }) => [
    ll > 0 ? (learningRate * gl) / (2 * ll) : 0,
    rr > 0 ? (learningRate * gr) / (2 * rr) : 0,
  ],

  /**
   * Nudged elastic band with the tangent that points uphill (Henkelman & Jónsson 2000) and a climbing image (Henkelman, Uberuaga &
   * Jónsson 2000): springs pull along the path, the gradient pushes beside it.
   */
  neb(at, { learningRate, spring }) {
    const { gl, gr, ll, lr, rr, climbs } = at;
    const [a, b] = uphill(at);
    const square = a * a * ll + 2 * a * b * lr + b * b * rr;
    if (square === 0) return [0, 0];
    const along = (learningRate * (a * gl + b * gr)) / square;
    const pull = climbs ? along : (spring * (Math.sqrt(rr) - Math.sqrt(ll))) / Math.sqrt(square);
    return [(along + pull) * a, (along + pull) * b];
  },

  /** The gradient beside the path, by the central difference: the points are spread evenly after each step. */
  string({ gl, gr, ll, lr, rr }, { learningRate }) {
    const square = ll + 2 * lr + rr;
    const along = square > 0 ? (learningRate * (gl + gr)) / square : 0;
    return [along, along];
  },
};

/** The tangent a·l + b·r, not normalised: to the higher neighbour; at an extremum to both, weighted by how far they are in loss. */
function uphill({ losses: [left, own, right] }: Neighbourhood): readonly [a: number, b: number] {
  if (left < own && own < right) return [0, 1];
  if (left > own && own > right) return [1, 0];
  const [toLeft, toRight] = [Math.abs(left - own), Math.abs(right - own)];
  const [small, large] = [Math.min(toLeft, toRight), Math.max(toLeft, toRight)];
  // Equal losses, or none, do not tell where uphill is.
  if (!(large > 0 && large < Number.POSITIVE_INFINITY)) return [1, 1];
  return right > left ? [small, large] : [large, small];
}

/**
 * One step of all inner points of a path, in place; gradient k belongs to point k + 1, and all move from where their neighbours were before.
 * A point whose gradient is not finite stays.
 */
export function stepPath(path: readonly Float64Array[], found: PathGradients, options: StepOptions): void {
  const { learningRate, method, endLosses } = options;
  const last = path.length - 1;
  const lossOf = (i: number) => (i === 0 ? endLosses[0] : i === last ? endLosses[1] : found.losses[i - 1]);
  const size = path[0].length;
  let left: Float64Array = path[1].map((x, k) => x - path[0][k]);
  let right: Float64Array = new Float64Array(size);
  let ll = dot(left, left);
  for (let i = 1; i < last; i++) {
    const [point, next, gradient] = [path[i], path[i + 1], found.gradients[i - 1]];
    // In one pass: the vectors together are larger than the processor's nearer caches.
    let gl = 0;
    let gr = 0;
    let lr = 0;
    let rr = 0;
    for (let k = 0; k < size; k++) {
      const g = gradient[k];
      const l = left[k];
      const r = next[k] - point[k];
      right[k] = r;
      gl += g * l;
      gr += g * r;
      lr += l * r;
      rr += r * r;
    }
    if (Number.isFinite(gl) && Number.isFinite(gr)) {
      const losses = [lossOf(i - 1), lossOf(i), lossOf(i + 1)] as const;
      const [a, b] = moves[method]({ gl, gr, ll, lr, rr, losses, climbs: i === options.climbing }, options);
      for (let k = 0; k < size; k++) point[k] += a * left[k] + b * right[k] - learningRate * gradient[k];
    }
    [left, right, ll] = [right, left, rr];
  }
}
