import { centredGram } from "../linalg/centredRows.js";
import { type AddProduct, addProduct, turned, view } from "../linalg/matrixProduct.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { requirePoints } from "./pairwiseDistances.js";
import type { Points } from "./points.js";

export interface Pca {
  /**
   * n × count, row-major: the coordinates of each point minus the mean along the principal axes, the axis of largest
   * variance first.
   */
  scores: Float64Array;
  /** The number of axes: the requested number, but at most n − 1 and at most one per coordinate. */
  count: number;
  /** The variance along each axis as a share of the total; 0 when all points are equal. */
  explained: Float64Array;
}

/** The number of points copied to f64 at a time when there are more points than coordinates. */
const CHUNK = 512;

/**
 * Principal component analysis around the mean. With more coordinates than points, the axes come from the n × n Gram
 * matrix, one block of coordinates at a time. Otherwise they come from the covariance, one block of points at a time.
 * The points are never copied as a whole. The point farthest out along an axis lies on its positive side.
 *
 * Coordinates from the Gram matrix are exact to 10⁻⁸ of the spread along the widest axis, because it squares rounding
 * errors.
 *
 * @throws RangeError for points of different lengths; Error when a coordinate is NaN or infinite.
 */
export async function pca(
  points: Points,
  {
    components,
    progress,
    product = addProduct,
  }: { components: number; progress?(fraction: number): void; product?: AddProduct },
): Promise<Pca> {
  requirePoints(points);
  const n = points.length;
  const dimensions = points[0]?.length ?? 0;
  const count = Math.max(0, Math.min(components, dimensions, n - 1));
  const { scores, explained } =
    dimensions < n ? await fromCovariance(points, count, product) : await fromGram(points, count, product, progress);
  for (let k = 0; k < count; k++) {
    let largest = 0;
    for (let at = k; at < scores.length; at += count)
      if (Math.abs(scores[at]) > Math.abs(largest)) largest = scores[at];
    if (largest < 0) for (let at = k; at < scores.length; at += count) scores[at] = -scores[at];
  }
  return { scores, count, explained };
}

async function fromGram(
  points: Points,
  count: number,
  product: AddProduct,
  progress?: (fraction: number) => void,
): Promise<Omit<Pca, "count">> {
  const n = points.length;
  const { values, vectors } = symmetricEigen(await centredGram(points, { center: "mean", progress }, product), n);
  const scores = new Float64Array(n * count);
  for (let k = 0; k < count; k++) {
    const length = Math.sqrt(Math.max(0, values[n - 1 - k]));
    for (let i = 0; i < n; i++) scores[i * count + k] = length * vectors[(n - 1 - k) * n + i];
  }
  return { scores, explained: shares(values, count) };
}

async function fromCovariance(points: Points, count: number, product: AddProduct): Promise<Omit<Pca, "count">> {
  const n = points.length;
  const d = points[0].length;
  const mean = new Float64Array(d);
  for (const point of points) for (let k = 0; k < d; k++) mean[k] += point[k] / n;
  const chunk = new Float64Array(Math.min(CHUNK, n) * d);
  const forEachChunk = async (visit: (start: number, rows: number) => void | Promise<void>) => {
    for (let start = 0; start < n; start += CHUNK) {
      const rows = Math.min(CHUNK, n - start);
      for (let i = 0; i < rows; i++) for (let k = 0; k < d; k++) chunk[i * d + k] = points[start + i][k] - mean[k];
      await visit(start, rows);
    }
  };

  const covariance = new Float64Array(d * d);
  const centred = view(chunk, d);
  await forEachChunk((_, rows) =>
    product(1, turned(centred), centred, view(covariance, d), { rows: d, columns: d, inner: rows }, { lower: true }),
  );
  const { values, vectors } = symmetricEigen(covariance, d);
  const axes = { data: vectors, offset: (d - 1) * d, rowStride: 1, columnStride: -d };
  const scores = new Float64Array(n * count);
  await forEachChunk((start, rows) =>
    product(1, centred, axes, view(scores, count, start * count), { rows, columns: count, inner: d }),
  );
  return { scores, explained: shares(values, count) };
}

/** The `count` largest of ascending eigenvalues, as shares of their sum. */
function shares(values: Float64Array, count: number): Float64Array {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const leading = values.slice(values.length - count).reverse();
  return leading.map((value) => (total === 0 ? 0 : Math.max(0, value) / total));
}
