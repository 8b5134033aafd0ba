import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { CnnArchitecture } from "../../../src/models/networks/cnn.js";
import { crossEntropy, weightPenalty } from "../../../src/models/problems/losses.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { assertClose } from "../../graph/checkDerivatives.js";
import { run } from "../../graph/run.js";
import { checkNetwork, normalColumns, wholeNumbers } from "./checkNetwork.js";

const small: CnnArchitecture = {
  kind: "cnn",
  image: [2, 6, 6],
  blocks: [
    { channels: 3, kernel: 3, stride: 1, pool: "max" },
    { channels: 4, kernel: 3, stride: 2, pool: "none" },
  ],
  dense: [5],
  classes: 3,
  activation: "tanh",
  batchNorm: false,
};

test("the layout lists the tensors in the order in which they are used", () => {
  const { layout, inputs, outputs, statistics: state } = createModel(small);
  assert.deepEqual(
    layout.map(({ name, role, shape }) => `${name} ${role} ${shape}`),
    [
      "block_0.conv.weight weight 3,2,3,3",
      "block_0.conv.bias bias 3",
      "block_1.conv.weight weight 4,3,3,3",
      "block_1.conv.bias bias 4",
      "dense_0.weight weight 5,16",
      "dense_0.bias bias 5",
      "head.weight weight 3,5",
      "head.bias bias 3",
    ],
  );
  assert.deepEqual([inputs, outputs, state], [72, 3, undefined]);
});

test("batch norm replaces the biases and brings statistics", () => {
  const { layout, statistics: state } = createModel({ ...small, batchNorm: true });
  assert.deepEqual(
    layout.slice(0, 3).map(({ name, role }) => `${name} ${role}`),
    ["block_0.conv.weight weight", "block_0.norm.weight norm", "block_0.norm.bias norm"],
  );
  assert.deepEqual(
    state!.layout.map(({ name, shape }) => `${name} ${shape}`),
    ["block_0.norm.mean 3", "block_0.norm.variance 3", "block_1.norm.mean 4", "block_1.norm.variance 4"],
  );
});

for (const batchNorm of [false, true]) {
  for (const pool of ["max", "average"] as const) {
    test(`exact derivatives on every backend, ${pool} pooling, batch norm ${batchNorm}`, async () => {
      const blocks = small.blocks.map((block) => (block.pool === "max" ? { ...block, pool } : block));
      const model = createModel({ ...small, blocks, batchNorm });
      const [samples, labels] = [normalColumns(model.inputs, 4), wholeNumbers(3, 4)];
      await checkNetwork(model, (theta) => crossEntropy(model.apply(theta, samples), labels));
    });
  }
}

test("recomputed statistics, stored, give the same outputs on the same samples, and others elsewhere", async () => {
  const model = createModel({ ...small, batchNorm: true });
  const theta = f.input("theta", [2, model.size]);
  const [samples, others] = [normalColumns(model.inputs, 4), f.mul(2, normalColumns(model.inputs, 5))];
  const stored = model.statistics!.recompute(theta, samples);
  assert.deepEqual(stored.shape, [2, model.statistics!.size]);
  const outputs = {
    training: model.apply(theta, samples),
    evaluation: model.apply(theta, samples, stored),
    elsewhere: model.apply(theta, others, stored),
    first: model.apply(theta, samples, f.slice(stored, 0, 0, 1)),
  };
  const feeds = { theta: Float64Array.of(...model.initialize(1), ...model.initialize(2)) };
  const results = await run({ inputs: { theta }, outputs }, feeds);
  assertClose(results.evaluation, results.training, 1e-12, "evaluation");
  assert.deepEqual(outputs.elsewhere.shape, [2, 3, 5]);
  const half = results.first.length / 2;
  assertClose(results.first.slice(0, half), results.training.slice(0, half), 1e-12, "the point the statistics are of");
  assert.ok(Math.abs(results.first[half] - results.training[half]) > 1e-3, "a point they are not of");
});

test("several points of parameters give what each gives alone, and so do their gradients", async () => {
  const model = createModel(small);
  const [samples, labels] = [normalColumns(model.inputs, 3), wholeNumbers(3, 3)];
  const alone = async (rows: Float64Array) => {
    const theta = f.input("theta", [rows.length / model.size, model.size]);
    const losses = crossEntropy(model.apply(theta, samples), labels);
    return run({ inputs: { theta }, outputs: { losses, g: gradient(losses, [theta])[0] } }, { theta: rows });
  };
  const points = [1, 2].map((seed) => model.initialize(seed));
  const together = await alone(Float64Array.of(...points[0], ...points[1]));
  const each = [await alone(points[0]), await alone(points[1])];
  assertClose(together.losses, [each[0].losses[0], each[1].losses[0]], 1e-13, "losses");
  assertClose(together.g, [...each[0].g, ...each[1].g], 1e-13, "gradients");
});

test("a loss of classification is computed like any other, at more points than one run takes", async () => {
  const model = createModel(small);
  const [samples, labels] = [normalColumns(model.inputs, 3), wholeNumbers(3, 3)];
  const terms = (theta: f.Tensor) => {
    const [data, penalty] = [crossEntropy(model.apply(theta, samples), labels), weightPenalty(theta, model.layout)];
    return { data, penalty, loss: f.add(data, f.mul(0.01, penalty)) };
  };
  const objective = await createObjective(
    { ...model, pointsPerRun: 4, batches: [{ weight: 1, feeds: {} }], terms },
    { dtype: "f64" },
  );
  try {
    const points = [1, 2, 3, 4, 5].map((seed) => model.initialize(seed));
    const losses = await objective.loss(Float64Array.from(points.flatMap((point) => [...point])));
    for (const [i, point] of points.entries()) {
      assertClose([losses[i]], [(await objective.lossAndGradient(point)).loss], 1e-13, `point ${i}`);
    }
  } finally {
    await objective.release();
  }
});

test("what makes no network is refused", () => {
  const block = small.blocks[0];
  assert.throws(() => createModel({ ...small, classes: 0 }), /cnn: classes is 0, expected a whole number ≥ 1/);
  assert.throws(
    () => createModel({ ...small, blocks: [{ ...block, kernel: 2 }] }),
    /block 0: kernel is 2, expected an odd/,
  );
  assert.throws(
    () => createModel({ ...small, blocks: [{ ...block, pool: "min" as "max" }] }),
    /block 0: pool is "min"/,
  );
  assert.throws(
    () => createModel({ ...small, image: [1, 2] as never }),
    /cnn: the image is \[1,2\], expected \[channels/,
  );
  assert.throws(() => createModel({ ...small, dense: [2.5] }), /cnn: dense layer 0 is 2.5/);
  const model = createModel(small);
  assert.throws(
    () => model.apply(f.input("theta", [1, 3]), normalColumns(72, 1)),
    /expected parameters of shape \[P, /,
  );
  assert.throws(() => model.apply(f.input("theta", [1, model.size]), normalColumns(7, 1)), /inputs of shape \[72, N\]/);
});
