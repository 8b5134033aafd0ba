import { type Random, randomStream } from "../linalg/random.js";

export interface SubsetOptions {
  /** The maximum number of samples. */
  readonly limit?: number;
  /** The share of the samples. */
  readonly fraction?: number;
  /** Keeps the shares of the classes. */
  readonly stratify?: boolean;
  readonly seed: number;
}

/**
 * The rows of a random subset of `count` samples: min(limit, max(1, round(fraction · count))) of them. A smaller subset
 * with the same seed is the start of a larger one. Without limit and fraction it has all rows, in order. In a
 * stratified subset the number of samples of each class differs from its proportional share by less than one.
 *
 * @throws Error when a stratified draw has no labels.
 */
export function drawSubset(
  { count, labels }: { readonly count: number; readonly labels?: ArrayLike<number> },
  { limit, fraction, stratify = false, seed }: SubsetOptions,
): Int32Array {
  if (limit === undefined && fraction === undefined) return Int32Array.from({ length: count }, (_, row) => row);
  const size = Math.min(
    limit ?? count,
    fraction === undefined ? count : Math.max(1, Math.round(fraction * count)),
    count,
  );
  const random = randomStream(seed, "subset");
  if (!stratify) return random.sample(count, size);
  if (labels === undefined) throw new Error("a stratified subset needs classes; these samples have none");
  return stratified(labels, size, random);
}

/**
 * Orders the rows so that in every prefix of n rows the size of each class differs from its share by less than one: the
 * chairman assignment (Tijdeman 1980). Among the classes that lag behind their share by 1/(2k−2) or more, with k
 * classes in all, the next is the class with the earliest deadline.
 */
function stratified(labels: ArrayLike<number>, size: number, random: Random): Int32Array {
  const order = random.sample(labels.length, labels.length);
  const queues = new Map<number, number[]>();
  for (const row of order) {
    const queue = queues.get(labels[row]);
    if (queue) queue.push(row);
    else queues.set(labels[row], [row]);
  }
  const classes = [...queues].sort(([a], [b]) => a - b).map(([, rows]) => ({ rows, taken: 0 }));
  const total = labels.length;
  // Lags are counted in units of 1/total of a sample, so that they are integers.
  const threshold = classes.length > 1 ? total / (2 * classes.length - 2) : 0;
  return Int32Array.from({ length: size }, (_, n) => {
    let next = classes[0];
    let soonest = Infinity;
    for (const own of classes) {
      const lag = own.rows.length * (n + 1) - total * own.taken;
      const due = (total - threshold - lag) / own.rows.length;
      if (lag >= threshold && due < soonest) [next, soonest] = [own, due];
    }
    return next.rows[next.taken++];
  });
}
