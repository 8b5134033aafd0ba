import { randomStream } from "../linalg/random.js";
import { type Dataset, inputSize, targetSize } from "./dataset.js";

/** The rows of a dataset of `count` samples in the order of an epoch, in batches. The last may be smaller, or is dropped. */
export function batchRows(
  count: number,
  { batchSize, dropLast, seed, epoch }: { batchSize: number; dropLast: boolean; seed: number; epoch: number },
): Int32Array[] {
  const order = randomStream(seed, "batches", epoch).sample(count, count);
  return Array.from({ length: batchCount(count, batchSize, dropLast) }, (_, k) =>
    order.subarray(k * batchSize, (k + 1) * batchSize),
  );
}

/** How many batches an epoch has. */
export const batchCount = (count: number, batchSize: number, dropLast: boolean): number =>
  dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);

/** A batch as columns: [inputs × count] as a network sees them, and [targets × count]. */
export interface BatchColumns {
  readonly count: number;
  readonly inputs: Float32Array;
  readonly targets: Float32Array;
}

/** Gathers samples of a dataset as columns, into buffers that the next call with as many rows fills again. */
export function columnGatherer(): (dataset: Dataset, rows: ArrayLike<number>) => BatchColumns {
  const buffers = new Map<number, BatchColumns>();
  return (dataset, rows) => {
    const count = rows.length;
    const [width, places] = [inputSize(dataset), targetSize(dataset)];
    const known = buffers.get(count) ?? {
      count,
      inputs: new Float32Array(width * count),
      targets: new Float32Array(places * count),
    };
    buffers.set(count, known);
    const { inputs, targets } = known;
    const { offset, scale } = dataset;
    const perChannel = width / dataset.inputShape[0];
    for (let k = 0; k < width; k++) {
      const c = Math.floor(k / perChannel);
      const [o, s] = [offset[offset.length > 1 ? c : 0], scale[scale.length > 1 ? c : 0]];
      for (let b = 0; b < count; b++) inputs[k * count + b] = (dataset.inputs[rows[b] * width + k] - o) * s;
    }
    for (let k = 0; k < places; k++) {
      for (let b = 0; b < count; b++) targets[k * count + b] = dataset.targets[rows[b] * places + k];
    }
    return known;
  };
}
