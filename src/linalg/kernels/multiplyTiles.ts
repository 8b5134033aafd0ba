/**
 * C ← AB for packed f64 blocks at byte addresses. A consists of panels of 4 rows, with 4 entries for each inner index.
 * B consists of panels of 4 columns, likewise. C consists of 4 × 4 tiles, row by row; the tiles of one panel of A
 * follow each other. `panelBytes` is the length of a panel in bytes, a multiple of 64, which is 2 inner indices. The
 * sum over the inner index runs in order.
 *
 * A tile stays in registers: `sum2r` is the right half of row 2.
 */
export function multiplyTiles(a: usize, endA: usize, b: usize, endB: usize, c: usize, panelBytes: usize): void {
  do {
    let fromB = b;
    const stopA = a + panelBytes;
    do {
      let fromA = a;
      let sum0l = f64x2.splat(0);
      let sum0r = f64x2.splat(0);
      let sum1l = f64x2.splat(0);
      let sum1r = f64x2.splat(0);
      let sum2l = f64x2.splat(0);
      let sum2r = f64x2.splat(0);
      let sum3l = f64x2.splat(0);
      let sum3r = f64x2.splat(0);
      do {
        // Tile += column k of the panel of A × row k of the panel of B, for k and the next inner index.
        let left = v128.load(fromB);
        let right = v128.load(fromB, 16);
        let factor = v128.load64_splat(fromA);
        sum0l = f64x2.add(sum0l, f64x2.mul(factor, left));
        sum0r = f64x2.add(sum0r, f64x2.mul(factor, right));
        factor = v128.load64_splat(fromA, 8);
        sum1l = f64x2.add(sum1l, f64x2.mul(factor, left));
        sum1r = f64x2.add(sum1r, f64x2.mul(factor, right));
        factor = v128.load64_splat(fromA, 16);
        sum2l = f64x2.add(sum2l, f64x2.mul(factor, left));
        sum2r = f64x2.add(sum2r, f64x2.mul(factor, right));
        factor = v128.load64_splat(fromA, 24);
        sum3l = f64x2.add(sum3l, f64x2.mul(factor, left));
        sum3r = f64x2.add(sum3r, f64x2.mul(factor, right));

        left = v128.load(fromB, 32);
        right = v128.load(fromB, 48);
        factor = v128.load64_splat(fromA, 32);
        sum0l = f64x2.add(sum0l, f64x2.mul(factor, left));
        sum0r = f64x2.add(sum0r, f64x2.mul(factor, right));
        factor = v128.load64_splat(fromA, 40);
        sum1l = f64x2.add(sum1l, f64x2.mul(factor, left));
        sum1r = f64x2.add(sum1r, f64x2.mul(factor, right));
        factor = v128.load64_splat(fromA, 48);
        sum2l = f64x2.add(sum2l, f64x2.mul(factor, left));
        sum2r = f64x2.add(sum2r, f64x2.mul(factor, right));
        factor = v128.load64_splat(fromA, 56);
        sum3l = f64x2.add(sum3l, f64x2.mul(factor, left));
        sum3r = f64x2.add(sum3r, f64x2.mul(factor, right));
        fromA += 64;
        fromB += 64;
      } while (fromA < stopA);
      v128.store(c, sum0l);
      v128.store(c, sum0r, 16);
      v128.store(c, sum1l, 32);
      v128.store(c, sum1r, 48);
      v128.store(c, sum2l, 64);
      v128.store(c, sum2r, 80);
      v128.store(c, sum3l, 96);
      v128.store(c, sum3r, 112);
      c += 128;
    } while (fromB < endB);
    a = stopA;
  } while (a < endA);
}
