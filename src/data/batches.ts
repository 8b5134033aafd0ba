import { randomStream } from "../linalg/random.js";
import { type Dataset, inputSize, type Numbers, sampleType, targetSize } from "./dataset.js";

/**
 * The rows of a dataset of `count` samples in the order of an epoch, in batches. The last batch may be smaller, or is
 * dropped.
 */
export function batchRows(
  count: number,
  { batchSize, dropLast, seed, epoch }: { batchSize: number; dropLast: boolean; seed: number; epoch: number },
): Int32Array[] {
  const order = randomStream(seed, "batches", epoch).sample(count, count);
  return Array.from({ length: batchCount(count, batchSize, dropLast) }, (_, k) =>
    order.subarray(k * batchSize, (k + 1) * batchSize),
  );
}

/** The number of batches in an epoch. */
export const batchCount = (count: number, batchSize: number, dropLast: boolean): number =>
  dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);

/** A batch, sample after sample: [count × inputs] as a network sees them, and [count × targets]. */
export interface Batch {
  readonly count: number;
  readonly inputs: Numbers;
  readonly targets: Numbers;
}

/** Gathers samples of a dataset into buffers. The next call with as many rows reuses them. */
export function batchGatherer(): (dataset: Dataset, rows: ArrayLike<number>) => Batch {
  const buffers = new Map<string, Batch>();
  return (dataset, rows) => {
    const count = rows.length;
    const [width, places] = [inputSize(dataset), targetSize(dataset)];
    const [inputType, targetType] = [sampleType(dataset.inputs), sampleType(dataset.targets)];
    const key = `${count} ${inputType.name} ${targetType.name}`;
    const known = buffers.get(key) ?? {
      count,
      inputs: new inputType(count * width),
      targets: new targetType(count * places),
    };
    buffers.set(key, known);
    const copy = (from: Dataset["inputs" | "targets"], size: number, to: Numbers) => {
      for (let b = 0; b < count; b++) to.set(from.subarray(rows[b] * size, (rows[b] + 1) * size), b * size);
    };
    copy(dataset.inputs, width, known.inputs);
    copy(dataset.targets, places, known.targets);
    standardize(known.inputs, dataset);
    return known;
  };
}

/** (entry − offset) · scale for each entry of the samples, in place. */
function standardize(inputs: Numbers, { inputShape, offset, scale }: Dataset): void {
  const channels = offset.length > 1 || scale.length > 1 ? inputShape[0] : 1;
  const perChannel = inputShape.reduce((product, length) => product * length, 1) / channels;
  for (let start = 0, c = 0; start < inputs.length; start += perChannel, c = (c + 1) % channels) {
    const [o, s] = [offset[offset.length > 1 ? c : 0], scale[scale.length > 1 ? c : 0]];
    if (o === 0 && s === 1) continue;
    for (let k = start; k < start + perChannel; k++) inputs[k] = (inputs[k] - o) * s;
  }
}
