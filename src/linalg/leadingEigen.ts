import { randomStream } from "./random.js";
import { type Eigen, symmetricEigen } from "./symmetricEigen.js";
import { axpy, dot, norm, scale } from "./vectors.js";

/**
 * The `count` largest eigenvalues of a symmetric operator on n coordinates, descending, and their unit eigenvectors, as
 * rows. Uses block Lanczos with full reorthogonalisation. The block has two random vectors more than `count`, so that
 * it finds multiple eigenvalues with their multiplicity (Golub & Underwood 1977). It stops when all residuals ‖Av − λv‖
 * are at most `tolerance` · ‖A‖, at the latest when the basis spans the whole space. The start vectors are always the
 * same.
 *
 * @param multiply returns the images of several vectors.
 *
 * @throws RangeError when count is above n.
 */
export function leadingEigen(
  multiply: (vectors: readonly Float64Array[]) => Float64Array[],
  n: number,
  count: number,
  tolerance = 1e-11,
): Eigen {
  if (count > n) throw new RangeError(`a matrix of ${n} rows has no ${count} eigenvalues`);
  const random = randomStream(0, "leading eigenvectors");
  const width = Math.min(n, count + 2);
  const basis: Float64Array[] = [];
  const images: Float64Array[] = [];
  const products: Float64Array[] = []; // row j: the dot products of basis vector j with the images of rows 0 … j
  let block = orthonormal(
    basis,
    Array.from({ length: width }, () => new Float64Array(n).map(() => random.normal())),
  );
  let nextLook = 0;
  for (;;) {
    const found = multiply(block);
    for (const [k, vector] of block.entries()) {
      const image = found[k];
      basis.push(vector);
      images.push(image);
      products.push(Float64Array.from(basis, (other) => dot(other, image)));
    }
    const m = basis.length;
    block = orthonormal(basis, images.slice(-block.length));
    const isWhole = m === n || block.length === 0;
    // Checking convergence at every step would cost more than the steps.
    if (m < nextLook && !isWhole) continue;
    nextLook = 1.25 * m;
    const projected = new Float64Array(m * m);
    for (let i = 0; i < m; i++) projected.set(products[i], i * m);
    const { values, vectors } = symmetricEigen(projected, m);
    const size = Math.max(Math.abs(values[0]), Math.abs(values[m - 1]));
    const combined = (of: Float64Array[], k: number) => {
      const sum = new Float64Array(n);
      for (let j = 0; j < m; j++) axpy(vectors[(m - 1 - k) * m + j], of[j], sum);
      return sum;
    };
    const converged = (k: number) => {
      const residual = combined(images, k);
      axpy(-values[m - 1 - k], combined(basis, k), residual);
      return norm(residual) <= tolerance * size;
    };
    const wanted = Array.from({ length: count }, (_, k) => k);
    if (isWhole || wanted.every(converged)) {
      const found = new Float64Array(count * n);
      for (const k of wanted) found.set(combined(basis, k), k * n);
      return { values: Float64Array.from(wanted, (k) => values[m - 1 - k]), vectors: found };
    }
  }
}

/**
 * The parts of `vectors` that are orthogonal to the basis and to each other, normalized. Vectors that leave only
 * rounding errors are dropped.
 */
function orthonormal(basis: readonly Float64Array[], vectors: readonly Float64Array[]): Float64Array[] {
  const kept: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    const length = norm(rest);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of [...basis, ...kept]) axpy(-dot(other, rest), other, rest);
    }
    const left = norm(rest);
    if (left <= 1e-12 * length || basis.length + kept.length >= rest.length) continue;
    scale(1 / left, rest);
    kept.push(rest);
  }
  return kept;
}
