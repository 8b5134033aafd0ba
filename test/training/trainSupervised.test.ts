import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "../../src/data/dataset.js";
import { twoMoons } from "../../src/data/generated/plane.js";
import { colouredShapes } from "../../src/data/generated/shapes.js";
import type { Architecture } from "../../src/models/networks/architecture.js";
import { initialState } from "../../src/models/networks/networkState.js";
import type { Evaluate } from "../../src/training/optimization.js";
import type { Optimizer } from "../../src/training/optimizer.js";
import { sgd } from "../../src/training/sgd.js";
import type { TrainingHooks, TrainingResult, TrainingState } from "../../src/training/trainingRecord.js";
import { trainMiniBatches } from "../../src/training/trainMiniBatches.js";
import { type SolutionTraining, trainSolution } from "../../src/training/trainSolution.js";
import { type SupervisedTraining, trainSupervised } from "../../src/training/trainSupervised.js";
import { createUpdate } from "../../src/training/update.js";

const quiet: TrainingHooks = { save: () => {}, progress: () => {} };

/** A state as the store keeps it: JSON, and copies. */
function stored({ facts, vectors }: TrainingState): TrainingState {
  const text = JSON.stringify(facts, (_, value) => (Number.isNaN(value) ? "NaN" : value));
  const read = JSON.parse(text, (_, value) => (value === "NaN" ? Number.NaN : value));
  return { facts: read, vectors: vectors.map((vector) => vector.slice()) };
}

/** Ends a training at its n-th state, and gives that. */
async function killed(run: (hooks: TrainingHooks) => Promise<unknown>, n: number, resume?: TrainingState) {
  let state: TrainingState | undefined;
  const save = (make: () => TrainingState) => {
    if (--n > 0) return;
    state = stored(make());
    throw new Error("killed");
  };
  await assert.rejects(run({ ...quiet, save, resume }), /killed/);
  return state as TrainingState;
}

/** Killed three times, at states 3, 4 later and 2 later: the same result as a training that was left alone. */
async function requireSame(run: (hooks: TrainingHooks) => Promise<TrainingResult>): Promise<TrainingResult> {
  const whole = await run(quiet);
  const first = await killed(run, 3);
  const second = await killed(run, 4, first);
  const third = await killed(run, 2, second);
  assert.deepEqual(await run({ ...quiet, resume: third }), whole);
  return whole;
}

const moons = (count: number, split = "train") => twoMoons({ count, seed: 0, split, noise: 0.2 });

type FromInitialWeights = Omit<SupervisedTraining, "start">;

const fromInitialWeights = (training: FromInitialWeights, hooks: TrainingHooks) => {
  const { architecture, seed } = training;
  return trainSupervised({ ...training, start: initialState(architecture, seed, "default") }, hooks);
};

const base: FromInitialWeights = {
  architecture: { kind: "mlp", widths: [2, 8, 2], activation: "tanh" },
  problem: { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0.1, weightPenalty: 1e-3 },
  data: moons(50),
  validation: moons(20, "test"),
  optimizer: { kind: "adam", learningRate: 0.01, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 },
  epochs: 6,
  batchSize: 16,
  dropLast: false,
  schedule: { kind: "cosine", to: 0, warmup: 1 },
  clipGradient: 1,
  isWanted: (epoch) => epoch % 2 === 0,
  seed: 0,
  dtype: "f32",
};

const images: Dataset = colouredShapes({ count: 12, seed: 0, split: "train" });
const momentum: Optimizer = { kind: "sgd", learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 1e-3 };

test("mini-batches: killed three times, a training ends with the same bits, curves and checkpoints", async () => {
  const { checkpoints, history } = await requireSame((hooks) => fromInitialWeights(base, hooks));
  assert.deepEqual(
    checkpoints.map(({ epoch }) => epoch),
    [0, 2, 4, 6],
  );
  assert.deepEqual(history.epoch, [1, 2, 3, 4, 5, 6]);
});

test("so does one with batch norm and augmentation, whose running statistics go on, too", async () => {
  const training: FromInitialWeights = {
    ...base,
    architecture: {
      kind: "cnn",
      image: [3, 32, 32],
      blocks: [{ channels: 3, kernel: 3, stride: 4, pool: "average" }],
      dense: [],
      classes: 10,
      activation: "relu",
      batchNorm: true,
    },
    data: images,
    validation: undefined,
    optimizer: momentum,
    batchSize: 5,
    epochs: 5,
    augment: { flip: true, crop: 2 },
  };
  const { checkpoints } = await requireSame((hooks) => fromInitialWeights(training, hooks));
  const [first, last] = [checkpoints[0], checkpoints[checkpoints.length - 1]];
  assert.deepEqual(first.statistics, Float64Array.of(0, 0, 0, 1, 1, 1));
  assert.ok(last.statistics.every((x, i) => Number.isFinite(x) && x !== first.statistics[i]));
});

test("three epochs of a residual network with batch norm: PyTorch's losses from the same weights and batches", async () => {
  // torch 1.13, f64: F.batch_norm, SGD(lr 0.1, momentum 0.9, nesterov, weight_decay 5e-4), clip_grad_norm_ 1,
  // CosineAnnealingLR(3), cross_entropy(label_smoothing=0.1); at last with the running statistics.
  const training: FromInitialWeights = {
    ...base,
    architecture: {
      kind: "resnet",
      image: [3, 32, 32],
      depth: 8,
      width: 4,
      classes: 10,
      residual: true,
      batchNorm: true,
    },
    problem: { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0.1, weightPenalty: 0 },
    data: colouredShapes({ count: 50, seed: 0, split: "train" }),
    validation: undefined,
    optimizer: { kind: "sgd", learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    schedule: { kind: "cosine", to: 0, warmup: 0 },
    epochs: 3,
    dtype: "f64",
  };
  const { history, checkpoints } = await fromInitialWeights(training, quiet);
  const near = (found: number, expected: number) =>
    assert.ok(Math.abs(found - expected) < 1e-10, `${found} ${expected}`);
  for (const [k, loss] of [2.3580476747484123, 2.2071581057276313, 2.088635725200431].entries()) {
    near(history.trainLoss[k], loss);
  }
  assert.deepEqual(history.trainAccuracy, [0.16, 0.2, 0.3]);
  near(checkpoints[checkpoints.length - 1].loss, 2.1666746070996243);
  // The same in f32.
  const single = await fromInitialWeights({ ...training, dtype: "f32" }, quiet);
  for (const [k, loss] of history.trainLoss.entries()) {
    assert.ok(Math.abs(single.history.trainLoss[k] / loss - 1) < 1e-4);
  }
});

/** The valley of Rosenbrock in four dimensions. */
const valley: Evaluate = async (theta) => {
  const gradient = new Float64Array(4);
  let loss = 0;
  for (let i = 0; i < 3; i++) {
    const bend = theta[i + 1] - theta[i] ** 2;
    loss += 100 * bend ** 2 + (1 - theta[i]) ** 2;
    gradient[i] += -400 * bend * theta[i] - 2 * (1 - theta[i]);
    gradient[i + 1] += 200 * bend;
  }
  return { loss, gradient };
};

const start = Float64Array.of(-1.2, 1, -0.5, 0.8);
const lbfgs: Optimizer = {
  kind: "lbfgs",
  learningRate: 1,
  history: 5,
  maxIterations: 100,
  gradientTolerance: 1e-8,
  changeTolerance: 1e-12,
};

test("all data at once: L-BFGS, Adam and gradient descent go on from where they were killed, bit for bit", async () => {
  const common = { schedule: { kind: "linear", to: 0, warmup: 3 } as const, isWanted: (k: number) => k % 7 === 0 };
  const trainings: SolutionTraining[] = [
    { ...common, optimizer: lbfgs },
    { ...common, optimizer: { ...base.optimizer, iterations: 20 } as SolutionTraining["optimizer"] },
    { ...common, optimizer: { ...momentum, learningRate: 1e-4, iterations: 20 } as SolutionTraining["optimizer"] },
  ];
  for (const training of trainings) {
    const { checkpoints, history } = await requireSame((hooks) => trainSolution(valley, start, training, hooks));
    assert.equal(checkpoints[0].epoch, 0);
    assert.equal(checkpoints[1].epoch, 7);
    assert.equal(checkpoints.at(-1)?.loss, history.trainLoss.at(-1));
  }
});

test("L-BFGS on samples learns from all of them at once, and goes on after a kill", async () => {
  const training: FromInitialWeights = {
    ...base,
    optimizer: { ...lbfgs, maxIterations: 12 } as Optimizer,
    dtype: "f64",
  };
  const { history } = await requireSame((hooks) => fromInitialWeights(training, hooks));
  assert.ok(history.trainLoss[12] < 0.8 * history.trainLoss[0]);
  assert.equal(history.validationAccuracy.length, 13);
});

test("L-BFGS with batch norms takes all samples as one batch, whose statistics give stored weights the loss of training", async () => {
  const architecture: Architecture = {
    ...{ kind: "resnet", image: [3, 32, 32], depth: 8, width: 2, classes: 10 },
    ...{ residual: true, batchNorm: true },
  };
  const training: FromInitialWeights = {
    ...{ ...base, architecture, data: images, validation: images, optimizer: lbfgs, batchSize: 12, dtype: "f64" },
    isWanted: (iteration) => iteration % 4 === 0,
  };
  const { checkpoints, history } = await requireSame((hooks) => fromInitialWeights(training, hooks));
  const [first, last] = [history.trainLoss[0], history.trainLoss.at(-1) as number];
  assert.ok(last < 0.7 * first, `${first} → ${last}`);
  for (const { loss, metrics, statistics } of checkpoints) {
    assert.ok(statistics.every(Number.isFinite) && statistics.length > 0);
    // Sums in another order: a few units in the last place.
    assert.ok(Math.abs((metrics.validationLoss as number) - loss) < 1e-12 * loss, `${metrics.validationLoss}, ${loss}`);
  }
});

test("the last state of a training that is killed just before its end gives the same end", async () => {
  const training: SolutionTraining = {
    schedule: { kind: "constant", warmup: 0 },
    isWanted: () => false,
    optimizer: lbfgs,
  } as SolutionTraining;
  const states: TrainingState[] = [];
  const whole = await trainSolution(valley, start, training, {
    ...quiet,
    save: (state) => states.push(stored(state())),
  });
  assert.deepEqual(await trainSolution(valley, start, training, { ...quiet, resume: states.at(-1) }), whole);
});

test("adam and then lbfgs, killed before, at and after the change: the same result", async () => {
  const adam = { kind: "adam", learningRate: 0.05, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0, iterations: 6 };
  const training = {
    ...{ schedule: { kind: "constant", warmup: 0 }, isWanted: (iteration: number) => iteration % 3 === 0 },
    ...{ optimizer: lbfgs, earlier: [adam], measure: async (theta: Float64Array) => ({ width: theta[0] }) },
  } as unknown as SolutionTraining;
  const { history, checkpoints } = await requireSame((hooks) => trainSolution(valley, start, training, hooks));
  assert.deepEqual(Object.keys(history), ["epoch", "trainLoss", "learningRate", "width"]);
  assert.deepEqual(history.learningRate.map(Number.isFinite).slice(0, 9), [
    false,
    ...new Array(6).fill(true),
    false,
    false,
  ]);
  assert.ok(checkpoints.some(({ step }) => step === 9));
});

test("a training that diverges ends with the last weights that were good, and a warning", async () => {
  const wild = { ...base.optimizer, learningRate: 1e30, weightDecay: 0 } as Optimizer;
  const training: FromInitialWeights = {
    ...base,
    optimizer: wild,
    clipGradient: undefined,
    problem: { ...base.problem, loss: "cross-entropy", weightPenalty: 1 },
    isWanted: (epoch) => epoch === 0,
  };
  const { checkpoints, stopped, warnings } = await fromInitialWeights(training, quiet);
  assert.equal(stopped, "non-finite loss");
  assert.match(warnings[0], /no longer finite in epoch 1; the last row holds the initial weights/);
  assert.equal(checkpoints.length, 1);
  assert.ok(Number.isFinite(checkpoints[0].loss));
});

/** θ²/2 by mini-batches of one step: a gradient that is NaN once θ is beyond a wall. */
function falling(wall: number, isWanted: (epoch: number) => boolean) {
  const update = createUpdate(sgd(), 1);
  return trainMiniBatches(
    {
      start: Float64Array.of(1),
      statistics: new Float64Array(0),
      update,
      epochs: 10,
      stepsPerEpoch: 2,
      lr: () => 0.1,
      async gradientAt() {
        const [x] = update.weights;
        update.gradient[0] = x > wall ? x : Number.NaN;
        return { loss: x * x, accuracy: 0.5, count: 1 };
      },
      lossAt: async ([x]) => x * x,
      isWanted,
    },
    quiet,
  );
}

test("the weights after the last epoch that a finite batch followed are the last row", async () => {
  // 1, .9, .81 | .729, .6561 | .59 NaN: the weights after epoch 2 gave a finite batch.
  const { checkpoints, warnings, history } = await falling(0.6, () => false);
  assert.deepEqual(
    checkpoints.map(({ epoch, step }) => [epoch, step]),
    [[2, 4]],
  );
  assert.ok(Math.abs(checkpoints[0].weights[0] - 0.6561) < 1e-15);
  assert.equal(checkpoints[0].metrics.trainLoss, history.trainLoss[1]);
  assert.match(warnings[0], /in epoch 3; the last row holds the weights after epoch 2/);
  const kept = await falling(0.6, (epoch) => epoch === 2);
  assert.equal(kept.checkpoints.length, 1, "no row twice");
});

test("early stop waits for as many epochs as it is told, and names a curve that is not there", async () => {
  const stalled: FromInitialWeights = {
    ...base,
    optimizer: { ...base.optimizer, learningRate: 1e-30 } as Optimizer,
    schedule: { kind: "constant", warmup: 0 },
    earlyStop: { metric: "validationAccuracy", patience: 2 },
  };
  const { stopped, history, checkpoints } = await fromInitialWeights(stalled, quiet);
  assert.equal(stopped, "early stop");
  assert.deepEqual(history.epoch, [1, 2, 3]);
  assert.equal(checkpoints.at(-1)?.epoch, 3);
  await assert.rejects(
    fromInitialWeights({ ...stalled, validation: undefined }, quiet),
    /earlyStop watches "validationAccuracy", which this training does not measure; it has trainLoss, trainAccuracy/,
  );
});

test("what does not fit together is refused with what was found", async () => {
  const refused = (change: Partial<FromInitialWeights>) => fromInitialWeights({ ...base, ...change }, quiet);
  const mlp = { kind: "mlp", widths: [3, 2], activation: "tanh" } as const;
  await assert.rejects(
    refused({ architecture: mlp }),
    /the mlp takes inputs of \[3\], the dataset has samples of \[2\]/,
  );
  await assert.rejects(
    refused({ architecture: { ...mlp, widths: [2, 5] } }),
    /the mlp gives 5 classes, the dataset has 2 classes; expected the same/,
  );
  await assert.rejects(
    refused({ problem: { ...base.problem, loss: "mean-squared-error" } }),
    /mean-squared-error compares numbers; the dataset has labels of 2 classes: use cross-entropy/,
  );
  await assert.rejects(refused({ augment: { flip: true, crop: 0 } }), /augment needs images/);
  await assert.rejects(
    refused({ batchSize: 64, dropLast: true }),
    /dropLast leaves no batch: .* 50 samples, batchSize is 64/,
  );
  await assert.rejects(
    refused({
      optimizer: lbfgs,
      data: images,
      batchSize: 10,
      validation: undefined,
      architecture: {
        kind: "resnet",
        image: [3, 32, 32],
        depth: 8,
        width: 2,
        classes: 10,
        residual: true,
        batchNorm: true,
      },
    }),
    /with batch norms this takes one batch of all 12 samples; found batchSize 10; set batchSize: 12 or batchNorm: false/,
  );
});
