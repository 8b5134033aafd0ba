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
    const channels = offset.length > 1 || scale.length > 1 ? dataset.inputShape[0] : 1;
    const perChannel = width / channels;
    for (let c = 0; c < channels; c++) {
      const [o, s] = [offset[offset.length > 1 ? c : 0], scale[scale.length > 1 ? c : 0]];
      gatherColumns(dataset.inputs, width, rows, [c * perChannel, (c + 1) * perChannel], inputs, o, s);
    }
    for (let k = 0; k < places; k++) {
      for (let b = 0; b < count; b++) targets[k * count + b] = dataset.targets[rows[b] * places + k];
    }
    return known;
  };
}

/** Columns `begin` to `end` of rows of a matrix, as rows: (entry − offset) · scale. In tiles that the fastest cache holds. */
function gatherColumns(
  matrix: Dataset["inputs"],
  width: number,
  rows: ArrayLike<number>,
  [begin, end]: readonly [number, number],
  into: Float32Array,
  offset: number,
  scale: number,
) {
  const count = rows.length;
  for (let first = begin; first < end; first += TILE) {
    const last = Math.min(first + TILE, end);
    for (let b = 0; b < count; b++) {
      const from = rows[b] * width;
      for (let k = first; k < last; k++) into[k * count + b] = (matrix[from + k] - offset) * scale;
    }
  }
}

const TILE = 16;
