import type { Summary } from "../../src/artifact/artifact.js";

/** The number of losses and their range, for a summary. Losses that are not finite are counted separately. */
export function lossFacts(loss: Float64Array): Summary & { nonFinite: number } {
  let lowestLoss = Infinity;
  let highestLoss = -Infinity;
  let nonFinite = 0;
  for (const value of loss) {
    if (!Number.isFinite(value)) nonFinite++;
    else {
      lowestLoss = Math.min(lowestLoss, value);
      highestLoss = Math.max(highestLoss, value);
    }
  }
  return { points: loss.length, lowestLoss, highestLoss, nonFinite };
}
