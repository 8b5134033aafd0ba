import type { AddProduct } from "./matrixProduct.js";
import { dense, type SparseMatrix, sparseProduct, transposed } from "./sparseMatrix.js";
import { symmetricEigenvalues } from "./symmetricEigenvalues.js";

/**
 * The singular values of a matrix, descending, as the square roots of the eigenvalues of AAᵀ. With ε the rounding unit, a value σ has an error of about
 * ε·σ₁²/σ, at most √ε·σ₁: values down to 10⁻⁶ of the largest have nine correct digits behind the point, and zeros may come out as 10⁻⁸.
 */
export async function singularValues(matrix: SparseMatrix, product?: AddProduct): Promise<Float64Array> {
  const gram = dense(sparseProduct(matrix, transposed(matrix)));
  const values = await symmetricEigenvalues(gram, matrix.rows, product);
  return values.reverse().map((value) => Math.sqrt(Math.max(0, value)));
}
