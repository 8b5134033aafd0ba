import { gramSchmidt } from "../linalg/gramSchmidt.js";
import { type AddProduct, addProduct, turned, view } from "../linalg/matrixProduct.js";
import { type Random, randomStream } from "../linalg/random.js";
import { rowNormalized, rowSums, type SparseMatrix, transposed } from "../linalg/sparseMatrix.js";
import { timesSparse } from "../linalg/sparsePanels.js";
import { symmetricEigen } from "../linalg/symmetricEigen.js";
import { transpose } from "../linalg/transpose.js";
import { vectorArena } from "../linalg/vectorArena.js";
import { scale } from "../linalg/vectors.js";
import { kMeans } from "./kMeans.js";

export interface PhateLandmarks {
  /** The landmark of each of the n points. */
  cluster: Int32Array;
  /** n × m: the probabilities that a step of the walk from each point leads to each landmark. Rows sum to 1. */
  toLandmarks: SparseMatrix;
  /** m × n: the probabilities that a step of the walk from each landmark leads to each point. Rows sum to 1. */
  toPoints: SparseMatrix;
  /**
   * The total affinity of the points of each landmark. These are the weights for which the walk of the landmarks is
   * reversible.
   */
  weights: Float64Array;
}

/** The number of singular vectors of the operator that cluster the points. */
const COMPONENTS = 100;

/**
 * Landmarks as in graphtools 2.1 (Moon et al. 2019, "Scalability of PHATE"). The points are clustered by their
 * coordinates along the leading singular vectors of the symmetrically normalised kernel, after a step of the walk.
 * Affinities are summed by cluster. One step of the walk of the landmarks goes to the points and back: `toPoints` ·
 * `toLandmarks`. There are at most `count` landmarks, and fewer when points coincide.
 */
export async function phateLandmarks(
  kernel: SparseMatrix,
  count: number,
  seed: number,
  product?: AddProduct,
): Promise<PhateLandmarks> {
  const width = Math.min(COMPONENTS, kernel.rows);
  const spectrum = randomStream(seed, "spectrum");
  const leading = await leadingVectors(symmetricallyNormalized(kernel), width, spectrum, product);
  timesSparse([rowNormalized(kernel)])(leading, 1);
  const coordinates = transpose(leading, kernel.rows);
  const cluster = await kMeans(coordinates, width, count, randomStream(seed, "landmarks"), product);
  const affinities = summedByCluster(kernel, cluster);
  return {
    cluster,
    toLandmarks: rowNormalized(transposed(affinities)),
    toPoints: rowNormalized(affinities),
    weights: rowSums(affinities),
  };
}

/** D^−½ K D^−½. */
function symmetricallyNormalized(kernel: SparseMatrix): SparseMatrix {
  const factor = rowSums(kernel).map((sum) => 1 / Math.sqrt(sum));
  const value = kernel.value.slice();
  for (let i = 0; i < kernel.rows; i++) {
    for (let at = kernel.start[i]; at < kernel.start[i + 1]; at++) value[at] *= factor[i] * factor[kernel.column[at]];
  }
  return { ...kernel, value };
}

/** The rows of the kernel summed by cluster: m × n. */
function summedByCluster(kernel: SparseMatrix, cluster: Int32Array): SparseMatrix {
  const byColumn = { ...kernel, column: kernel.column.map((j) => cluster[j]) };
  const m = cluster.reduce((most, c) => Math.max(most, c + 1), 0);
  // The columns of the kernel summed by cluster, transposed, because the kernel is symmetric.
  return transposed(withoutRepeats({ ...byColumn, columns: m }));
}

/** Sums entries of one row that share a column. Columns ascend. */
function withoutRepeats(matrix: SparseMatrix): SparseMatrix {
  const start = new Int32Array(matrix.rows + 1);
  const column = new Int32Array(matrix.column.length);
  const value = new Float64Array(matrix.column.length);
  const sum = new Float64Array(matrix.columns);
  let count = 0;
  for (let i = 0; i < matrix.rows; i++) {
    const range = [matrix.start[i], matrix.start[i + 1]] as const;
    const columns = Int32Array.from(new Set(matrix.column.subarray(...range))).sort();
    for (let at = range[0]; at < range[1]; at++) sum[matrix.column[at]] += matrix.value[at];
    for (const j of columns) {
      column[count] = j;
      value[count++] = sum[j];
      sum[j] = 0;
    }
    start[i + 1] = count;
  }
  return { ...matrix, start, column: column.slice(0, count), value: value.slice(0, count) };
}

/** The extra vectors and the iterations of the randomised method. Together they set its accuracy. */
const OVERSAMPLING = 10;
const ITERATIONS = 4;

/**
 * Unit eigenvectors of a symmetric matrix for its `count` largest absolute eigenvalues, as rows. Uses randomised
 * subspace iteration (Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.3), which is accurate for eigenvalues that
 * stand out.
 */
async function leadingVectors(
  matrix: SparseMatrix,
  count: number,
  random: Random,
  product: AddProduct = addProduct,
): Promise<Float64Array> {
  const n = matrix.rows;
  const width = Math.min(n, count + OVERSAMPLING);
  const times = timesSparse([matrix]);
  const arena = vectorArena(width, n);
  const basis = new Float64Array(width * n).map(random.normal);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    times(basis, 2);
    for (const [k, vector] of arena.vectors.entries()) {
      vector.set(basis.subarray(k * n, (k + 1) * n));
      const left = gramSchmidt(arena, k);
      scale(left > 0 ? 1 / left : 0, vector);
      basis.set(vector.subarray(0, n), k * n);
    }
  }
  const images = basis.slice();
  times(images, 1);
  const projected = new Float64Array(width * width);
  const onBasis = { rows: width, columns: width, inner: n };
  await product(1, view(basis, n), turned(view(images, n)), view(projected, width), onBasis);
  const { values, vectors } = symmetricEigen(projected, width);
  const order = Array.from(values.keys()).sort((k, l) => Math.abs(values[l]) - Math.abs(values[k]) || k - l);
  const chosen = new Float64Array(count * width);
  for (let c = 0; c < count; c++) chosen.set(vectors.subarray(order[c] * width, (order[c] + 1) * width), c * width);
  const leading = new Float64Array(count * n);
  await product(1, view(chosen, width), view(basis, n), view(leading, n), { rows: count, columns: n, inner: width });
  return leading;
}
