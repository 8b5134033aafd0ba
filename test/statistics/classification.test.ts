import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../src/linalg/random.js";
import { assess, crossValidate, nearestNeighborVote, stratifiedFolds } from "../../src/statistics/classification.js";

const vectors = (rows: number[][]) => rows.map((row) => Float64Array.from(row));
const noise = (count: number, width: number, seed = 0) => {
  const random = randomStream(seed, "noise");
  return Array.from({ length: count }, () => Float64Array.from({ length: width }, () => random.normal()));
};
const cyclic = (count: number, classes: number) => Int32Array.from({ length: count }, (_, i) => i % classes);
const options = { folds: 5, repeats: 4, permutations: 100, seed: 0 };

test("the nearest vote; where votes are equal, the class of the nearest", () => {
  // 0 1 . 3 4 5   on a line: classes 0 0 . 1 1 1
  const known = { features: vectors([[0], [1], [3], [4], [5]]), labels: Int32Array.of(0, 0, 1, 1, 1) };
  const at = (k: number, x: number) => nearestNeighborVote(k)(known)(Float64Array.of(x));
  assert.deepEqual([at(1, 1.9), at(1, 2.1), at(4, 1.9), at(4, 2.1), at(5, 0)], [0, 1, 0, 1, 1]);
  assert.equal(at(2, 2), 0, "of equally near ones the first");
});

test("folds are as large as one another, and each class is spread evenly over them", () => {
  const labels = Int32Array.from({ length: 53 }, (_, i) => (i < 13 ? 0 : i < 33 ? 1 : 2));
  const foldOf = stratifiedFolds(labels, 5, 0, 0);
  const sizes = (of: (i: number) => boolean) =>
    [0, 1, 2, 3, 4].map((fold) => foldOf.filter((own, i) => own === fold && of(i)).length);
  for (const wanted of [0, 1, 2, undefined]) {
    const found = sizes((i) => wanted === undefined || labels[i] === wanted);
    assert.ok(Math.max(...found) - Math.min(...found) <= 1, `${found}`);
  }
  assert.notDeepEqual(stratifiedFolds(labels, 5, 0, 1), foldOf);
  assert.deepEqual(stratifiedFolds(labels, 5, 0, 0), foldOf);
});

test("classes that lie apart are always told, though one feature is a million times as large and one is constant", () => {
  const labels = cyclic(60, 3);
  const features = noise(60, 2).map((row, i) =>
    Float64Array.of(row[0] + 20 * labels[i], 1e6 * (row[1] - 20 * labels[i]), 7),
  );
  const found = assess({ features, labels }, nearestNeighborVote(5), options);
  assert.equal(found.accuracy, 1);
  assert.equal(found.standardError, 0);
  assert.equal(found.chance, 1 / 3);
  assert.equal(found.majority, 1 / 3);
  assert.equal(found.pValue, 1 / 101);
  assert.ok(Math.abs(found.shuffledMean - 1 / 3) < 0.05, `${found.shuffledMean}`);
});

test("five classes along one feature are told, which a linear rule by least squares would not do", () => {
  const labels = Int32Array.from({ length: 100 }, (_, i) => Math.floor(i / 20));
  const features = labels.map((_, i) => i).map((i) => i);
  const found = crossValidate(
    { features: Array.from(features, (x) => Float64Array.of(x)), labels },
    nearestNeighborVote(5),
    options,
  );
  assert.ok(found.reduce((sum, x) => sum + x, 0) / 100 > 0.9);
});

test("from noise no class is told: the accuracy is chance within its error, and p-values are spread evenly", () => {
  const pValues: number[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const found = assess({ features: noise(60, 3, seed), labels: cyclic(60, 3) }, nearestNeighborVote(5), {
      ...options,
      repeats: 1,
      permutations: 39,
    });
    // The accuracy of 60 guesses has a standard deviation of √(⅓·⅔/60) = 0.061; four of them.
    assert.ok(Math.abs(found.accuracy - 1 / 3) < 0.25, `${found.accuracy}`);
    assert.ok(Math.abs(found.shuffledMean - 1 / 3) < 0.05, `${found.shuffledMean}`);
    pValues.push(found.pValue);
  }
  // Four or more of 20 uniform p-values are below 0.05 in 1.6 % of cases.
  assert.ok(pValues.filter((p) => p <= 0.05).length < 4, `${pValues}`);
  assert.ok(
    pValues.some((p) => p > 0.5),
    `${pValues}`,
  );
});

test("what is told of one fold owes nothing to that fold: a feature that names each thing is of no use", () => {
  const labels = cyclic(40, 2);
  const features = Array.from(labels, (_, i) => Float64Array.from({ length: 40 }, (_, j) => (i === j ? 1 : 0)));
  const found = crossValidate({ features, labels }, nearestNeighborVote(1), options);
  assert.ok(Math.abs(found.reduce((sum, x) => sum + x, 0) / 40 - 0.5) < 0.2);
});
