import assert from "node:assert/strict";
import { test } from "node:test";
import { type Dataset, networkSamples, sampleCount, takeRows } from "../../../src/data/dataset.js";
import { drawnDigits } from "../../../src/data/generated/digits.js";
import { markovText } from "../../../src/data/generated/markovText.js";
import { twoMoons } from "../../../src/data/generated/plane.js";
import { shapesToSegment } from "../../../src/data/generated/shapes.js";
import { evaluateSupervised } from "../../../src/models/evaluation/evaluateSupervised.js";
import type { PredictionOptions } from "../../../src/models/evaluation/predictBatches.js";
import { createPredictor } from "../../../src/models/evaluation/predictor.js";
import { type Architecture, createModel } from "../../../src/models/networks/architecture.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import type { SupervisedProblem } from "../../../src/models/problems/supervisedProblem.js";

const crossEntropy: SupervisedProblem = {
  kind: "supervised",
  loss: "cross-entropy",
  labelSmoothing: 0,
  weightPenalty: 0,
};

async function evaluate(
  architecture: Architecture,
  theta: Float64Array,
  problem: SupervisedProblem,
  dataset: Dataset,
  options: PredictionOptions = {},
) {
  const predictor = await createPredictor(architecture, { dtype: "f64" });
  try {
    return await evaluateSupervised(predictor, theta, problem, dataset, options);
  } finally {
    await predictor.release();
  }
}

/** Samples of one number, through a network whose outputs are affine in it. */
function line(inputs: number[], targets: number[], task: Dataset["task"], classes: string[] = []): Dataset {
  return {
    task,
    inputShape: [1],
    targetShape: task === "regression" ? [1] : [],
    classes,
    inputs: Float32Array.from(inputs),
    targets: Float32Array.from(targets),
    offset: [0],
    scale: [1],
  };
}
const affine = (outputs: number): Architecture => ({ kind: "mlp", widths: [1, outputs], activation: "tanh" });

test("a classifier by hand: the side of zero tells two classes apart", async () => {
  // Logits (0, x): class b is right of zero, with the probability σ(x).
  const data = line([-1, 2, 3, 1], [0, 1, 1, 0], "classification", ["a", "b"]);
  const { measures, ofClasses, confusion, nonFinite } = await evaluate(
    affine(2),
    Float64Array.of(0, 1, 0, 0),
    crossEntropy,
    data,
  );
  const softplus = (z: number) => Math.log(1 + Math.exp(z));
  const expected = (softplus(-1) + softplus(-2) + softplus(-3) + softplus(1)) / 4;
  assert.ok(Math.abs(measures.crossEntropy - expected) < 1e-14);
  assert.equal(measures.loss, measures.crossEntropy);
  assert.equal(measures.accuracy, 3 / 4);
  assert.deepEqual([...ofClasses.accuracy], [1 / 2, 1]);
  assert.deepEqual([...confusion!.counts], [1, 1, 0, 2]);
  assert.equal(nonFinite, 0);

  const smooth = { ...crossEntropy, labelSmoothing: 0.2, weightPenalty: 3 };
  const other = await evaluate(affine(2), Float64Array.of(0, 1, 0, 0), smooth, data);
  assert.ok(other.measures.loss > measures.loss + 1.5, "3/2 · (0² + 1²) and a little for the labels");
  assert.equal(other.measures.crossEntropy, measures.crossEntropy);
});

test("a regression by hand", async () => {
  // Output 2x + 1 at 0, 1, 2: 1, 3, 5 for the targets 1, 2, 6 of mean 3.
  const problem: SupervisedProblem = { ...crossEntropy, loss: "mean-squared-error" };
  const theta = Float64Array.of(2, 1);
  const { measures } = await evaluate(affine(1), theta, problem, line([0, 1, 2], [1, 2, 6], "regression"));
  assert.equal(measures.meanSquaredError, 2 / 3);
  assert.equal(measures.rSquared, 1 - 2 / 14);
  const constant = await evaluate(affine(1), theta, problem, line([0, 1, 2], [0.1, 0.1, 0.1], "regression"));
  assert.ok(Number.isNaN(constant.measures.rSquared), "constant targets leave nothing to explain");
});

test("binary labels by hand", async () => {
  const problem: SupervisedProblem = { ...crossEntropy, loss: "binary-cross-entropy" };
  const data = line([-1, 2, 3, 1], [0, 1, 1, 0], "classification", ["a", "b"]);
  const { measures, confusion } = await evaluate(affine(1), Float64Array.of(1, 0), problem, data);
  const two = await evaluate(affine(2), Float64Array.of(0, 1, 0, 0), crossEntropy, data);
  assert.ok(Math.abs(measures.binaryCrossEntropy - two.measures.crossEntropy) < 1e-14);
  assert.equal(measures.accuracy, 3 / 4);
  assert.deepEqual(confusion, two.confusion);
});

test("outputs that are not finite are counted and wrong, and the loss shows them", async () => {
  const data = line([1, Infinity, 2], [1, 1, 1], "classification", ["a", "b"]);
  const result = await evaluate(affine(2), Float64Array.of(0, 1, 0, 0), crossEntropy, data);
  assert.equal(result.nonFinite, 1);
  assert.equal(result.measures.accuracy, 2 / 3);
  assert.ok(Number.isNaN(result.measures.loss));
});

const cases: [string, Architecture, Dataset, Partial<SupervisedProblem>][] = [
  [
    "digits and a convolution net with batch norm",
    {
      kind: "cnn",
      image: [1, 28, 28],
      blocks: [{ channels: 4, kernel: 3, stride: 2, pool: "max" }],
      dense: [],
      classes: 10,
      activation: "relu",
      batchNorm: true,
    },
    drawnDigits({ count: 30, seed: 0, split: "test" }),
    { labelSmoothing: 0.1, weightPenalty: 0.01 },
  ],
  [
    "segmented shapes",
    { kind: "unet", image: [3, 16, 16], depth: 2, width: 4, classes: 3, batchNorm: true, crf: false },
    shapesToSegment({ count: 7, seed: 0, split: "test", side: 16 }),
    {},
  ],
  [
    "text",
    {
      kind: "transformer",
      task: "language",
      vocabulary: 6,
      length: 8,
      width: 8,
      heads: 2,
      depth: 1,
      hidden: 16,
      classes: 6,
    },
    markovText({ count: 9, seed: 0, split: "test", letters: 6, choices: 2, length: 8 }),
    {},
  ],
  [
    "moons, one output",
    { kind: "mlp", widths: [2, 5, 1], activation: "tanh" },
    twoMoons({ count: 20, seed: 0, split: "test", noise: 0.1 }),
    { loss: "binary-cross-entropy" },
  ],
  [
    "moons as numbers",
    { kind: "mlp", widths: [2, 5, 1], activation: "tanh" },
    twoMoons({ count: 20, seed: 0, split: "test", noise: 0.1 }),
    { loss: "mean-squared-error", weightPenalty: 0.1 },
  ],
];

for (const [name, architecture, dataset, other] of cases) {
  test(`the loss is the objective's, in batches and in any order: ${name}`, async () => {
    const problem = { ...crossEntropy, ...other };
    const model = createModel(architecture);
    const theta = model.initialize(1);
    const statistics = model.statistics && new Float64Array(model.statistics.size).fill(0.8);
    const { inputs, targets } = networkSamples(dataset);
    const objective = await createObjective(
      supervisedLoss(architecture, { inputs, targets }, { ...problem, statistics }),
      { dtype: "f64" },
    );
    const [loss] = await objective.loss(theta);
    await objective.release();
    const whole = await evaluate(architecture, theta, problem, dataset, { statistics });
    assert.ok(Math.abs(whole.measures.loss - loss) < 1e-12 * Math.max(1, loss), `${whole.measures.loss}, ${loss}`);
    assert.equal(whole.samples, sampleCount(dataset));
    if (dataset.task === "language") {
      assert.equal(whole.measures.perplexity, Math.exp(whole.measures.crossEntropy));
    }

    const reversed = takeRows(dataset, [...Array(sampleCount(dataset)).keys()].reverse());
    const pieces = await evaluate(architecture, theta, problem, reversed, { statistics, batchSize: 4 });
    assert.deepEqual(pieces.confusion, whole.confusion);
    for (const [measure, value] of Object.entries(whole.measures)) {
      assert.ok(Math.abs(pieces.measures[measure] - value) < 1e-12 * Math.max(1, Math.abs(value)), measure);
    }
    if (model.statistics) {
      const fresh = await evaluate(architecture, theta, problem, dataset, { statistics: "recomputed" });
      assert.notEqual(fresh.measures.loss, whole.measures.loss);
      await assert.rejects(evaluate(architecture, theta, problem, dataset), /needs statistics: stored ones/);
    }
  });
}
