import { BAND_WIDTH, bandToTridiagonal } from "./bandToTridiagonal.js";
import { type AddProduct, addProduct, type MatrixView, turned, view } from "./matrixProduct.js";
import { finiteMax, powerOfTwoAbove } from "./symmetricEigen.js";
import { tridiagonalEigenvalues } from "./tridiagonalEigenvalues.js";
import { type VectorArena, vectorArena } from "./vectorArena.js";
import { dot, scale } from "./vectors.js";

/**
 * The eigenvalues of a dense symmetric matrix, ascending, without eigenvectors. Blocks of reflections reduce the matrix
 * to a band, with most of the work in matrix products (Bischof, Lang & Sun 2000, *A framework for symmetric band
 * reduction*); the band becomes a tridiagonal matrix, and implicit QL finds its eigenvalues. O(n³); errors are of the
 * order of ε‖A‖.
 *
 * @param matrix n × n, row-major. Only the lower triangle is read. The matrix is overwritten.
 * @throws RangeError when the matrix does not have n² entries; Error when an entry is NaN or infinite.
 */
export async function symmetricEigenvalues(
  matrix: Float64Array,
  n: number,
  product: AddProduct = addProduct,
): Promise<Float64Array> {
  if (matrix.length !== n * n) throw new RangeError(`a ${n}×${n} matrix has ${n * n} entries, found ${matrix.length}`);
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, finiteMax(matrix.subarray(i * n, i * n + i + 1), `row ${i}`));
  const scaling = powerOfTwoAbove(largest);
  for (let i = 0; i < n; i++) scale(1 / scaling, matrix.subarray(i * n, i * n + i + 1));
  const space = n > BAND_WIDTH + 1 ? workspace(n) : undefined;
  for (let first = 0; space && first + BAND_WIDTH + 1 < n; first += BAND_WIDTH) {
    await reduceColumns(matrix, n, first, space, product);
  }
  const { diagonal, offDiagonal } = bandToTridiagonal(matrix, n);
  return tridiagonalEigenvalues(diagonal, offDiagonal).map((value) => value * scaling);
}

/** The buffers of the reduction, for blocks of n rows. */
function workspace(n: number) {
  const block = () => new Float64Array(n * BAND_WIDTH);
  return {
    arena: vectorArena(BAND_WIDTH + 1, n),
    v: block(),
    image: block(),
    both: new Float64Array(4 * n * BAND_WIDTH),
  };
}

/**
 * Makes the BAND_WIDTH columns from `first` on zero below the band by reflections I − VTVᵀ of the axes below them
 * (Schreiber & Van Loan 1989). Applies the reflections to the rest of the matrix: B ← B − VWᵀ − WVᵀ with W = BVT −
 * ½V(TᵀVᵀBVT).
 */
async function reduceColumns(
  matrix: Float64Array,
  n: number,
  first: number,
  space: ReturnType<typeof workspace>,
  product: AddProduct,
): Promise<void> {
  const top = first + BAND_WIDTH;
  const size = n - top;
  const count = Math.min(BAND_WIDTH, size - 1);
  const v = space.v.subarray(0, count * size).fill(0);
  const factors = reflectColumns(matrix, n, first, space.arena, v);
  const vectors: MatrixView = turned(view(v, size));
  const overlaps = new Float64Array(count * count);
  await product(1, view(v, size), vectors, view(overlaps, count), { rows: count, columns: count, inner: size });
  const t = new Float64Array(count * count);
  for (let c = 0; c < count; c++) {
    for (let k = 0; k < c; k++) {
      for (let l = k; l < c; l++) t[k * count + c] -= factors[c] * t[k * count + l] * overlaps[l * count + c];
    }
    t[c * count + c] = factors[c];
  }

  const rest: MatrixView = { ...view(matrix, n, top * n + top), symmetric: true };
  const image = space.image.subarray(0, size * count).fill(0);
  await product(1, rest, vectors, view(image, count), { rows: size, columns: count, inner: size });
  // [V W] and [W V], row by row, so that the update is one product.
  const both = space.both.subarray(0, 4 * size * count).fill(0);
  const vw = view(both, 2 * count);
  const wv = view(both, 2 * count, 2 * size * count);
  const w = { ...vw, offset: count };
  await product(1, view(image, count), view(t, count), w, { rows: size, columns: count, inner: count });
  const inner = new Float64Array(count * count);
  await product(1, turned(vectors), w, view(inner, count), { rows: count, columns: count, inner: size });
  const small = new Float64Array(count * count);
  await product(1, turned(view(t, count)), view(inner, count), view(small, count), {
    rows: count,
    columns: count,
    inner: count,
  });
  await product(-0.5, vectors, view(small, count), w, { rows: size, columns: count, inner: count });
  for (let r = 0; r < size; r++) {
    for (let c = 0; c < count; c++) {
      const x = v[c * size + r];
      both[r * 2 * count + c] = x;
      both[wv.offset + r * 2 * count + count + c] = x;
      both[wv.offset + r * 2 * count + c] = both[r * 2 * count + count + c];
    }
  }
  await product(-1, vw, turned(wv), rest, { rows: size, columns: size, inner: 2 * count }, { lower: true });
}

/**
 * Makes BAND_WIDTH columns zero below the band by reflections I − factor·vvᵀ, one after the other. Returns their
 * factors and writes the vectors to the rows of `v`, which must be zero.
 */
function reflectColumns(
  matrix: Float64Array,
  n: number,
  first: number,
  { vectors, axpyDot }: VectorArena,
  v: Float64Array,
): Float64Array {
  const top = first + BAND_WIDTH;
  const size = n - top;
  const count = v.length / size;
  // Rows keep their places in the vectors of the arena. Entries above the end of the band are 0.
  const start = top - (top % 8);
  const [column, ...reflectors] = vectors.map((vector) => vector.subarray(start).fill(0));
  const factors = new Float64Array(count);
  for (let c = 0; c < BAND_WIDTH; c++) {
    const x = column.subarray(top - start, n - start);
    for (let r = 0; r < size; r++) x[r] = matrix[(top + r) * n + first + c];
    const before = Math.min(c, count);
    let overlap = before > 0 ? dot(reflectors[0], column) : 0;
    for (let k = 0; k < before; k++) {
      overlap = axpyDot(-factors[k] * overlap, reflectors[k], column, reflectors[Math.min(k + 1, before - 1)]);
    }
    if (c < count) {
      const reflector = v.subarray(c * size, (c + 1) * size);
      const found = reflectorOf(x, c, reflector);
      factors[c] = found.factor;
      x[c] = found.image;
      reflectors[c].set(reflector, top - start);
    }
    for (let r = 0; r < size; r++) matrix[(top + r) * n + first + c] = r > c ? 0 : x[r];
  }
  return factors;
}

/**
 * The vector v for which (I − factor·vvᵀ)x is zero below entry `at`; v is zero above that entry and 1 there. Also
 * returns the new value of the entry. The factor is 0 when x already has this form.
 */
function reflectorOf(x: Float64Array, at: number, v: Float64Array): { factor: number; image: number } {
  const tail = x.subarray(at + 1);
  const square = dot(tail, tail);
  const head = x[at];
  if (square === 0) return { factor: 0, image: head };
  const length = Math.sqrt(head * head + square);
  const image = head > 0 ? -length : length;
  const pivot = head - image;
  v[at] = 1;
  for (let r = at + 1; r < x.length; r++) v[r] = x[r] / pivot;
  return { factor: -pivot / image, image };
}
