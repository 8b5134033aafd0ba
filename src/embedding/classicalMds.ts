import { leadingEigen } from "../linalg/leadingEigen.js";
import { type Eigen, symmetricEigen } from "../linalg/symmetricEigen.js";
import { dot, maxAbs } from "../linalg/vectors.js";
import { signOf } from "./principalAxes.js";
import { stressOf } from "./stress.js";

export interface ClassicalMds {
  /** n × dimensions, row-major: one row per point. */
  coordinates: Float64Array;
  /**
   * All n eigenvalues of the doubly centred matrix of squared distances, descending. Negative eigenvalues show that the
   * distances are not Euclidean.
   */
  eigenvalues: Float64Array;
  /** The eigenvalues of the coordinates as a share of Σ|eigenvalue|; 1 when all distances are 0. */
  explained: number;
  /** √(Σ(distance − drawn distance)² / Σ distance²); 0 when all distances are 0. */
  stress: number;
}

/**
 * Classical multidimensional scaling (Torgerson 1952, Gower 1966): points whose distances approximate the given ones,
 * centred at 0, along the eigenvectors of −½JD²J with the largest eigenvalues. Coordinates are 0 for eigenvalues that
 * are not positive, and beyond the n-th. Each eigenvector is signed so that its first entry of the largest size is
 * positive.
 *
 * @param distances n × n, row major, symmetric, ≥ 0, with 0 on the diagonal.
 * @throws RangeError when the matrix does not have n² entries; Error when one is NaN or infinite.
 */
export function classicalMds(distances: Float64Array, n: number, dimensions = 2): ClassicalMds {
  const unit = checkedUnit(distances, n);
  const { values, vectors } = symmetricEigen(doublyCentred(distances, n, unit), n);
  const descending = { values: values.slice().reverse(), vectors: reversedRows(vectors, n) };
  const { coordinates, kept } = coordinatesOf(descending, n, dimensions, unit);
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0);
  return {
    coordinates,
    eigenvalues: descending.values.map((value) => value * unit * unit),
    explained: total === 0 ? 1 : kept / total,
    stress: stressOf(distances, coordinates, n, dimensions).normalized,
  };
}

/**
 * Only the coordinates of `classicalMds`, in O(n²) per step of an iteration instead of O(n³) for all eigenvalues.
 *
 * @param tolerance of `leadingEigen`. @throws like classicalMds.
 */
export function classicalCoordinates(
  distances: Float64Array,
  n: number,
  dimensions: number,
  tolerance?: number,
): Float64Array {
  const unit = checkedUnit(distances, n);
  const matrix = doublyCentred(distances, n, unit);
  // Multiplies all vectors by one row after the other, so the matrix is read once.
  const multiply = (vectors: readonly Float64Array[]) => {
    const images = vectors.map(() => new Float64Array(n));
    for (let i = 0; i < n; i++) {
      const row = matrix.subarray(i * n, (i + 1) * n);
      for (const [k, vector] of vectors.entries()) images[k][i] = dot(row, vector);
    }
    return images;
  };
  return coordinatesOf(leadingEigen(multiply, n, Math.min(n, dimensions), tolerance), n, dimensions, unit).coordinates;
}

/** The largest distance, or 1 when all are 0. */
function checkedUnit(distances: Float64Array, n: number): number {
  if (distances.length !== n * n) {
    throw new RangeError(`distances of ${n} points need ${n * n} numbers, found ${distances.length}`);
  }
  const largest = maxAbs(distances);
  if (!Number.isFinite(largest)) {
    const unusable = distances.findIndex((distance) => !Number.isFinite(distance));
    const [i, j] = [Math.floor(unusable / n), unusable % n];
    throw new Error(`the distance of points ${i} and ${j} is ${distances[unusable]}; a map needs finite distances`);
  }
  return largest || 1;
}

/**
 * The coordinates for eigenpairs, the largest first. Negative eigenvalues, and those of the size of rounding, give 0.
 */
function coordinatesOf({ values, vectors }: Eigen, n: number, dimensions: number, unit: number) {
  const negligible = n * Number.EPSILON * values.reduce((x, y) => Math.max(x, Math.abs(y)), 0);
  const coordinates = new Float64Array(n * dimensions);
  let kept = 0;
  for (let k = 0; k < Math.min(dimensions, n); k++) {
    if (values[k] <= negligible) break;
    const vector = vectors.subarray(k * n, (k + 1) * n);
    const length = Math.sqrt(values[k]) * signOf(vector) * unit;
    for (let i = 0; i < n; i++) coordinates[i * dimensions + k] = length * vector[i];
    kept += values[k];
  }
  return { coordinates, kept };
}

function reversedRows(rows: Float64Array, n: number): Float64Array {
  const reversed = new Float64Array(rows.length);
  for (let k = 0; k < n; k++) reversed.set(rows.subarray(k * n, (k + 1) * n), (n - 1 - k) * n);
  return reversed;
}

/** −½JD²J of the distances in units of the largest one. Rows and columns sum to 0. */
function doublyCentred(distances: Float64Array, n: number, unit: number): Float64Array {
  const squares = new Float64Array(n * n);
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const share = distances[i * n + j] / unit;
      squares[i * n + j] = share * share;
      sum += share * share;
    }
    means[i] = sum / n;
  }
  const overall = mean(means);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) squares[i * n + j] = (means[i] + means[j] - squares[i * n + j] - overall) / 2;
  }
  return squares;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
