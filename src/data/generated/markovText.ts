import { randomStream } from "../../linalg/random.js";
import type { Dataset } from "../dataset.js";
import type { GeneratorOptions } from "./options.js";

const alphabet = "abcdefghijklmnopqrstuvwxyz .,";

/** A Markov chain of order 2 on letters: for each pair of letters the probabilities of the next. */
export interface MarkovChain {
  readonly letters: string;
  /** [letters², letters] */
  readonly next: Float64Array;
}

/**
 * A random chain. About `choices` letters are likely after each pair, with weights 1, ½, ⅓, …; every letter keeps a
 * probability of 1e-3 divided by the number of letters. A model that sees only the last letter does worse.
 */
export function markovChain(seed: number, letters: number, choices: number): MarkovChain {
  const next = new Float64Array(letters ** 3);
  for (let pair = 0; pair < letters ** 2; pair++) {
    const random = randomStream(seed, "markov chain", pair);
    const likely = random.sample(letters, Math.min(choices, letters));
    const total = likely.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
    for (let letter = 0; letter < letters; letter++) next[pair * letters + letter] = 0.001 / letters;
    likely.forEach((letter, rank) => {
      next[pair * letters + letter] += 0.999 / (rank + 1) / total;
    });
  }
  return { letters: alphabet.slice(0, letters), next };
}

/**
 * Text of a random Markov chain, for next-letter prediction: the inputs are `length` letters, the targets the letter
 * after each. The chain depends only on the seed. Sample i of a split depends only on the seed, the split and i.
 */
export function markovText(
  options: GeneratorOptions & { readonly letters: number; readonly choices: number; readonly length: number },
): Dataset {
  const { count, seed, split, letters, choices, length } = options;
  const { next } = markovChain(seed, letters, choices);
  const inputs = new Uint8Array(count * length);
  const targets = new Uint8Array(count * length);
  for (let i = 0; i < count; i++) {
    const random = randomStream(seed, "markov text", split, i);
    let [before, last] = [random.integer(letters), random.integer(letters)];
    for (let step = -WARM_UP; step <= length; step++) {
      const follows = drawn(next, (before * letters + last) * letters, letters, random.uniform());
      [before, last] = [last, follows];
      if (step >= 0 && step < length) inputs[i * length + step] = follows;
      if (step > 0) targets[i * length + step - 1] = follows;
    }
  }
  return {
    task: "language",
    inputShape: [length],
    targetShape: [length],
    classes: [...alphabet.slice(0, letters)],
    inputs,
    targets,
    offset: [0],
    scale: [1],
  };
}

/**
 * The number of letters skipped at the start, so that a sample does not begin with letters that the chain rarely
 * produces.
 */
const WARM_UP = 20;

function drawn(probabilities: Float64Array, from: number, count: number, uniform: number): number {
  let left = uniform;
  for (let letter = 0; letter < count - 1; letter++) {
    left -= probabilities[from + letter];
    if (left < 0) return letter;
  }
  return count - 1;
}

/**
 * The least mean cross-entropy, in nats per letter, of a prediction from the two letters before: the entropy rate of
 * the chain under its stationary distribution (Shannon 1948).
 */
export function entropyRate({ letters, next }: MarkovChain): number {
  const n = letters.length;
  let share = new Float64Array(n * n).fill(1 / (n * n));
  for (let step = 0; step < 2000; step++) {
    const after = new Float64Array(n * n);
    for (let pair = 0; pair < n * n; pair++) {
      for (let letter = 0; letter < n; letter++) {
        after[(pair % n) * n + letter] += share[pair] * next[pair * n + letter];
      }
    }
    const change = after.reduce((sum, value, pair) => sum + Math.abs(value - share[pair]), 0);
    share = after;
    if (change < 1e-14) break;
  }
  return share.reduce((sum, weight, pair) => {
    const row = next.subarray(pair * n, (pair + 1) * n);
    return sum - weight * row.reduce((own, p) => own + p * Math.log(p), 0);
  }, 0);
}
