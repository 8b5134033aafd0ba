import { type AddProduct, addProduct, view } from "./matrixProduct.js";
import { mirror } from "./mirror.js";
import { dense, type SparseMatrix, sparseProduct, transposed } from "./sparseMatrix.js";
import { timesSparse } from "./sparsePanels.js";
import { transpose } from "./transpose.js";

/**
 * How many multiplications of a dense product take as long as one with a sparse factor: 1 to 2 in ours, about 8 in ONNX
 * Runtime's.
 */
const DENSE_SPEED = 4;

/**
 * Pᵗ, dense, row major, of a reversible Markov chain P = A₁A₂ … Aₖ by sparse factors: a power t/2ʲ step by step, then
 * squared j times, with the steps in between that an odd power asks for. j is such that the work is least: a step takes
 * (stored entries) · n multiplications, of the factors or of their product, whichever has fewer; a square n³/2, for
 * scaled by its stationary weights the chain is a symmetric matrix.
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
  // WPW⁻¹ with W the roots of the weights is symmetric.
  const own = squares === 0 ? steps : symmetricFactors(steps, roots);
  const walk = timesSparse(own);
  // The walk goes over columns: they are the rows of the transposed matrix, which the symmetric one is itself.
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

/** How many single steps make the t-th power with so many squares. */
function stepsFor(t: number, squares: number): number {
  const odd = t.toString(2).slice(-squares).replaceAll("0", "").length;
  return Math.floor(t / 2 ** squares) + (squares > 0 ? odd : 0);
}

/** The first factor's rows times the roots, the last one's columns divided by them. */
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
