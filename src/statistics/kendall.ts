/**
 * Kendall's τ-b of two lists of equal length, in O(n log n) after Knight, "A computer method for calculating Kendall's
 * tau with ungrouped data" (1966): the discordant pairs are the exchanges of a merge sort. Ties count as neither
 * concordant nor discordant. NaN when one list is constant or has fewer than two numbers.
 */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i] - a[j] || b[i] - b[j]);
  const x = Float64Array.from(order, (i) => a[i]);
  const y = Float64Array.from(order, (i) => b[i]);
  const pairs = (n * (n - 1)) / 2;
  const tiedX = tiedPairs(n, (i) => x[i] === x[i - 1]);
  const tiedBoth = tiedPairs(n, (i) => x[i] === x[i - 1] && y[i] === y[i - 1]);
  const discordant = exchanges(y);
  const tiedY = tiedPairs(n, (i) => y[i] === y[i - 1]);
  const difference = pairs - tiedX - tiedY + tiedBoth - 2 * discordant;
  const scale = Math.sqrt(pairs - tiedX) * Math.sqrt(pairs - tiedY);
  return scale === 0 ? Number.NaN : Math.max(-1, Math.min(1, difference / scale));
}

/** The number of pairs of equal items in a sorted list. */
function tiedPairs(n: number, isTied: (i: number) => boolean): number {
  let [total, run] = [0, 0];
  for (let i = 1; i < n; i++) {
    run = isTied(i) ? run + 1 : 0;
    total += run;
  }
  return total;
}

/** Sorts `values` in place and counts the pairs in the wrong order. */
function exchanges(values: Float64Array): number {
  const n = values.length;
  let total = 0;
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(n);
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const [middle, end] = [Math.min(start + width, n), Math.min(start + 2 * width, n)];
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        if (right >= end || (left < middle && from[left] <= from[right])) to[at] = from[left++];
        else {
          total += middle - left;
          to[at] = from[right++];
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return total;
}
