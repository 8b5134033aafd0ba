import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../src/linalg/random.js";
import { type Architecture, createModel } from "../../../src/models/networks/architecture.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { type Samples, type SupervisedOptions, supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import { npz, referencePath, withoutReference } from "../../reference.js";

const network: Architecture = {
  kind: "resnet",
  image: [2, 8, 8],
  depth: 8,
  width: 4,
  classes: 3,
  residual: true,
  batchNorm: true,
};

function images(count: number): Samples {
  const random = randomStream(0, "images");
  return {
    inputs: Float64Array.from({ length: count * 128 }, random.normal),
    targets: Float64Array.from({ length: count }, () => random.integer(3)),
  };
}

const model = createModel(network);
const theta = model.initialize(0);
const statistics = Float64Array.from(
  model.statistics!.layout.flatMap(({ name, shape }) =>
    new Array(shape[0]).fill(name.endsWith("variance") ? 1.3 : 0.1),
  ),
);
const relative = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((x, i) => x - b[i])) / Math.hypot(...b);

test("mini-batches bound the memory and leave loss, gradient and Hessian–vector product as they are", async () => {
  const samples = images(7);
  const v = theta.map((_, i) => Math.sin(i));
  const compute = async (batchSize: number | undefined) => {
    const options: SupervisedOptions = { loss: "cross-entropy", statistics, batchSize, weightPenalty: 0.01 };
    const objective = await createObjective(supervisedLoss(network, samples, options), { dtype: "f64" });
    const { loss, gradient } = await objective.lossAndGradient(theta);
    const product = await objective.hessianVectorProduct(theta, v);
    const { loss: along } = await objective.lossAlong(theta, [v])(Float64Array.of(0, 0.01));
    const terms = await objective.lossTerms(theta);
    const batches = await objective.batchLosses(theta);
    await objective.release();
    return { loss, gradient, product, along, terms, batches };
  };
  const whole = await compute(undefined);
  const pieces = await compute(3); // 3 + 3 + 1 samples
  assert.ok(Math.abs(pieces.loss / whole.loss - 1) < 1e-13);
  assert.ok(relative(pieces.gradient, whole.gradient) < 1e-12);
  assert.ok(relative(pieces.product, whole.product) < 1e-12);
  assert.ok(relative(pieces.along, whole.along) < 1e-13);
  assert.ok(Math.abs(whole.along[0] / whole.loss - 1) < 1e-14);
  const mean = pieces.batches.reduce((sum, { loss, weight }) => sum + weight * loss, 0);
  assert.deepEqual(
    pieces.batches.map(({ weight }) => weight),
    [3 / 7, 3 / 7, 1 / 7],
  );
  assert.ok(Math.abs(mean / whole.loss - 1) < 1e-13);
  assert.ok(Math.abs(whole.terms.fit[0] + whole.terms.penalty[0] - whole.loss) < 1e-13);
});

test("beside the loss stands the share of labels that are right, at each point", async () => {
  const linear: Architecture = { kind: "mlp", widths: [2, 2], activation: "tanh" };
  // Logits are the inputs: the larger one is the answer.
  const identity = Float64Array.of(1, 0, 0, 1, 0, 0);
  const samples = { inputs: Float64Array.of(2, 1, 0, 3, 5, 4, -1, 2), targets: Float64Array.of(0, 1, 1, 1) };
  const loss = supervisedLoss(linear, samples, { loss: "cross-entropy", batchSize: 3 });
  const objective = await createObjective(loss, { dtype: "f64" });
  const along = await objective.lossAlong(identity, [identity])(Float64Array.of(0, -2));
  assert.deepEqual([...along.accuracy], [0.75, 0.25], "turned round, what was right is wrong");
  await objective.release();
});

test("stored statistics are used as they are; recomputed ones are those of the batch at each point", async () => {
  const samples = images(5);
  const lossWith = async (given: SupervisedOptions["statistics"]) => {
    const loss = supervisedLoss(network, samples, { loss: "cross-entropy", statistics: given });
    const objective = await createObjective(loss, { dtype: "f64" });
    const [value] = await objective.loss(theta);
    await objective.release();
    return value;
  };
  assert.notEqual(await lossWith(statistics), await lossWith("recomputed"));
  assert.throws(
    () => supervisedLoss(network, samples, { loss: "cross-entropy" }),
    /a network with batch norm needs statistics: stored ones, or "recomputed"/,
  );
});

test("samples, labels and statistics that do not fit are named", () => {
  const options: SupervisedOptions = { loss: "cross-entropy", statistics: "recomputed" };
  const refused = (change: Partial<Samples>, with_: Partial<SupervisedOptions> = {}) =>
    supervisedLoss(network, { ...images(2), ...change }, { ...options, ...with_ });
  assert.throws(
    () => refused({ inputs: new Float64Array(100) }),
    /100 inputs are not a whole, positive number of samples of 128/,
  );
  assert.throws(() => refused({ targets: new Float64Array(3) }), /3 targets for 2 samples; expected 1 per sample/);
  assert.throws(
    () => refused({ targets: Float64Array.of(0, -1) }),
    /label 1 is -1; expected a whole number from 0 to 2/,
  );
  assert.throws(() => refused({}, { statistics: new Float64Array(3) }), /3 statistics; the network has \d+/);
  assert.throws(() => refused({}, { batchSize: 0 }), /batchSize is 0/);
});

for (const activation of ["tanh", "relu"] as const) {
  test(`a published ${activation} classifier, in batches of 64: loss and gradient of PyTorch`, {
    skip: withoutReference("hessian"),
  }, async () => {
    const reference = npz(referencePath("hessian", `mlp_${activation}.npz`));
    const architecture: Architecture = { kind: "mlp", widths: [8, 16, 12, 3], activation };
    const samples = { inputs: reference.X.values, targets: reference.y.values };
    const loss = supervisedLoss(architecture, samples, { loss: "cross-entropy", batchSize: 64 });
    const objective = await createObjective(loss, { dtype: "f64" });
    const found = await objective.lossAndGradient(reference.flat.values);
    assert.ok(Math.abs(found.loss / reference.loss.values[0] - 1) < 1e-12);
    assert.ok(relative(found.gradient, reference.grad.values) < 1e-10);
    const product = await objective.hessianVectorProduct(reference.flat.values, reference.test_v.values);
    assert.ok(relative(product, reference.test_Hv.values) < 1e-10);
    await objective.release();
  });
}
