import { type AddProduct, addProduct, view } from "./matrixProduct.js";
import { mirror } from "./mirror.js";
import { dense, type SparseMatrix, sparseProduct, transposed } from "./sparseMatrix.js";
import { timesSparse } from "./sparsePanels.js";
import { transpose } from "./transpose.js";

/**
 * The number of multiplications of a dense product that take as long as one multiplication with a sparse factor: 1 to 2
 * with our kernels, about 8 with ONNX Runtime.
 */
const DENSE_SPEED = 4;

/**
 * Pᵗ, dense, row-major, of a reversible Markov chain P = A₁A₂ … Aₖ with sparse factors. It computes the power t/2ʲ step
 * by step, then squares it j times, with an extra step after a square when the power is odd. It chooses the j with the
 * least work. A step takes (stored entries) · n multiplications, of the factors or of their product, whichever has
 * fewer. A square takes n³/2, because the chain scaled by its stationary weights is a symmetric matrix.
 *
 * @param weights of the n states: weights[i]·P[i, j] = weights[j]·P[j, i].
 * @param t a positive integer.
 */
export async function walkPower(
  factors: SparseMatrix[],
  weights: Float64Array,
  t: number,
  product: AddProduct = addProduct,
): Promise<Float64Array> {
  const n = weights.length;
  const whole = factors.reduce(sparseProduct);
  const stored = factors.reduce((sum, { column }) => sum + column.length, 0);
  const entries = Math.min(stored, whole.column.length);
  const work = (squares: number) => (stepsFor(t, squares) - 1) * entries * n + (squares * n ** 3) / 2 / DENSE_SPEED;
  const binary = t.toString(2);
  let squares = 0;
  for (let more = 1; more < binary.length; more++) if (work(more) < work(squares)) squares = more;

  const roots = weights.map(Math.sqrt);
  const steps = entries < stored ? [whole] : factors;
  // WPW⁻¹ is symmetric, with W the square roots of the weights.
  const own = squares === 0 ? steps : symmetricFactors(steps, roots);
  const walk = timesSparse(own);
  // The steps multiply columns, which are the rows of the transposed matrix. The symmetric matrix is its own transpose.
  let power: Float64Array = dense(transposed(own.reduce(sparseProduct)));
  walk(power, Math.floor(t / 2 ** squares) - 1);
  if (squares === 0) return transpose(power, n);
  let space: Float64Array = new Float64Array(n * n);
  for (const bit of binary.slice(-squares)) {
    const factor = { ...view(power, n), symmetric: true };
    const shape = { rows: n, columns: n, inner: n };
    await product(1, factor, factor, view(space.fill(0), n), shape, { lower: true });
    [power, space] = [space, power];
    if (bit === "0") continue;
    mirror(power, n);
    walk(power, 1);
  }
  mirror(power, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) power[i * n + j] *= roots[j] / roots[i];
  return power;
}

/** The number of single steps for the t-th power after this many squares. */
function stepsFor(t: number, squares: number): number {
  const odd = t.toString(2).slice(-squares).replaceAll("0", "").length;
  return Math.floor(t / 2 ** squares) + (squares > 0 ? odd : 0);
}

/** Multiplies the rows of the first factor by the roots and divides the columns of the last one by them. */
function symmetricFactors(factors: SparseMatrix[], roots: Float64Array): SparseMatrix[] {
  return factors.map((factor, k) => {
    const value = factor.value.slice();
    for (let i = 0; i < factor.rows; i++) {
      for (let at = factor.start[i]; at < factor.start[i + 1]; at++) {
        if (k === 0) value[at] *= roots[i];
        if (k === factors.length - 1) value[at] /= roots[factor.column[at]];
      }
    }
    return { ...factor, value };
  });
}
