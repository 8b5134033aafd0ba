/**
 * Y = MX for a sparse matrix M in compressed rows and dense, row-major f64 matrices X and Y of 16 columns. All
 * arguments are byte addresses.
 *
 * `entry` holds for each stored entry the i32 byte offset of its row of X; `value` holds the f64 values of the entries;
 * `rowEnd` … `lastRow` holds for each row of M the i32 address just after its last entry in `entry`. Sums run in the
 * order of the stored entries. A row of Y stays in eight registers, two columns in each.
 */
export function timesPanel(entry: usize, value: usize, rowEnd: usize, lastRow: usize, x: usize, y: usize): void {
  do {
    const stop = load<u32>(rowEnd);
    let sum0 = f64x2.splat(0);
    let sum1 = f64x2.splat(0);
    let sum2 = f64x2.splat(0);
    let sum3 = f64x2.splat(0);
    let sum4 = f64x2.splat(0);
    let sum5 = f64x2.splat(0);
    let sum6 = f64x2.splat(0);
    let sum7 = f64x2.splat(0);
    while (entry < stop) {
      const row = x + load<u32>(entry);
      const factor = v128.load64_splat(value);
      sum0 = f64x2.add(sum0, f64x2.mul(factor, v128.load(row)));
      sum1 = f64x2.add(sum1, f64x2.mul(factor, v128.load(row, 16)));
      sum2 = f64x2.add(sum2, f64x2.mul(factor, v128.load(row, 32)));
      sum3 = f64x2.add(sum3, f64x2.mul(factor, v128.load(row, 48)));
      sum4 = f64x2.add(sum4, f64x2.mul(factor, v128.load(row, 64)));
      sum5 = f64x2.add(sum5, f64x2.mul(factor, v128.load(row, 80)));
      sum6 = f64x2.add(sum6, f64x2.mul(factor, v128.load(row, 96)));
      sum7 = f64x2.add(sum7, f64x2.mul(factor, v128.load(row, 112)));
      entry += 4;
      value += 8;
    }
    v128.store(y, sum0);
    v128.store(y, sum1, 16);
    v128.store(y, sum2, 32);
    v128.store(y, sum3, 48);
    v128.store(y, sum4, 64);
    v128.store(y, sum5, 80);
    v128.store(y, sum6, 96);
    v128.store(y, sum7, 112);
    y += 128;
    rowEnd += 4;
  } while (rowEnd < lastRow);
}
