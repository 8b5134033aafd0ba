export type Point = readonly [number, number, number];

/** A cube as six tetrahedra around its main diagonal (Freudenthal); bit k of a corner is its step along axis k. */
const tetrahedra = [
  [0, 1, 3, 7],
  [0, 1, 5, 7],
  [0, 2, 3, 7],
  [0, 2, 6, 7],
  [0, 4, 5, 7],
  [0, 4, 6, 7],
];

/** Values at the vertices of a grid. Points of the grid are counted in steps along its axes. */
export interface Field {
  f: Float64Array;
  counts: readonly number[];
}

/** The place in the box of a point of the grid. */
export function placeAt(places: readonly Float64Array[], point: Point): Point {
  const along = (k: 0 | 1 | 2) => {
    const from = Math.min(places[k].length - 2, Math.max(0, Math.floor(point[k])));
    return places[k][from] + (point[k] - from) * (places[k][from + 1] - places[k][from]);
  };
  return [along(0), along(1), along(2)];
}

/** A vertex of the grid and its value. */
interface Vertex {
  step: Point;
  f: number;
}

/** The triangles of the level set {f = level}, as points of the grid. */
export function levelSet({ f, counts: [nx, ny, nz] }: Field, level: number): Point[][] {
  const valueAt = ([i, j, k]: Point) =>
    i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz ? Number.NaN : f[i + nx * (j + ny * k)];
  const vertexAt = (...step: Point): Vertex => ({ step, f: valueAt(step) });
  const triangles: Point[][] = [];
  for (let k = 0; k + 1 < nz; k++) {
    for (let j = 0; j + 1 < ny; j++) {
      for (let i = 0; i + 1 < nx; i++) {
        const corners = Array.from({ length: 8 }, (_, c) => vertexAt(i + (c & 1), j + ((c >> 1) & 1), k + (c >> 2)));
        const values = corners.map((corner) => corner.f);
        if (values.some(Number.isNaN) || values.every((v) => v >= level) || values.every((v) => v < level)) continue;
        for (const tetrahedron of tetrahedra) {
          const own = tetrahedron.map((c) => corners[c]);
          triangles.push(...cut(own, (a, b) => crossing(a, b, level, valueAt), level));
        }
      }
    }
  }
  return triangles;
}

/**
 * The point between two vertices at which the loss reaches the level. A cubic through their values and those of the
 * next vertices on the same line gives a smooth loss a smooth surface. At the edge of the grid a line takes its place.
 */
function crossing(a: Vertex, b: Vertex, level: number, valueAt: (step: Point) => number): Point {
  const along = ({ step: [i, j, k] }: Vertex, { step: [x, y, z] }: Vertex): Point => [2 * i - x, 2 * j - y, 2 * k - z];
  const [before, after] = [valueAt(along(a, b)), valueAt(along(b, a))];
  const linear = (level - a.f) / (b.f - a.f);
  const cubic = (t: number) =>
    (-before * t * (t - 1) * (t - 2)) / 6 +
    (a.f * (t + 1) * (t - 1) * (t - 2)) / 2 -
    (b.f * (t + 1) * t * (t - 2)) / 2 +
    (after * (t + 1) * t * (t - 1)) / 6;
  let [low, high] = [0, 1];
  for (let round = 0; round < 12; round++) {
    const middle = (low + high) / 2;
    if (cubic(middle) < level === a.f < level) low = middle;
    else high = middle;
  }
  const t = Number.isFinite(before) && Number.isFinite(after) ? (low + high) / 2 : linear;
  return between(a.step, b.step, t);
}

const between = (a: Point, b: Point, t: number): Point => [
  a[0] + t * (b[0] - a[0]),
  a[1] + t * (b[1] - a[1]),
  a[2] + t * (b[2] - a[2]),
];

/**
 * A triangle with the middles of its edges, moved onto the level set by a step of Newton's method, so that the outline
 * of a curved surface bends. Two triangles bend their common edge in the same way.
 */
export function bent(field: Field, corners: readonly Point[], level: number): Point[] {
  return corners.flatMap((corner, k) => {
    const next = corners[(k + 1) % corners.length];
    const middle = between(corner, next, 0.5);
    const value = valueIn(field, middle);
    const slope = [0, 1, 2].map((axis) => {
      const aside = (step: number) => middle.map((at, k) => (k === axis ? at + step : at)) as [number, number, number];
      return valueIn(field, aside(0.5)) - valueIn(field, aside(-0.5));
    });
    const square = slope.reduce((sum, part) => sum + part ** 2, 0);
    const step = slope.map((part) => ((level - value) * part) / square);
    const length = Math.hypot(...step);
    const edge = Math.hypot(next[0] - corner[0], next[1] - corner[1], next[2] - corner[2]);
    // A longer step leaves the neighbourhood in which the slope holds.
    if (!(length < 0.3 * edge)) return [corner];
    return [corner, [middle[0] + step[0], middle[1] + step[1], middle[2] + step[2]]];
  });
}

/** The field between its vertices, by the cubic of Catmull and Rom along each axis; NaN next to a missing value. */
function valueIn({ f, counts: [nx, ny, nz] }: Field, [x, y, z]: Point): number {
  const weights = (at: number, count: number) => {
    const from = Math.min(count - 2, Math.max(0, Math.floor(at)));
    const t = at - from;
    const four = [
      (-t * (1 - t) ** 2) / 2,
      (2 - 5 * t ** 2 + 3 * t ** 3) / 2,
      (t + 4 * t ** 2 - 3 * t ** 3) / 2,
      (t ** 2 * (t - 1)) / 2,
    ];
    return four.map((weight, k) => ({ weight, at: Math.min(count - 1, Math.max(0, from + k - 1)) }));
  };
  const [alongX, alongY, alongZ] = [weights(x, nx), weights(y, ny), weights(z, nz)];
  let sum = 0;
  for (const w of alongZ) {
    for (const v of alongY) {
      for (const u of alongX) sum += u.weight * v.weight * w.weight * f[u.at + nx * (v.at + ny * w.at)];
    }
  }
  return sum;
}

/** The part of a level set inside a tetrahedron: nothing, one triangle, or a quadrilateral as two triangles. */
function cut(corners: Vertex[], between: (a: Vertex, b: Vertex) => Point, level: number): Point[][] {
  const below = corners.filter(({ f }) => f < level);
  const above = corners.filter(({ f }) => f >= level);
  if (below.length === 0 || above.length === 0) return [];
  if (below.length === 2) {
    const [p, q, r, s] = [
      between(below[0], above[0]),
      between(below[0], above[1]),
      between(below[1], above[1]),
      between(below[1], above[0]),
    ];
    return [
      [p, q, r],
      [p, r, s],
    ];
  }
  const [alone, others] = below.length === 1 ? [below[0], above] : [above[0], below];
  return [others.map((other) => between(alone, other))];
}
