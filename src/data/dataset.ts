/** Samples to learn from, one after the other, as they are stored. */
export interface Dataset {
  /**
   * classification: one label per sample. segmentation: one label per pixel. language: one label per token, the next
   * token. regression: numbers.
   */
  readonly task: "classification" | "segmentation" | "language" | "regression";
  /** The shape of one sample: [features], [channels, height, width] or [tokens]. */
  readonly inputShape: readonly number[];
  /** The shape of one target: [] for one label, [height, width], [tokens] or [values]. */
  readonly targetShape: readonly number[];
  /** The names of the labels 0, 1, …; for language the tokens; empty for regression. */
  readonly classes: readonly string[];
  /** [N × inputs]. f64 when a file holds numbers that f32 would round. */
  readonly inputs: Float64Array | Float32Array | Uint8Array;
  /** [N × targets]. Labels are integers from 0. Numbers have the type of the inputs. */
  readonly targets: Float64Array | Float32Array | Int32Array | Uint8Array;
  /**
   * A network sees (input − offset[c]) · scale[c], where c is the index on the first axis of `inputShape`. A single
   * entry applies to all indices. So images stay bytes until they are needed.
   */
  readonly offset: readonly number[];
  readonly scale: readonly number[];
}

/** The number of entries in an array of this shape. */
const sizeOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

export const inputSize = ({ inputShape }: Dataset): number => sizeOf(inputShape);
export const targetSize = ({ targetShape }: Dataset): number => sizeOf(targetShape);
export const sampleCount = (dataset: Dataset): number => dataset.inputs.length / inputSize(dataset);

export type Numbers = Float64Array | Float32Array;

/** The number type that a network sees: f64 when numbers are stored in it, otherwise f32. */
export const sampleType = (stored: ArrayBufferView): typeof Float64Array | typeof Float32Array =>
  stored instanceof Float64Array ? Float64Array : Float32Array;

/**
 * The samples of these rows (all by default) as a network sees them: inputs [n × inputs] and targets [n × targets].
 * They are scaled in f64 and rounded at most once, at the end.
 */
export function networkSamples(
  dataset: Dataset,
  rows: ArrayLike<number> = Array.from({ length: sampleCount(dataset) }, (_, row) => row),
): { inputs: Numbers; targets: Numbers } {
  const { inputShape, offset, scale } = dataset;
  const [width, places] = [inputSize(dataset), targetSize(dataset)];
  const perChannel = width / inputShape[0];
  const inputs = new (sampleType(dataset.inputs))(rows.length * width);
  const targets = new (sampleType(dataset.targets))(rows.length * places);
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < inputShape[0]; c++) {
      const [o, s] = [offset[offset.length > 1 ? c : 0], scale[scale.length > 1 ? c : 0]];
      const from = rows[i] * width + c * perChannel;
      const to = i * width + c * perChannel;
      for (let k = 0; k < perChannel; k++) inputs[to + k] = (dataset.inputs[from + k] - o) * s;
    }
    targets.set(dataset.targets.subarray(rows[i] * places, (rows[i] + 1) * places), i * places);
  }
  return { inputs, targets };
}

/** The dataset with only these rows, in this order. */
export function takeRows(dataset: Dataset, rows: ArrayLike<number>): Dataset {
  return {
    ...dataset,
    inputs: gathered(dataset.inputs, inputSize(dataset), rows),
    targets: gathered(dataset.targets, targetSize(dataset), rows),
  };
}

function gathered<T extends Dataset["inputs"] | Dataset["targets"]>(
  values: T,
  width: number,
  rows: ArrayLike<number>,
): T {
  const taken = new (values.constructor as new (length: number) => T)(rows.length * width);
  for (let i = 0; i < rows.length; i++) taken.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
  return taken;
}
