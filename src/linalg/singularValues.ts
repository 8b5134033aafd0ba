import { dense, type SparseMatrix, sparseProduct, transposed } from "./sparseMatrix.js";
import { symmetricEigen } from "./symmetricEigen.js";

/**
 * The singular values of a matrix, descending, as the square roots of the eigenvalues of AAᵀ. With ε the rounding unit, those far above √ε of the
 * largest are exact to a few ε of it; of smaller ones, an error of √ε of the largest.
 */
export function singularValues(matrix: SparseMatrix): Float64Array {
  const gram = dense(sparseProduct(matrix, transposed(matrix)));
  const { values } = symmetricEigen(gram, matrix.rows);
  return values.reverse().map((value) => Math.sqrt(Math.max(0, value)));
}
