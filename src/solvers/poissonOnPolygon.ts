import { axpy, dot } from "../linalg/vectors.js";
import { leastSquares } from "./leastSquares.js";
import { doubleArea, isInside, type PlanePoint } from "./polygon.js";

export interface PolygonSolution {
  /** The solution at points of the polygon, given by their coordinates. */
  readonly at: (x: Float64Array, y: Float64Array) => Float64Array;
  /** The largest error on the boundary; by the maximum principle, no error inside is larger. */
  readonly errorBound: number;
  /** The number of poles near each vertex. */
  readonly poles: number;
}

/** Poles at a vertex at first, and the most. */
const FEWEST_POLES = 8;
const MOST_POLES = 60;
/** Poles approach a vertex as e^{−σ√j}. */
const CLUSTERING = 4;

/**
 * Solves Δu = s, a constant, on a polygon, with u = g on its boundary. A parabola takes the source away; what is left
 * is the real part of a rational function with poles that cluster at the vertices outside, fitted on the boundary (the
 * lightning method of Gopal & Trefethen, SIAM J. Numer. Anal. 57, 2019). Its error falls as e^{−C√n} whatever the
 * angles, though u has singularities such as r^(2/3) at a vertex of 270°.
 *
 * @param vertices In order around the polygon, either way.
 * @throws Error when the error on the boundary stays above `tolerance` times the largest |u|.
 */
export function poissonOnPolygon(
  vertices: readonly PlanePoint[],
  { source, boundary }: { source: number; boundary: (x: number, y: number) => number },
  { tolerance, onAttempt }: { tolerance: number; onAttempt?: (poles: number) => void },
): PolygonSolution {
  const corners = doubleArea(vertices) > 0 ? vertices : [...vertices].reverse();
  const centre = [0, 1].map((k) => corners.reduce((sum, corner) => sum + corner[k], 0) / corners.length);
  const parabola = (x: number, y: number) => (source / 4) * ((x - centre[0]) ** 2 + (y - centre[1]) ** 2);
  let found = Number.POSITIVE_INFINITY;
  for (let poles = FEWEST_POLES; poles <= MOST_POLES; poles = Math.ceil(1.5 * poles)) {
    onAttempt?.(poles);
    const [samples, checks] = [6, 13].map((many) => boundaryPoints(corners, poles, many * poles));
    const basis = rationalBasis(corners, poles, samples);
    const goal = samples.x.map((x, i) => boundary(x, samples.y[i]) - parabola(x, samples.y[i]));
    const coefficients = leastSquares(basis(samples), goal);
    const at = (x: Float64Array, y: Float64Array) => {
      const values = x.map((value, i) => parabola(value, y[i]));
      for (const [k, column] of basis({ x, y }).entries()) axpy(coefficients[k], column, values);
      return values;
    };
    const errors = at(checks.x, checks.y).map((value, i) => Math.abs(value - boundary(checks.x[i], checks.y[i])));
    found = errors.reduce((most, error) => Math.max(most, error), 0);
    if (found <= tolerance * magnitude(corners, at)) return { at, errorBound: found, poles };
  }
  throw new Error(
    `the solution on the polygon has an error of ${found.toExponential(1)} with ${MOST_POLES} poles at a vertex; ` +
      "raise the tolerance, or check that the boundary values are continuous and smooth on every side",
  );
}

interface PlanePoints {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The largest |u| at points of a coarse grid inside. */
function magnitude(corners: readonly PlanePoint[], at: PolygonSolution["at"]): number {
  const [xs, ys] = [0, 1].map((k) => corners.map((corner) => corner[k]));
  const along = (of: number[], i: number) => Math.min(...of) + ((Math.max(...of) - Math.min(...of)) * (i + 0.5)) / 20;
  const grid = Array.from({ length: 400 }, (_, i): PlanePoint => [along(xs, i % 20), along(ys, Math.floor(i / 20))]);
  const inside = grid.filter((point) => isInside(corners, point, 0));
  const values = at(
    Float64Array.from(inside, ([x]) => x),
    Float64Array.from(inside, ([, y]) => y),
  );
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Points on every side that cluster at both of its ends, as far as the poles do. */
function boundaryPoints(corners: readonly PlanePoint[], poles: number, count: number): PlanePoints {
  const steepness = (CLUSTERING * Math.sqrt(poles)) / 2 + 1;
  const points = corners.flatMap(([ax, ay], k) => {
    const [bx, by] = corners[(k + 1) % corners.length];
    return Array.from({ length: count }, (_, i): PlanePoint => {
      const share = (1 + Math.tanh(steepness * ((2 * i + 1) / count - 1))) / 2;
      return [ax + share * (bx - ax), ay + share * (by - ay)];
    });
  });
  return { x: Float64Array.from(points, ([x]) => x), y: Float64Array.from(points, ([, y]) => y) };
}

/**
 * The functions of the fit, as columns of their values at points: real and imaginary parts of poles and polynomials.
 */
function rationalBasis(corners: readonly PlanePoint[], count: number, samples: PlanePoints) {
  const poles = corners.flatMap((_, k) => polesAt(corners, k, count));
  const polynomials = polynomialBasis(samples, count);
  return ({ x, y }: PlanePoints): Float64Array[] => {
    const columns = polynomials({ x, y });
    for (const { at, distance } of poles) {
      const [real, imaginary] = [new Float64Array(x.length), new Float64Array(x.length)];
      for (let i = 0; i < x.length; i++) {
        // distance / (z − pole)
        const [a, b] = [x[i] - at[0], y[i] - at[1]];
        const scale = distance / (a * a + b * b);
        real[i] = a * scale;
        imaginary[i] = -b * scale;
      }
      columns.push(real, imaginary);
    }
    return columns;
  };
}

/** Poles on the outer bisector of a corner, ever closer to it. */
function polesAt(corners: readonly PlanePoint[], k: number, count: number): { at: PlanePoint; distance: number }[] {
  const [before, corner, after] = [k + corners.length - 1, k, k + 1].map((i) => corners[i % corners.length]);
  const unit = ([ax, ay]: PlanePoint, [bx, by]: PlanePoint) => {
    const length = Math.hypot(bx - ax, by - ay);
    return [(bx - ax) / length, (by - ay) / length] as const;
  };
  const [entry, exit] = [unit(before, corner), unit(corner, after)];
  // The sum of the outer normals of both sides points outwards for any angle.
  const outer = unit([0, 0], [entry[1] + exit[1], -entry[0] - exit[0]]);
  const size = Math.max(...corners.map(([x, y]) => Math.hypot(x - corner[0], y - corner[1])));
  return Array.from({ length: count }, (_, j) => {
    const distance = size * Math.exp(CLUSTERING * (Math.sqrt(j + 1) - Math.sqrt(count)));
    return { at: [corner[0] + distance * outer[0], corner[1] + distance * outer[1]] as const, distance };
  }).filter(({ at }) => !isInside(corners, at, 0));
}

/** Polynomials in z up to a degree that are orthogonal at sample points (Brubeck, Nakatsukasa & Trefethen 2021). */
function polynomialBasis(samples: PlanePoints, degree: number) {
  const rows: { factors: [number, number][]; norm: number }[] = [];
  const extend = (known: PlanePoints[], { x, y }: PlanePoints, row: (next: PlanePoints) => (typeof rows)[number]) => {
    const last = known[known.length - 1];
    const next = {
      x: x.map((re, i) => re * last.x[i] - y[i] * last.y[i]),
      y: x.map((re, i) => re * last.y[i] + y[i] * last.x[i]),
    };
    const { factors, norm } = row(next);
    for (const [j, [re, im]] of factors.entries()) {
      axpy(-re, known[j].x, next.x);
      axpy(im, known[j].y, next.x);
      axpy(-re, known[j].y, next.y);
      axpy(-im, known[j].x, next.y);
    }
    known.push({ x: next.x.map((value) => value / norm), y: next.y.map((value) => value / norm) });
  };
  const one = (count: number): PlanePoints => ({ x: new Float64Array(count).fill(1), y: new Float64Array(count) });
  const size = samples.x.length;
  const basis = [one(size)];
  for (let k = 0; k < degree; k++) {
    extend(basis, samples, (next) => {
      const factors = basis.map(({ x, y }): [number, number] => [
        (dot(x, next.x) + dot(y, next.y)) / size,
        (dot(x, next.y) - dot(y, next.x)) / size,
      ]);
      const squares = (dot(next.x, next.x) + dot(next.y, next.y)) / size;
      const norm = Math.sqrt(squares - factors.reduce((sum, [re, im]) => sum + re * re + im * im, 0));
      rows.push({ factors, norm });
      return rows[k];
    });
  }
  return (points: PlanePoints): Float64Array[] => {
    const known = [one(points.x.length)];
    for (const row of rows) extend(known, points, () => row);
    // The imaginary part of 1 is 0.
    return known.flatMap(({ x, y }, k) => (k === 0 ? [x] : [x, y]));
  };
}
