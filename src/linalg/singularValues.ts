import type { AddProduct } from "./matrixProduct.js";
import { type SparseMatrix, transposed } from "./sparseMatrix.js";
import { symmetricEigenvalues } from "./symmetricEigenvalues.js";

/**
 * The singular values of a matrix, descending, as the square roots of the eigenvalues of AAᵀ. A value σ has an error of
 * about ε·σ₁²/σ, at most √ε·σ₁, with ε the rounding unit. So values down to 10⁻⁶ of the largest have nine correct
 * decimals, and zeros may come out as 10⁻⁸.
 */
export async function singularValues(matrix: SparseMatrix, product?: AddProduct): Promise<Float64Array> {
  const gram = gramOf(matrix);
  const values = await symmetricEigenvalues(gram, matrix.rows, product);
  return values.reverse().map((value) => Math.sqrt(Math.max(0, value)));
}

/** The lower triangle of the dense matrix AAᵀ. */
function gramOf(matrix: SparseMatrix): Float64Array {
  const { rows, start, column, value } = matrix;
  const across = transposed(matrix);
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      const k = column[at];
      for (let to = across.start[k]; to < across.start[k + 1] && across.column[to] <= i; to++) {
        gram[i * rows + across.column[to]] += value[at] * across.value[to];
      }
    }
  }
  return gram;
}
