import { randomStream } from "../linalg/random.js";
import { moments } from "./describe.js";

/**
 * Labelled items: a feature vector and a class for each. All vectors have one length, and classes are numbered from 0.
 */
export interface Labelled {
  readonly features: readonly Float64Array[];
  readonly labels: Int32Array;
}

/** Fits to some items and predicts the class of others. */
export type Classifier = (known: Labelled) => (features: Float64Array) => number;

/**
 * A k-nearest-neighbour classifier with Euclidean distance. Each of the k neighbours has one vote; a tie goes to the
 * class of the nearest. It has nothing to fit, so it needs few items. Many classes may lie along one feature, which a
 * linear rule by least squares would mask.
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
      // A Map keeps insertion order, so the class of the nearest neighbour comes first.
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
  /** The number of times that the items are divided into new folds. */
  repeats: number;
  seed: number;
}

/**
 * Stratified cross-validation. Returns for each item the share of repeats in which a classifier fitted on the other
 * folds predicts its class. The fitting folds standardize the features to mean 0 and deviation 1; constant features
 * become 0.
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

/**
 * The fold of each item. The items of each class, and all items together, are spread evenly over the folds, in an order
 * drawn by seed.
 */
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

/** How well features predict classes, compared with chance. All fields but `pValue` are shares of the items. */
export interface Assessment {
  accuracy: number;
  /** The standard error of the accuracy, from the scatter between items. */
  standardError: number;
  /** One divided by the number of classes. */
  chance: number;
  /** The share of the largest class, which is the accuracy of always predicting it. */
  majority: number;
  /** Mean and standard deviation of the accuracy when the classes are shuffled among the items. */
  shuffledMean: number;
  shuffledDeviation: number;
  /** (1 + shuffles that do at least as well) / (1 + shuffles). */
  pValue: number;
}

/**
 * The cross-validated accuracy, and the accuracy after each of `permutations` shuffles of the classes. `progress`
 * receives the share that is done.
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
  // Means with the same number of hits may differ by rounding.
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
