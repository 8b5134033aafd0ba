import { sumOfPair } from "./shared/pairs";

/**
 * y ← y + αx, then Σ yᵢzᵢ, for f64 vectors at the byte addresses x, y, z. y ends at the address `end`. The length is a
 * positive multiple of 8 entries. It keeps four pairs of partial sums, in the order of `axpyDot` in vectors.ts.
 */
export function axpyDot(alpha: f64, x: usize, y: usize, z: usize, end: usize): f64 {
  const factor = f64x2.splat(alpha);
  let sum0 = f64x2.splat(0);
  let sum1 = f64x2.splat(0);
  let sum2 = f64x2.splat(0);
  let sum3 = f64x2.splat(0);
  do {
    const y0 = f64x2.add(v128.load(y), f64x2.mul(factor, v128.load(x)));
    v128.store(y, y0);
    sum0 = f64x2.add(sum0, f64x2.mul(y0, v128.load(z)));
    const y1 = f64x2.add(v128.load(y, 16), f64x2.mul(factor, v128.load(x, 16)));
    v128.store(y, y1, 16);
    sum1 = f64x2.add(sum1, f64x2.mul(y1, v128.load(z, 16)));
    const y2 = f64x2.add(v128.load(y, 32), f64x2.mul(factor, v128.load(x, 32)));
    v128.store(y, y2, 32);
    sum2 = f64x2.add(sum2, f64x2.mul(y2, v128.load(z, 32)));
    const y3 = f64x2.add(v128.load(y, 48), f64x2.mul(factor, v128.load(x, 48)));
    v128.store(y, y3, 48);
    sum3 = f64x2.add(sum3, f64x2.mul(y3, v128.load(z, 48)));
    x += 64;
    z += 64;
    y += 64;
  } while (y < end);
  return sumOfPair(sum0) + sumOfPair(sum1) + (sumOfPair(sum2) + sumOfPair(sum3));
}
