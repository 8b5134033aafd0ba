import { symmetricEigen } from "../linalg/symmetricEigen.js";

export interface ClassicalMds {
  /** n × dimensions, row major: one row a point. */
  coordinates: Float64Array;
  /** All n eigenvalues of the doubly centred matrix of squared distances, descending. Negative ones: the distances are no Euclidean ones. */
  eigenvalues: Float64Array;
  /** The eigenvalues of the coordinates as a share of Σ|eigenvalue|; 1 where all distances are 0. */
  explained: number;
  /** √(Σ(distance − drawn distance)² / Σ distance²); 0 where all distances are 0. */
  stress: number;
}

/**
 * Classical multidimensional scaling (Torgerson 1952, Gower 1966): points whose distances are like the given ones, centred at 0, along the
 * eigenvectors of −½JD²J with the largest eigenvalues. Coordinates of eigenvalues that are not positive are 0, and so are those beyond the n-th.
 * An eigenvector's sign is such that its first entry of the largest size is positive.
 *
 * @param distances n × n, row major, symmetric, ≥ 0, with 0 on the diagonal.
 * @throws RangeError where the matrix has not n² entries; Error where one is NaN or infinite.
 */
export function classicalMds(distances: Float64Array, n: number, dimensions = 2): ClassicalMds {
  if (distances.length !== n * n) {
    throw new RangeError(`distances of ${n} points are ${n * n} numbers, found ${distances.length}`);
  }
  const unusable = distances.findIndex((distance) => !Number.isFinite(distance));
  if (unusable >= 0) {
    const [i, j] = [Math.floor(unusable / n), unusable % n];
    throw new Error(`the distance of points ${i} and ${j} is ${distances[unusable]}; a map needs finite distances`);
  }
  const unit = distances.reduce((x, y) => Math.max(x, y), 0) || 1;
  const { values, vectors } = symmetricEigen(doublyCentred(distances, n, unit), n);
  const negligible = n * Number.EPSILON * values.reduce((x, y) => Math.max(x, Math.abs(y)), 0);

  const coordinates = new Float64Array(n * dimensions);
  let kept = 0;
  for (let k = 0; k < Math.min(dimensions, n); k++) {
    const value = values[n - 1 - k];
    if (value <= negligible) break;
    const vector = vectors.subarray((n - 1 - k) * n, (n - k) * n);
    const length = Math.sqrt(value) * signOf(vector) * unit;
    for (let i = 0; i < n; i++) coordinates[i * dimensions + k] = length * vector[i];
    kept += value;
  }
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0);
  return {
    coordinates,
    eigenvalues: values.reverse().map((value) => value * unit * unit),
    explained: total === 0 ? 1 : kept / total,
    stress: stress(distances, coordinates, n, dimensions, unit),
  };
}

/** −½JD²J of the distances in units of the largest: rows and columns sum to 0. */
function doublyCentred(distances: Float64Array, n: number, unit: number): Float64Array {
  const squares = distances.map((distance) => (distance / unit) ** 2);
  const means = Float64Array.from({ length: n }, (_, i) => mean(squares.subarray(i * n, (i + 1) * n)));
  const overall = mean(means);
  return squares.map((square, at) => (means[Math.floor(at / n)] + means[at % n] - square - overall) / 2);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Entries that differ by rounding only count as equally large, so that the sign does not hang on rounding. */
function signOf(vector: Float64Array): number {
  const largest = vector.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
  return Math.sign(vector.find((x) => Math.abs(x) >= largest * (1 - 1e-9)) ?? 1);
}

function stress(
  distances: Float64Array,
  coordinates: Float64Array,
  n: number,
  dimensions: number,
  unit: number,
): number {
  let missed = 0;
  let all = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < dimensions; k++) {
        square += ((coordinates[i * dimensions + k] - coordinates[j * dimensions + k]) / unit) ** 2;
      }
      const distance = distances[i * n + j] / unit;
      missed += (Math.sqrt(square) - distance) ** 2;
      all += distance ** 2;
    }
  }
  return all === 0 ? 0 : Math.sqrt(missed / all);
}
