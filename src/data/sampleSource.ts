import { type Dataset, sampleCount, takeRows } from "./dataset.js";

/** Reports progress as a share from 0 to 1, with a short description. */
export type Progress = (fraction: number, note: string) => void;

/** Samples in the order of their files, read on demand. */
export interface SampleSource {
  readonly count: number;
  /** The class of each sample. A stratified draw keeps the shares of the classes. */
  readonly labels?: ArrayLike<number>;
  /** The samples of these rows, in this order. */
  read(rows: ArrayLike<number>, progress: Progress): Promise<Dataset>;
}

/** The samples of a dataset in memory. */
export function inMemory(dataset: Dataset): SampleSource {
  const count = sampleCount(dataset);
  const inOrder = (rows: ArrayLike<number>) =>
    rows.length === count && Array.prototype.every.call(rows, (r, i) => r === i);
  return {
    count,
    ...(dataset.task === "classification" && { labels: dataset.targets }),
    read: async (rows) => (inOrder(rows) ? dataset : takeRows(dataset, rows)),
  };
}

/** Only the samples of these rows. */
export function onlyRows({ labels, read }: SampleSource, own: ArrayLike<number>): SampleSource {
  const among = (rows: ArrayLike<number>) => Array.from(rows, (row) => own[row]);
  return {
    count: own.length,
    ...(labels && { labels: Array.from(own, (row) => labels[row]) }),
    read: (rows, progress) => read(among(rows), progress),
  };
}
