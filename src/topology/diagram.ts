/**
 * A persistence diagram. Bar i is born at birth[i] and dies at death[i]. For `superlevel` the death lies below the
 * birth.
 */
export interface Diagram {
  readonly birth: Float64Array;
  readonly death: Float64Array;
}

/**
 * The distance between two points of the birth–death plane: the larger difference ("infinity"), or the q-norm
 * (|Δbirth|^q + |Δdeath|^q)^(1/q) with q ≥ 1. q = 2 is the Euclidean norm.
 */
export type Norm = "infinity" | number;

/**
 * |x − y|; 0 between equal values, also between equal infinities.
 */
export function gap(x: number, y: number): number {
  return x === y ? 0 : Math.abs(x - y);
}

/**
 * The distance of two bars as points of the plane, from the differences of their births and deaths. The differences
 * must be small enough that their squares do not overflow.
 */
export function planeDistance(births: number, deaths: number, norm: Norm): number {
  if (norm === "infinity") return Math.max(births, deaths);
  if (norm === 2) return Math.sqrt(births * births + deaths * deaths);
  if (norm === 1) return births + deaths;
  // In units of the larger difference, so powers do not overflow, and the sum is at least 1.
  const [small, large] = births < deaths ? [births, deaths] : [deaths, births];
  return large === 0 ? 0 : large * (1 + (small / large) ** norm) ** (1 / norm);
}

/** The distance of a bar to the nearest point of the diagonal. */
export function diagonalDistance(birth: number, death: number, norm: Norm): number {
  if (birth === death) return 0;
  if (norm === "infinity") return Math.abs(death / 2 - birth / 2);
  if (norm === 2) return Math.abs(death - birth) * Math.SQRT1_2;
  return Math.abs(death / 2 - birth / 2) * 2 ** (1 / norm);
}

/**
 * The bars of positive length with two finite ends, sorted by birth, and for equal births by death. All other bars lie
 * on the diagonal or are essential.
 */
export function finiteBars({ birth, death }: Diagram): Diagram {
  const bars = Array.from(birth.keys())
    .filter((i) => Number.isFinite(birth[i]) && Number.isFinite(death[i]) && birth[i] !== death[i])
    .sort((i, j) => birth[i] - birth[j] || death[i] - death[j]);
  return { birth: Float64Array.from(bars, (i) => birth[i]), death: Float64Array.from(bars, (i) => death[i]) };
}

/**
 * The distances between essential classes. A class can be matched only with a class that is infinite at the same end.
 * The best matching, for every exponent, pairs them in the order of their finite ends. Bars that are infinite at both
 * ends have distance 0. Returns undefined when the diagrams have different numbers of a sort; their distance is then
 * infinite.
 *
 * Throws RangeError when a birth or death is NaN, or when there are not as many births as deaths.
 */
export function essentialDistances(a: Diagram, b: Diagram): number[] | undefined {
  const [left, right] = [essentialEnds(a), essentialEnds(b)];
  const sorts = new Set([...left.keys(), ...right.keys()]);
  const distances: number[] = [];
  for (const sort of sorts) {
    const [ends, others] = [left.get(sort) ?? [], right.get(sort) ?? []];
    if (ends.length !== others.length) return undefined;
    for (const [k, end] of ends.entries()) distances.push(gap(end, others[k]));
  }
  return distances;
}

/** The finite ends of the essential bars in ascending order, grouped by which ends are infinite. */
function essentialEnds({ birth, death }: Diagram): Map<string, number[]> {
  if (birth.length !== death.length) {
    throw new RangeError(
      `a persistence diagram has ${birth.length} births and ${death.length} deaths; expected as many of each`,
    );
  }
  const ends = new Map<string, number[]>();
  for (let i = 0; i < birth.length; i++) {
    if (Number.isNaN(birth[i]) || Number.isNaN(death[i])) {
      throw new RangeError(
        `bar ${i} of a persistence diagram is [${birth[i]}, ${death[i]}]; expected numbers or ±Infinity`,
      );
    }
    if (birth[i] === death[i] || (Number.isFinite(birth[i]) && Number.isFinite(death[i]))) continue;
    const infinite = [birth[i], death[i]].map((end) => (Number.isFinite(end) ? "finite" : String(end))).join();
    const finite = [birth[i], death[i]].find(Number.isFinite) ?? 0;
    ends.set(infinite, [...(ends.get(infinite) ?? []), finite]);
  }
  for (const list of ends.values()) list.sort((x, y) => x - y);
  return ends;
}
