import assert from "node:assert/strict";
import { test } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { randomStream } from "../../../src/linalg/random.js";
import { createPredictor } from "../../../src/models/evaluation/predictor.js";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { initialState } from "../../../src/models/networks/networkState.js";
import type { Problem } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import { modelArtifact } from "../../../stages/artifacts/model.js";
import { type ModelGraph, modelGraph } from "../../../stages/inputs/modelGraph.js";

const architecture: Architecture = {
  kind: "cnn",
  image: [1, 4, 4],
  blocks: [{ channels: 2, kernel: 3, stride: 1, pool: "max" }],
  dense: [5],
  classes: 3,
  activation: "tanh",
  batchNorm: true,
};
const problem: Problem = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0.01 };
const state = initialState(architecture, 1, "default");
const model = modelArtifact(
  { architecture, problem, dtype: "f64" },
  { step: Int32Array.of(0), loss: Float64Array.of(1), ...state },
  {},
  {},
);
const random = randomStream(2, "samples");
const batch = 4;
const x = Float64Array.from({ length: batch * 16 }, random.normal);
const y = Float64Array.of(0, 2, 1, 1);

/** Runs a graph by ONNX Runtime alone. */
async function run(what: ModelGraph, feeds: Record<string, Tensor>) {
  const session = await InferenceSession.create(await modelGraph(model, what, { batch }));
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < expected.length; i++) {
    assert.ok(
      Math.abs(found[i] - expected[i]) <= 1e-12 * Math.max(1, Math.abs(expected[i])),
      `${found[i]} ${expected[i]}`,
    );
  }
}

test("a model's graphs give the loss, gradient and Hessian–vector product in ONNX Runtime alone", async () => {
  const samples = { inputs: x, targets: y };
  const own = supervisedLoss(architecture, samples, { ...problem, statistics: state.statistics });
  const objective = await createObjective(own, { dtype: "f64" });
  const v = Float64Array.from({ length: own.size }, random.normal);
  const { loss, gradient } = await objective.lossAndGradient(state.weights);
  const product = await objective.hessianVectorProduct(state.weights, v);
  await objective.release();
  const fed = { x: new Tensor("float64", x, [batch, 1, 4, 4]), y: new Tensor("float64", y, [batch]) };
  const weights = new Tensor("float64", state.weights, [own.size]);
  const found = await run("gradient", { ...fed, weights });
  assertClose(found.loss.data as Float64Array, [loss]);
  assertClose(found.gradient.data as Float64Array, gradient);
  const products = await run("hessian-vector-product", { ...fed, weights, v: new Tensor("float64", v, [own.size]) });
  assertClose(products.product.data as Float64Array, product);
  const zeros = new Tensor("float64", new Float64Array(own.size), [own.size]);
  assertClose((await run("loss", { ...fed, weights: zeros })).loss.data as Float64Array, [Math.log(3)]);
  const { outputs } = await run("forward", { x: fed.x });
  const predictor = await createPredictor(architecture, { dtype: "f64" });
  const columns = Float64Array.from(x, (_, i) => x[(i % batch) * 16 + Math.floor(i / batch)]);
  const expected = await predictor.predict(state.weights, columns, state.statistics);
  await predictor.release();
  assertClose(
    outputs.data as Float64Array,
    Float64Array.from(expected, (_, i) => expected[(i % 3) * batch + Math.floor(i / 3)]),
  );
  assert.deepEqual(outputs.dims, [batch, 3]);
});
