import { randomStream } from "../../src/linalg/random.js";

/** All Euclidean distances of points in `dimensions` coordinates, row major. */
export function distancesOf(points: ArrayLike<number>, dimensions: number): Float64Array {
  const n = points.length / dimensions;
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    const differences = Array.from(
      { length: dimensions },
      (_, k) => points[i * dimensions + k] - points[j * dimensions + k],
    );
    return Math.hypot(...differences);
  });
}

/** n normal points, row major. */
export function normalPoints(n: number, dimensions: number, seed: number): Float64Array {
  const random = randomStream(seed, "test points");
  return new Float64Array(n * dimensions).map(() => random.normal());
}

/**
 * The correlation of two drawings (n × dimensions) after the second was moved, turned, mirrored and scaled onto the
 * first: √(1 − the Procrustes distance).
 */
export function procrustesCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = [centred(a), centred(b)];
  // The sum of the singular values of a 2 × 2 matrix M = PᵀQ is √(‖M‖² + 2|det M|).
  const m = [0, 0, 0, 0];
  let [pp, qq] = [0, 0];
  for (let i = 0; i < p.length; i += 2) {
    m[0] += p[i] * q[i];
    m[1] += p[i] * q[i + 1];
    m[2] += p[i + 1] * q[i];
    m[3] += p[i + 1] * q[i + 1];
    pp += p[i] ** 2 + p[i + 1] ** 2;
    qq += q[i] ** 2 + q[i + 1] ** 2;
  }
  const squares = m.reduce((sum, x) => sum + x * x, 0);
  return Math.sqrt(squares + 2 * Math.abs(m[0] * m[3] - m[1] * m[2])) / Math.sqrt(pp * qq);
}

function centred(points: ArrayLike<number>): Float64Array {
  const n = points.length / 2;
  const mean = [0, 1].map((k) => Array.from({ length: n }, (_, i) => points[2 * i + k]).reduce((x, y) => x + y, 0) / n);
  return Float64Array.from(points, (x, c) => x - mean[c % 2]);
}
