import { randomStream } from "../linalg/random.js";
import { moments } from "./describe.js";

/** Things to be told apart: a vector of features each, all of one length, and a class each, from 0 up. */
export interface Labelled {
  readonly features: readonly Float64Array[];
  readonly labels: Int32Array;
}

/** Learns from some things to name the class of others. */
export type Classifier = (known: Labelled) => (features: Float64Array) => number;

/**
 * The k nearest neighbours by Euclidean distance vote, each once; of classes with equally many votes that of the
 * nearest. It has nothing to fit, so it needs few things and many classes may lie along one feature, which a linear
 * rule by least squares would mask.
 */
export function nearestNeighborVote(k: number): Classifier {
  return ({ features, labels }) => {
    const nearest = new Int32Array(Math.min(k, features.length));
    const squares = new Float64Array(nearest.length);
    return (query) => {
      squares.fill(Infinity);
      for (const [i, known] of features.entries()) {
        const square = squaredDistance(known, query);
        let place = Math.min(i, nearest.length);
        for (; place > 0 && squares[place - 1] > square; place--) {
          if (place === nearest.length) continue;
          squares[place] = squares[place - 1];
          nearest[place] = nearest[place - 1];
        }
        if (place < nearest.length) [squares[place], nearest[place]] = [square, i];
      }
      const votes = new Map<number, number>();
      for (const i of nearest) votes.set(labels[i], (votes.get(labels[i]) ?? 0) + 1);
      // A map keeps the order in which classes came: the nearest first.
      let [best, most] = [-1, 0];
      for (const [label, count] of votes) if (count > most) [best, most] = [label, count];
      return best;
    };
  };
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}

export interface CrossValidation {
  folds: number;
  /** How often all is divided into folds anew. */
  repeats: number;
  seed: number;
}

/**
 * Stratified cross-validation: how often each thing's class was found, as a share of the repeats, by a classifier that
 * learnt from the other folds. Features are brought to mean 0 and deviation 1 by those that are learnt from; constant
 * ones count 0.
 */
export function crossValidate(
  { features, labels }: Labelled,
  classifier: Classifier,
  { folds, repeats, seed }: CrossValidation,
): Float64Array {
  const found = new Float64Array(labels.length);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOf = stratifiedFolds(labels, folds, seed, repeat);
    for (let fold = 0; fold < folds; fold++) {
      const rows = Array.from(labels.keys());
      const known = rows.filter((i) => foldOf[i] !== fold);
      const standardize = standardization(known.map((i) => features[i]));
      const classify = classifier({
        features: known.map((i) => standardize(features[i])),
        labels: Int32Array.from(known, (i) => labels[i]),
      });
      for (const i of rows) {
        if (foldOf[i] === fold && classify(standardize(features[i])) === labels[i]) found[i]++;
      }
    }
  }
  return found.map((times) => times / repeats);
}

/** A fold for each thing: those of one class are spread evenly in an order drawn by seed, and so are all. */
export function stratifiedFolds(labels: Int32Array, folds: number, seed: number, repeat: number): Int32Array {
  const order = randomStream(seed, "folds", repeat).sample(labels.length, labels.length);
  const byClass = Array.from(order).sort((i, j) => labels[i] - labels[j]);
  const foldOf = new Int32Array(labels.length);
  for (const [place, i] of byClass.entries()) foldOf[i] = place % folds;
  return foldOf;
}

function standardization(rows: readonly Float64Array[]): (row: Float64Array) => Float64Array {
  const scales = Array.from(rows[0], (_, j) => moments(Float64Array.from(rows, (row) => row[j])));
  return (row) => row.map((x, j) => (scales[j].deviation > 0 ? (x - scales[j].mean) / scales[j].deviation : 0));
}

/** How well classes can be told from features, and what chance gives. All but `pValue` are shares of the things. */
export interface Assessment {
  accuracy: number;
  /** The standard error of the accuracy, by the scatter between things. */
  standardError: number;
  /** One in so many classes. */
  chance: number;
  /** The share of the largest class: the accuracy of always naming it. */
  majority: number;
  /** Mean and standard deviation of the accuracy where the classes are shuffled among the things. */
  shuffledMean: number;
  shuffledDeviation: number;
  /** (1 + shufflings that do at least as well) / (1 + shufflings). */
  pValue: number;
}

/**
 * Cross-validated accuracy beside that after `permutations` shufflings of the classes. `progress` hears the share that
 * is done.
 */
export function assess(
  things: Labelled,
  classifier: Classifier,
  { permutations, ...validation }: CrossValidation & { permutations: number },
  progress: (fraction: number) => void = () => {},
): Assessment {
  const { features, labels } = things;
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const { mean: accuracy, deviation } = moments(crossValidate(things, classifier, validation));
  const shuffled = Float64Array.from({ length: permutations }, (_, k) => {
    progress((k + 1) / (permutations + 1));
    const order = randomStream(validation.seed, "shuffled", k).sample(labels.length, labels.length);
    const others = { features, labels: Int32Array.from(order, (i) => labels[i]) };
    return moments(crossValidate(others, classifier, validation)).mean;
  });
  const chance = moments(shuffled);
  // Means of equally many hits may differ by rounding.
  const asGood = shuffled.filter((share) => share >= accuracy - 1e-9).length;
  return {
    accuracy,
    standardError: deviation / Math.sqrt(labels.length),
    chance: 1 / counts.size,
    majority: Math.max(...counts.values()) / labels.length,
    shuffledMean: chance.mean,
    shuffledDeviation: chance.deviation,
    pValue: (1 + asGood) / (1 + permutations),
  };
}
