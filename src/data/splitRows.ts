import { randomStream } from "../linalg/random.js";

export type Part = "all" | "train" | "validation" | "test";

export interface SplitOptions {
  readonly testFraction: number;
  readonly validationFraction: number;
  readonly splitSeed: number;
}

/**
 * The rows of one part of `count` samples, in order. round(testFraction · count) rows drawn by seed make the part test,
 * round(validationFraction · count) other rows make validation, and the rest make train.
 *
 * @throws Error when the part is empty.
 */
export function splitRows(
  count: number,
  part: Part,
  { testFraction, validationFraction, splitSeed }: SplitOptions,
): Int32Array {
  const sizes = partSizes(count, part, testFraction, validationFraction);
  if (part === "all") return Int32Array.from({ length: count }, (_, row) => row);
  const order = randomStream(splitSeed, "split").sample(count, count);
  const from = { test: 0, validation: sizes.test, train: sizes.test + sizes.validation }[part];
  return order.slice(from, from + sizes[part]).sort();
}

/** The number of samples, or characters, in each part. Throws Error when `part` is empty. */
export function partSizes(count: number, part: Part, testFraction: number, validationFraction: number) {
  const test = Math.min(count, Math.round(testFraction * count));
  const validation = Math.min(count - test, Math.round(validationFraction * count));
  const sizes = { all: count, test, validation, train: count - test - validation };
  if (sizes[part] === 0) {
    throw new Error(
      `the part ${part} of ${count} is empty: testFraction is ${testFraction}, validationFraction ${validationFraction}`,
    );
  }
  return sizes;
}
