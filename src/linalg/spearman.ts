/**
 * Spearman's rank correlation of two lists of equal length: the correlation of their ranks. Equal values share the mean
 * of their ranks. NaN when one list is constant.
 */
export function spearman(a: Float64Array, b: Float64Array): number {
  const [x, y] = [centredRanks(a), centredRanks(b)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += x[i] * y[i];
    xx += x[i] * x[i];
    yy += y[i] * y[i];
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}

/** Ranks minus their mean. */
function centredRanks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const count = (isBelow: (other: number) => boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBelow(sorted[middle])) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return values.map(
    (value) => (count((other) => other < value) + count((other) => other <= value) - sorted.length) / 2,
  );
}
