import { sumOfPair } from "./shared/pairs";

/** Axes of a reflection. Equal to BAND_WIDTH of bandToTridiagonal.ts, a multiple of 16. */
const WIDTH: usize = 48;
/** Bytes from a row of the band to the next. A row holds 2·WIDTH subdiagonal entries, the diagonal, and a zero. */
const STRIDE: usize = 8 * (2 * WIDTH + 2);
/** Bytes from an entry to the entry below it in the same column of the matrix. */
const DOWN: usize = STRIDE - 8;

/**
 * Applies H = I − factor·vvᵀ on WIDTH axes of a symmetric band matrix from both sides. A row of the matrix is STRIDE
 * bytes long and holds the columns up to the diagonal, then a zero.
 *
 * `corner` is the address of the diagonal entry of the first axis. The kernel applies H from the left to the columns
 * from the address `left` up to the corner; `left` lies in the corner's row, and equals the corner when there are no
 * such columns. It applies H from both sides to the square on the diagonal, and from the right to as many rows below
 * it. `v` and `image` are addresses of WIDTH entries.
 */
export function reflect(corner: usize, v: usize, image: usize, left: usize, factor: f64): void {
  for (; left < corner; left += 128) reflectColumns(left, v, factor);
  multiplySquare(corner, v, image);
  reflectSquare(corner, v, image, factor);
  reflectRows(corner + WIDTH * DOWN, v, factor);
}

/** HB for 16 columns B. The sums stay in registers. */
function reflectColumns(columns: usize, v: usize, factor: f64): void {
  const endV = v + 8 * WIDTH;
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let sum2 = f64x2.splat(0);
  let sum3 = f64x2.splat(0);
  let sum4 = f64x2.splat(0);
  let sum5 = f64x2.splat(0);
  let sum6 = f64x2.splat(0);
  let sum7 = f64x2.splat(0);
  let row = columns;
  for (let atV = v; atV < endV; atV += 8) {
    const x = v128.load64_splat(atV);
    sum0 = f64x2.add(sum0, f64x2.mul(x, v128.load(row)));
    sum1 = f64x2.add(sum1, f64x2.mul(x, v128.load(row, 16)));
    sum2 = f64x2.add(sum2, f64x2.mul(x, v128.load(row, 32)));
    sum3 = f64x2.add(sum3, f64x2.mul(x, v128.load(row, 48)));
    sum4 = f64x2.add(sum4, f64x2.mul(x, v128.load(row, 64)));
    sum5 = f64x2.add(sum5, f64x2.mul(x, v128.load(row, 80)));
    sum6 = f64x2.add(sum6, f64x2.mul(x, v128.load(row, 96)));
    sum7 = f64x2.add(sum7, f64x2.mul(x, v128.load(row, 112)));
    row += DOWN;
  }
  const factors = f64x2.splat(factor);
  sum0 = f64x2.mul(sum0, factors);
  sum1 = f64x2.mul(sum1, factors);
  sum2 = f64x2.mul(sum2, factors);
  sum3 = f64x2.mul(sum3, factors);
  sum4 = f64x2.mul(sum4, factors);
  sum5 = f64x2.mul(sum5, factors);
  sum6 = f64x2.mul(sum6, factors);
  sum7 = f64x2.mul(sum7, factors);
  row = columns;
  for (let atV = v; atV < endV; atV += 8) {
    const x = v128.load64_splat(atV);
    v128.store(row, f64x2.sub(v128.load(row), f64x2.mul(x, sum0)));
    v128.store(row, f64x2.sub(v128.load(row, 16), f64x2.mul(x, sum1)), 16);
    v128.store(row, f64x2.sub(v128.load(row, 32), f64x2.mul(x, sum2)), 32);
    v128.store(row, f64x2.sub(v128.load(row, 48), f64x2.mul(x, sum3)), 48);
    v128.store(row, f64x2.sub(v128.load(row, 64), f64x2.mul(x, sum4)), 64);
    v128.store(row, f64x2.sub(v128.load(row, 80), f64x2.mul(x, sum5)), 80);
    v128.store(row, f64x2.sub(v128.load(row, 96), f64x2.mul(x, sum6)), 96);
    v128.store(row, f64x2.sub(v128.load(row, 112), f64x2.mul(x, sum7)), 112);
    row += DOWN;
  }
}

/** image ← Bv from the lower triangle of B. The product with the diagonal is counted twice and subtracted once. */
function multiplySquare(corner: usize, v: usize, image: usize): void {
  for (let offset: usize = 0; offset < 8 * WIDTH; offset += 16) v128.store(image + offset, f64x2.splat(0));
  let row = corner;
  for (let i: usize = 0; i < 8 * WIDTH; i += 8) {
    const x = v128.load64_splat(v + i);
    let sum = f64x2.splat(0);
    for (let j: usize = 0; j <= i; j += 16) {
      const entries = v128.load(row + j);
      sum = f64x2.add(sum, f64x2.mul(entries, v128.load(v + j)));
      v128.store(image + j, f64x2.add(v128.load(image + j), f64x2.mul(entries, x)));
    }
    store<f64>(image + i, load<f64>(image + i) + sumOfPair(sum) - load<f64>(row + i) * load<f64>(v + i));
    row += DOWN;
  }
}

/** B ← HBH = B − vwᵀ − wvᵀ with w = factor·Bv − ½factor²(vᵀBv)v; `image` holds Bv and then w. */
function reflectSquare(corner: usize, v: usize, image: usize, factor: f64): void {
  let sum = f64x2.splat(0);
  for (let j: usize = 0; j < 8 * WIDTH; j += 16) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(v + j), v128.load(image + j)));
  }
  const ofV = f64x2.splat(sumOfPair(sum) * factor * factor * 0.5);
  const ofImage = f64x2.splat(factor);
  for (let j: usize = 0; j < 8 * WIDTH; j += 16) {
    const w = f64x2.sub(f64x2.mul(v128.load(image + j), ofImage), f64x2.mul(v128.load(v + j), ofV));
    v128.store(image + j, w);
  }
  let row = corner;
  for (let i: usize = 0; i < 8 * WIDTH; i += 8) {
    const x = v128.load64_splat(v + i);
    const y = v128.load64_splat(image + i);
    for (let j: usize = 0; j <= i; j += 16) {
      const change = f64x2.add(f64x2.mul(x, v128.load(image + j)), f64x2.mul(y, v128.load(v + j)));
      v128.store(row + j, f64x2.sub(v128.load(row + j), change));
    }
    store<f64>(row + i, 0, 8);
    row += DOWN;
  }
}

/** BH for the WIDTH rows B from the address `row` on. */
function reflectRows(row: usize, v: usize, factor: f64): void {
  for (let i: usize = 0; i < WIDTH; i++) {
    let even = f64x2.splat(0);
    let odd = f64x2.splat(0);
    for (let j: usize = 0; j < 8 * WIDTH; j += 64) {
      even = f64x2.add(even, f64x2.mul(v128.load(row + j), v128.load(v + j)));
      odd = f64x2.add(odd, f64x2.mul(v128.load(row + j, 16), v128.load(v + j, 16)));
      even = f64x2.add(even, f64x2.mul(v128.load(row + j, 32), v128.load(v + j, 32)));
      odd = f64x2.add(odd, f64x2.mul(v128.load(row + j, 48), v128.load(v + j, 48)));
    }
    const along = f64x2.splat((sumOfPair(even) + sumOfPair(odd)) * factor);
    for (let j: usize = 0; j < 8 * WIDTH; j += 64) {
      v128.store(row + j, f64x2.sub(v128.load(row + j), f64x2.mul(along, v128.load(v + j))));
      v128.store(row + j, f64x2.sub(v128.load(row + j, 16), f64x2.mul(along, v128.load(v + j, 16))), 16);
      v128.store(row + j, f64x2.sub(v128.load(row + j, 32), f64x2.mul(along, v128.load(v + j, 32))), 32);
      v128.store(row + j, f64x2.sub(v128.load(row + j, 48), f64x2.mul(along, v128.load(v + j, 48))), 48);
    }
    row += DOWN;
  }
}
