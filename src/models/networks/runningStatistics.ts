import { tensorSize } from "./layout.js";
import type { ModelStatistics } from "./model.js";

/** Statistics before any batch: mean 0, variance 1. */
export function initialStatistics({ layout, size }: ModelStatistics): Float64Array {
  const statistics = new Float64Array(size);
  for (const tensor of layout) {
    if (isVariance(tensor)) statistics.fill(1, tensor.offset, tensor.offset + tensorSize(tensor));
  }
  return statistics;
}

/**
 * Moves running statistics, in place, by a share of the way (0.1, like `torch.nn.BatchNorm2d`) towards those of a batch
 * of `count` samples. The batch's variances divide by their number n; the running ones use the unbiased n − 1.
 */
export function followStatistics(
  running: Float64Array,
  batch: Float64Array,
  count: number,
  { layout, places }: ModelStatistics,
  share = 0.1,
): void {
  for (const [k, tensor] of layout.entries()) {
    const n = places[k] * count;
    const factor = isVariance(tensor) ? n / Math.max(1, n - 1) : 1;
    for (let i = tensor.offset; i < tensor.offset + tensorSize(tensor); i++) {
      running[i] += share * (factor * batch[i] - running[i]);
    }
  }
}

const isVariance = ({ name }: { name: string }) => name.endsWith(".variance");
