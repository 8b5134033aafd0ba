import { readFileSync } from "node:fs";
import { type CsvTable, readCsv } from "../../files/csv.js";
import { readParquet } from "../../files/parquet.js";
import type { Dataset } from "../dataset.js";
import type { SampleSource } from "../sampleSource.js";
import { partOf, storedNumbers, type TableOptions } from "./arrays.js";

type TextTable = Pick<CsvTable, "names" | "rows" | "lineOf" | "column" | "texts">;

export interface TableColumns extends TableOptions {
  readonly target: string;
  readonly features?: readonly string[];
  readonly task: "classification" | "regression";
}

/**
 * Samples from the rows of a CSV file. For classification the distinct values of the target column are the classes,
 * sorted by size when all are numbers, otherwise by code unit.
 *
 * @throws Error with its place for a file without column names, missing columns, and cells that should be finite
 * numbers.
 */
export function table(path: string, options: TableColumns): SampleSource {
  return sourceOf(readCsv(readFileSync(path), path), path, options);
}

/** The same from the columns of a Parquet file. Rejects for the same reasons, and like readParquet. */
export async function parquetTable(path: string, options: TableColumns): Promise<SampleSource> {
  return sourceOf(await readParquet(readFileSync(path), path), path, options);
}

function sourceOf(csv: TextTable, path: string, options: TableColumns): SampleSource {
  const { names, rows, lineOf } = csv;
  if (names === undefined) throw new Error(`${path} has no column names; expected them in its first line`);
  const indexOf = (column: string) => {
    const places = names.flatMap((name, c) => (name === column ? [c] : []));
    if (places.length === 1) return places[0];
    const fault = places.length === 0 ? `no column "${column}"` : `${places.length} columns "${column}"`;
    throw new Error(`${path} has ${fault}; its columns are ${names.join(", ")}`);
  };
  const finite = (column: string) => {
    const values = csv.column(indexOf(column));
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row < 0) return values;
    throw new Error(`${path}:${lineOf(row)} column "${column}" is ${values[row]}; expected a finite number`);
  };
  const target = indexOf(options.target);
  const features = options.features ?? names.filter((_, c) => c !== target);
  if (features.length === 0) throw new Error(`${path} has no column besides the target "${options.target}"`);
  if (features.includes(options.target)) throw new Error(`the target "${options.target}" is among the features`);
  const columns = features.map(finite);
  const inputs = new Float64Array(rows * columns.length);
  columns.forEach((values, c) => {
    for (let row = 0; row < rows; row++) inputs[row * columns.length + c] = values[row];
  });
  const labels =
    options.task === "regression"
      ? { targetShape: [1], classes: [], targets: storedNumbers(finite(options.target)) }
      : { targetShape: [], ...classesOf(csv.texts(target), path, options.target) };
  const dataset: Dataset = {
    task: options.task,
    inputShape: [columns.length],
    inputs: storedNumbers(inputs),
    ...labels,
    offset: [0],
    scale: [1],
  };
  return partOf(dataset, options);
}

function classesOf(texts: readonly string[], path: string, column: string): Pick<Dataset, "classes" | "targets"> {
  const different = [...new Set(texts)];
  if (different.includes(""))
    throw new Error(`${path}: column "${column}" has an empty cell; expected a class in each row`);
  const numeric = different.every((text) => Number.isFinite(Number(text)));
  const classes = numeric ? different.sort((a, b) => Number(a) - Number(b)) : different.sort();
  if (classes.length < 2)
    throw new Error(`${path}: column "${column}" holds one class, ${classes[0]}; expected two or more`);
  const place = new Map(classes.map((name, label) => [name, label]));
  const labels = texts.map((text) => place.get(text) as number);
  return { classes, targets: classes.length <= 256 ? Uint8Array.from(labels) : Int32Array.from(labels) };
}
