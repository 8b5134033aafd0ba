import { readFileSync } from "node:fs";
import { readHdf5 } from "../../files/hdf5.js";
import type { NpyArray } from "../../files/npy.js";
import { openNpz } from "../../files/npz.js";
import type { NumberArray } from "../../files/numberArrays.js";
import { rowMajor } from "../../files/rowMajor.js";
import type { Dataset, Numbers } from "../dataset.js";
import { requireLabels } from "../requireLabels.js";
import { inMemory, onlyRows, type SampleSource } from "../sampleSource.js";
import { type Part, type SplitOptions, splitRows } from "../splitRows.js";
import { scalingOf } from "../standardize.js";

const MOST_CLASSES = 65536;

export interface TableOptions extends SplitOptions {
  readonly split: Part;
  readonly standardize: boolean;
}

export interface ArraysOptions extends TableOptions {
  readonly inputs: string;
  readonly targets: string;
  readonly task: "classification" | "segmentation" | "language" | "regression";
  readonly classes?: readonly string[];
}

/**
 * Samples from two arrays of an .npz file. The inputs are [N, features], [N, height, width] or [N, channels, height,
 * width], as bytes or numbers. The targets depend on the task: labels [N], labels of pixels [N, height, width] or of
 * sequence positions [N, length], or numbers [N] or [N, values].
 *
 * @throws Error for a file or an array that is damaged or missing, shapes that do not fit the task or each other,
 * labels that are not integers from 0 or exceed `classes`, and numbers that are not finite.
 */
export function arrays(path: string, options: ArraysOptions): SampleSource {
  return sourceOf(openNpz(readFileSync(path), path), path, options);
}

/** The same from two datasets of an HDF5 file, given by their paths. Rejects for the same reasons. */
export function hdf5Arrays(path: string, options: ArraysOptions): Promise<SampleSource> {
  return readHdf5(readFileSync(path), path, ({ datasets }) => {
    const file = new Map<string, () => NpyArray>();
    for (const [key, { shape, read }] of datasets) {
      file.set(key, () => ({ shape: [...shape], values: read(), fortranOrder: false }));
    }
    return sourceOf(file, path, options);
  });
}

function sourceOf(file: ReadonlyMap<string, () => NpyArray>, path: string, options: ArraysOptions): SampleSource {
  const { task, classes: names } = options;
  const read = (key: string) => {
    const array = file.get(key);
    if (array) return array();
    throw new Error(`${path} has no array "${key}"; its arrays are ${[...file.keys()].join(", ") || "none"}`);
  };
  const inputs = read(options.inputs);
  const targets = read(options.targets);
  const [count, ...sample] = inputs.shape;
  const [labelled, ...place] = targets.shape;
  const shapes = `${options.inputs} is ${inputs.shape.join(" × ")}, ${options.targets} ${targets.shape.join(" × ")}`;
  if (count !== labelled || count === 0)
    throw new Error(`${path}: ${shapes}; expected as many samples in both, one or more`);
  const inputShape = sample.length === 2 ? [1, ...sample] : sample;
  const fits = {
    classification: place.length === 0,
    segmentation: inputShape.length === 3 && place.join() === inputShape.slice(1).join(),
    language: inputShape.length === 1 && place.join() === inputShape.join(),
    regression: place.length <= 1,
  };
  if (![1, 3].includes(inputShape.length) || !fits[task]) {
    throw new Error(`${path}: ${shapes}; expected inputs and targets for ${task}, as the parameters describe them`);
  }
  const values = rowMajorOf(targets);
  const inputValues = rowMajorOf(inputs);
  requireFinite(inputValues, `${path}: ${options.inputs}`);
  let labels: Pick<Dataset, "targets" | "classes">;
  if (task === "regression") {
    requireFinite(values, `${path}: ${options.targets}`);
    labels = { targets: storedNumbers(values), classes: [] };
  } else {
    requireLabels(values, names?.length ?? MOST_CLASSES, (i) => `${path}: number ${i + 1} of ${options.targets}`);
    let most = names?.length ?? 0;
    for (const label of values) most = Math.max(most, label + 1);
    labels = {
      targets: most <= 256 ? Uint8Array.from(values) : Int32Array.from(values),
      classes: names ?? Array.from({ length: most }, (_, label) => String(label)),
    };
  }
  const dataset: Dataset = {
    task,
    inputShape,
    targetShape: task === "regression" && place.length === 0 ? [1] : place,
    inputs: inputValues instanceof Uint8Array ? inputValues : storedNumbers(inputValues),
    ...labels,
    offset: [0],
    scale: [1],
  };
  return partOf(dataset, options);
}

/** One part of a dataset, standardised by its part train, or by all samples when the part is all of them. */
export function partOf(dataset: Dataset, options: TableOptions): SampleSource {
  const whole = inMemory(dataset);
  const part = splitRows(whole.count, options.split, options);
  if (!options.standardize) return onlyRows(whole, part);
  const known = splitRows(whole.count, options.split === "all" ? "all" : "train", options);
  return onlyRows(inMemory({ ...dataset, ...scalingOf(dataset, known) }), part);
}

/** Numbers in f32 when that represents each of them exactly, otherwise in f64. Numbers of this type are not copied. */
export function storedNumbers(values: ArrayLike<number>): Numbers {
  if (values instanceof Float32Array) return values;
  for (let i = 0; i < values.length; i++) {
    if (Math.fround(values[i]) !== values[i])
      return values instanceof Float64Array ? values : Float64Array.from(values);
  }
  return Float32Array.from(values);
}

/** The numbers with the last index fastest; bytes stay bytes. */
function rowMajorOf(array: NpyArray): NumberArray {
  if (!array.fortranOrder) return array.values;
  return array.values instanceof Uint8Array ? Uint8Array.from(rowMajor(array)) : rowMajor(array);
}

function requireFinite(values: NumberArray, name: string): void {
  const at = values.findIndex((value: number) => !Number.isFinite(value));
  if (at >= 0) throw new Error(`${name}: number ${at + 1} is ${values[at]}; expected finite numbers`);
}
