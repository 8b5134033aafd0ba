import { batchGatherer } from "../../data/batches.js";
import { type Dataset, sampleCount } from "../../data/dataset.js";
import type { Evaluation, MiniBatch } from "../problems/miniBatch.js";

/**
 * Loss and accuracy over all samples of a dataset, in batches, with the given statistics of batch norms (empty without
 * batch norms).
 */
export function sampleEvaluator(programs: MiniBatch, batchSize: number) {
  const gather = batchGatherer();
  return async (dataset: Dataset, theta: Float64Array, statistics?: Float64Array): Promise<Evaluation> => {
    const count = sampleCount(dataset);
    let [loss, right] = [0, 0];
    for (let start = 0; start < count; start += batchSize) {
      const rows = Int32Array.from({ length: Math.min(batchSize, count - start) }, (_, i) => start + i);
      const stored = statistics?.length ? statistics : undefined;
      const found = await programs.evaluate(theta, gather(dataset, rows), stored);
      loss += found.loss * rows.length;
      right += (found.accuracy ?? Number.NaN) * rows.length;
    }
    return { loss: loss / count, ...(!Number.isNaN(right) && { accuracy: right / count }) };
  };
}
