import type { Values } from "../../graph/backend.js";
import type { PathGradients } from "./pathSurface.js";

/** How the points of a path move. */
export type PathMethod = "chain" | "neb" | "string";

export interface StepOptions {
  readonly method: PathMethod;
  readonly learningRate: number;
  /** neb: in each step, springs move a point by this share of the difference between its two gaps. Below ½. */
  readonly spring: number;
  /** neb: the index of the point in the path that climbs along the path instead of falling across it. */
  readonly climbing?: number;
  /** The losses at the ends of the path. */
  readonly endLosses: readonly [number, number];
}

/** The surroundings of a point: the gaps l and r to its neighbours, its gradient g, and the three losses. */
interface Neighbourhood {
  readonly gl: number;
  readonly gr: number;
  readonly ll: number;
  readonly lr: number;
  readonly rr: number;
  readonly losses: readonly [left: number, own: number, right: number];
  readonly climbs: boolean;
}

/** The movement of a point in addition to −learningRate · g: shares of the gaps l and r. */
type Move = (at: Neighbourhood, options: StepOptions) => readonly [ofLeft: number, ofRight: number];

const moves: Record<PathMethod, Move> = {
  /**
   * g⊥ = g − ½(⟨g,t_l⟩t_l + ⟨g,t_r⟩t_r) with the unit tangents to both neighbours (Barannikov et al. 2020). A neighbour
   * at the same point has no tangent.
   */
  chain: ({ gl, gr, ll, rr }, { learningRate }) => [
    ll > 0 ? (learningRate * gl) / (2 * ll) : 0,
    rr > 0 ? (learningRate * gr) / (2 * rr) : 0,
  ],

  /**
   * Nudged elastic band with the tangent that points uphill (Henkelman & Jónsson 2000) and a climbing image (Henkelman,
   * Uberuaga & Jónsson 2000): springs pull along the path, and the gradient pushes perpendicular to it.
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

  /**
   * The gradient perpendicular to the path, by the central difference. The points are spread evenly after each step.
   */
  string({ gl, gr, ll, lr, rr }, { learningRate }) {
    const square = ll + 2 * lr + rr;
    const along = square > 0 ? (learningRate * (gl + gr)) / square : 0;
    return [along, along];
  },
};

/**
 * The tangent a·l + b·r, not normalised: towards the higher neighbour; at an extremum towards both, weighted by their
 * differences in loss.
 */
function uphill({ losses: [left, own, right] }: Neighbourhood): readonly [a: number, b: number] {
  if (left < own && own < right) return [0, 1];
  if (left > own && own > right) return [1, 0];
  const [toLeft, toRight] = [Math.abs(left - own), Math.abs(right - own)];
  const [small, large] = [Math.min(toLeft, toRight), Math.max(toLeft, toRight)];
  // Equal or missing losses do not show which way is uphill.
  if (!(large > 0 && large < Number.POSITIVE_INFINITY)) return [1, 1];
  return right > left ? [small, large] : [large, small];
}

/** The entries of a vector that are treated at once for all points: few enough for the processor's nearest caches. */
const BLOCK = 1024;

/**
 * One step of all inner points of a path, in place. Gradient k belongs to point k + 1. All points move relative to the
 * old positions of their neighbours. A point whose gradient is not finite stays.
 */
export function stepPath(path: readonly Float64Array[], found: PathGradients, options: StepOptions): void {
  const { learningRate, method, endLosses } = options;
  const last = path.length - 1;
  const lossOf = (i: number) => (i === 0 ? endLosses[0] : i === last ? endLosses[1] : found.losses[i - 1]);
  const shares = inner(path, found.gradients).map((products, k) => {
    const i = k + 1;
    if (!Number.isFinite(products.gl) || !Number.isFinite(products.gr)) return undefined;
    const losses = [lossOf(i - 1), lossOf(i), lossOf(i + 1)] as const;
    return moves[method]({ ...products, losses, climbs: i === options.climbing }, options);
  });
  const size = path[0].length;
  const before = new Float64Array(Math.min(BLOCK, size));
  for (let start = 0; start < size; start += BLOCK) {
    const end = Math.min(size, start + BLOCK);
    before.set(path[0].subarray(start, end));
    for (let i = 1; i < last; i++) {
      const share = shares[i - 1];
      if (share) movePoint(path[i], path[i + 1], found.gradients[i - 1], before, start, end, share, learningRate);
      else before.set(path[i].subarray(start, end));
    }
  }
}

type Products = Pick<Neighbourhood, "gl" | "gr" | "ll" | "lr" | "rr">;

/** The inner products of the gaps around each inner point and its gradient. */
function inner(path: readonly Float64Array[], gradients: readonly Values[]): Products[] {
  const size = path[0].length;
  const sums = gradients.map(() => ({ gl: 0, gr: 0, ll: 0, lr: 0, rr: 0 }));
  for (let start = 0; start < size; start += BLOCK) {
    const end = Math.min(size, start + BLOCK);
    for (const [k, sum] of sums.entries()) {
      addProducts(sum, path[k], path[k + 1], path[k + 2], gradients[k], start, end);
    }
  }
  return sums;
}

function addProducts(
  sum: { -readonly [name in keyof Products]: number },
  previous: Float64Array,
  point: Float64Array,
  next: Float64Array,
  gradient: Values,
  start: number,
  end: number,
): void {
  let [gl, gr, ll, lr, rr] = [0, 0, 0, 0, 0];
  for (let k = start; k < end; k++) {
    const x = point[k];
    const g = gradient[k];
    const l = x - previous[k];
    const r = next[k] - x;
    gl += g * l;
    gr += g * r;
    ll += l * l;
    lr += l * r;
    rr += r * r;
  }
  sum.gl += gl;
  sum.gr += gr;
  sum.ll += ll;
  sum.lr += lr;
  sum.rr += rr;
}

/** Moves a block of a point. `before` holds the old position of the previous point, and afterwards that of this one. */
function movePoint(
  point: Float64Array,
  next: Float64Array,
  gradient: Values,
  before: Float64Array,
  start: number,
  end: number,
  [a, b]: readonly [number, number],
  learningRate: number,
): void {
  for (let k = start; k < end; k++) {
    const x = point[k];
    point[k] = x + a * (x - before[k - start]) + b * (next[k] - x) - learningRate * gradient[k];
    before[k - start] = x;
  }
}
