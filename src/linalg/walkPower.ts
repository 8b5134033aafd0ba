import { type AddProduct, addProduct, view } from "./matrixProduct.js";
import { dense, type SparseMatrix, sparseProduct } from "./sparseMatrix.js";
import { PANEL, sparsePanelKernel } from "./sparsePanelKernel.js";
import { instantiate } from "./webAssembly.js";

/** How many multiplications of a dense product take the time of one with a sparse factor; more where the product is not ours. */
const DENSE_SPEED = 4;

/**
 * Pᵗ, dense, row major, of a reversible Markov chain P = A₁A₂ … Aₖ by sparse factors: a power t/2ʲ step by step, 16 columns at a time through all factors,
 * then squared j times, with the steps in between that an odd power asks for. j is such that the work is least: a step takes (stored entries) · n
 * multiplications, a square n³/2, for scaled by its stationary weights the chain is a symmetric matrix.
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
  const binary = t.toString(2);
  const entries = factors.reduce((sum, { column }) => sum + column.length, 0);
  const work = (squares: number) => (stepsFor(t, squares) - 1) * entries * n + (squares * n ** 3) / 2 / DENSE_SPEED;
  let squares = 0;
  for (let more = 1; more < binary.length; more++) if (work(more) < work(squares)) squares = more;

  const roots = weights.map(Math.sqrt);
  // WPW⁻¹ with W the roots of the weights is symmetric.
  const own = squares === 0 ? factors : symmetricFactors(factors, roots);
  const walk = stepper(own, n);
  let power: Float64Array = dense(own.reduce(sparseProduct));
  walk(power, Math.floor(t / 2 ** squares) - 1);
  if (squares === 0) return power;
  let space: Float64Array = new Float64Array(n * n);
  for (const bit of binary.slice(-squares)) {
    const factor = { ...view(power, n), symmetric: true };
    const shape = { rows: n, columns: n, inner: n };
    await product(1, factor, factor, view(space.fill(0), n), shape, { lower: true });
    [power, space] = [space, power];
    if (bit === "1") {
      for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) power[j * n + i] = power[i * n + j];
      walk(power, 1);
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const x = power[i * n + j];
      power[i * n + j] = (x * roots[j]) / roots[i];
      power[j * n + i] = (x * roots[i]) / roots[j];
    }
  }
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
/** A function that multiplies a dense n × n matrix from the left by the product of the factors, so many times, in place. */
function stepper(factors: SparseMatrix[], n: number) {
  const widest = factors.reduce((most, { rows }) => Math.max(most, rows), n);
  const { loaded, panels, times } = panelMemory(factors, widest);
  return (matrix: Float64Array, steps: number) => {
    for (let first = 0; first < n; first += PANEL) {
      const width = Math.min(PANEL, n - first);
      let at = 0;
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < width; k++) panels[at][i * PANEL + k] = matrix[i * n + first + k];
      }
      for (let step = 0; step < steps; step++) {
        for (const factor of loaded) {
          times(factor, at);
          at = 1 - at;
        }
      }
      for (let i = 0; i < n; i++) {
        for (let k = 0; k < width; k++) matrix[i * n + first + k] = panels[at][i * PANEL + k];
      }
    }
  };
}

type Run = (entry: number, value: number, rowEnd: number, lastRow: number, x: number, y: number) => void;

/** The factors and two panels of so many rows in one memory; the factors in the order in which they are applied. */
function panelMemory(factors: SparseMatrix[], rows: number) {
  const panelBytes = 8 * PANEL * rows;
  const total = factors.reduce((sum, { rows, column }) => sum + 12 * column.length + 4 * rows + 16, 2 * panelBytes);
  const { buffer, run } = instantiate<Run>(sparsePanelKernel, total);
  let free = 2 * panelBytes;
  const loaded = factors.toReversed().map(({ rows, start, column, value }) => {
    const values = new Float64Array(buffer, free, value.length);
    values.set(value);
    const offsets = new Int32Array(buffer, free + values.byteLength, column.length);
    for (let at = 0; at < column.length; at++) offsets[at] = 8 * PANEL * column[at];
    const ends = new Int32Array(buffer, offsets.byteOffset + offsets.byteLength, rows);
    for (let i = 0; i < rows; i++) ends[i] = offsets.byteOffset + 4 * start[i + 1];
    free = Math.ceil((ends.byteOffset + ends.byteLength) / 8) * 8;
    return { values, offsets, ends };
  });
  const panels = [0, 1].map((k) => new Float64Array(buffer, k * panelBytes, PANEL * rows));
  return {
    loaded,
    panels,
    /** The other panel ← factor · panel `at`. */
    times({ values, offsets, ends }: (typeof loaded)[number], at: number) {
      const last = ends.byteOffset + ends.byteLength;
      run(
        offsets.byteOffset,
        values.byteOffset,
        ends.byteOffset,
        last,
        panels[at].byteOffset,
        panels[1 - at].byteOffset,
      );
    },
  };
}
