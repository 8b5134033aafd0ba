/** Corrects the p-values of several tests for their number. */

export type Correction = "none" | "bonferroni" | "holm" | "benjamini-hochberg";

/**
 * bonferroni and holm (1979) bound the probability of any false discovery. benjamini-hochberg (1995) bounds the
 * expected share of false ones among the discoveries. NaN stays NaN and does not count as a test.
 */
export function correctedPValues(pValues: Float64Array, correction: Correction): Float64Array {
  const order = Int32Array.from(pValues.keys()).filter((i) => !Number.isNaN(pValues[i]));
  order.sort((i, j) => pValues[i] - pValues[j]);
  const m = order.length;
  const corrected = new Float64Array(pValues.length).fill(Number.NaN);
  switch (correction) {
    case "none":
      return pValues.slice();
    case "bonferroni":
      for (const i of order) corrected[i] = Math.min(1, m * pValues[i]);
      return corrected;
    case "holm": {
      let least = 0;
      for (const [rank, i] of order.entries()) {
        least = Math.max(least, Math.min(1, (m - rank) * pValues[i]));
        corrected[i] = least;
      }
      return corrected;
    }
    case "benjamini-hochberg": {
      let most = 1;
      for (let rank = m - 1; rank >= 0; rank--) {
        most = Math.min(most, (m * pValues[order[rank]]) / (rank + 1));
        corrected[order[rank]] = most;
      }
      return corrected;
    }
    default:
      return correction satisfies never;
  }
}
