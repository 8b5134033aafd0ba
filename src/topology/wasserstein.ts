import { partialAssignment } from "../linalg/partialAssignment.js";
import { type Diagram, diagonalDistance, essentialDistances, finiteBars, type Norm, planeDistance } from "./diagram.js";

/** The parameters of a Wasserstein distance: the exponent p, 1 ≤ p < ∞, and the norm of the plane. */
export interface WassersteinOptions {
  p?: number;
  norm?: Norm;
}

/**
 * The p-Wasserstein distance of two persistence diagrams: the smallest (Σ dᵖ)^(1/p) over all matchings of their bars,
 * where d is the distance that a bar moves. A bar may also move to the diagonal. `norm` measures d in the plane of
 * births and deaths: a q-norm (2, the Euclidean norm, is the default) or the larger difference ("infinity"). GUDHI
 * calls it internal_p, and calls p order. The result is exact up to rounding in f64.
 *
 * Essential classes are matched among themselves; different numbers of them give Infinity. Bars of length 0 cost
 * nothing. Two empty diagrams have distance 0. With the norm "infinity" the distance falls to the bottleneck distance
 * as p grows.
 *
 * Memory grows with the pairs of bars that are worth matching, at most n·m. Time is n times that at worst.
 *
 * Throws RangeError when p or the norm is not a finite number ≥ 1, when a birth or death is NaN, or when there are more
 * than 2²⁶ such pairs.
 */
export function wassersteinDistance(a: Diagram, b: Diagram, options: WassersteinOptions = {}): number {
  const { p = 2, norm = 2 } = options;
  const power = powerOf(p);
  if (norm !== "infinity" && !(norm >= 1 && norm < Infinity)) {
    throw new RangeError(`the norm is ${norm}; expected "infinity" or a finite number ≥ 1`);
  }
  const essential = essentialDistances(a, b);
  if (essential === undefined) return Infinity;
  const [left, right] = [finiteBars(a), finiteBars(b)];
  const [leftAlone, rightAlone] = [left, right].map(({ birth, death }) =>
    birth.map((x, i) => diagonalDistance(x, death[i], norm)),
  );
  // In units of the longest move, powers do not overflow, and those that matter do not vanish.
  const unit = [essential, leftAlone, rightAlone].flatMap((moves) => [...moves]).reduce((x, y) => Math.max(x, y), 0);
  if (unit === 0 || unit === Infinity) return unit;
  const { total } = partialAssignment(
    leftAlone.map((x) => power(x / unit)),
    rightAlone.map((x) => power(x / unit)),
    (i, j) => {
      const births = Math.abs(left.birth[i] - right.birth[j]) / unit;
      const deaths = Math.abs(left.death[i] - right.death[j]) / unit;
      return power(planeDistance(births, deaths, norm));
    },
  );
  return unit * essential.reduce((sum, x) => sum + power(x / unit), total) ** (1 / p);
}

/** x → xᵖ. Throws RangeError when p is not a finite number ≥ 1. */
export function powerOf(p: number): (x: number) => number {
  if (!(p >= 1 && p < Infinity)) throw new RangeError(`the exponent p is ${p}; expected a finite number ≥ 1`);
  return p === 1 ? (x) => x : p === 2 ? (x) => x * x : (x) => x ** p;
}
