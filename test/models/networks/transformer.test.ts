import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { TransformerArchitecture } from "../../../src/models/networks/transformer.js";
import { crossEntropy } from "../../../src/models/problems/losses.js";
import { assertClose } from "../../graph/checkDerivatives.js";
import { digest, sines } from "../../graph/digest.js";
import { run } from "../../graph/run.js";
import { checkNetwork, wholeNumbers } from "./checkNetwork.js";

const reader: TransformerArchitecture = {
  kind: "transformer",
  task: "classification",
  vocabulary: 7,
  length: 5,
  width: 4,
  heads: 2,
  depth: 2,
  hidden: 6,
  classes: 3,
};
const writer: TransformerArchitecture = { ...reader, task: "language", classes: 7 };

test("sizes: embeddings, four matrices and two norms and a perceptron a block, a norm and a head", () => {
  const block = 4 * (4 * 4 + 4) + 2 * 8 + (4 * 6 + 6) + (6 * 4 + 4);
  assert.equal(createModel(reader).size, 7 * 4 + 5 * 4 + 2 * block + 8 + (4 * 3 + 3));
  assert.deepEqual(createModel(reader).outputShape, [3]);
  assert.deepEqual(createModel(writer).outputShape, [7, 5]);
});

test("exact derivatives on every backend, for a classifier", async () => {
  const model = createModel(reader);
  const [tokens, labels] = [wholeNumbers(7, 5, 4), wholeNumbers(3, 4)];
  await checkNetwork(model, (theta) => crossEntropy(model.apply(theta, tokens), labels));
});

test("exact derivatives on every backend, for a language model", async () => {
  const model = createModel(writer);
  const [tokens, next] = [wholeNumbers(7, 5, 3), wholeNumbers(7, 5, 3)];
  const loss = (theta: f.Tensor) => crossEntropy(f.reshape(model.apply(theta, tokens), [1, 7, 5, 3]), next);
  await checkNetwork(model, loss);
});

test("a language model does not look ahead", async () => {
  const model = createModel(writer);
  const [theta, tokens] = [f.input("theta", [1, model.size]), f.input("tokens", [5, 1])];
  const program = { inputs: { theta, tokens }, outputs: { y: model.apply(theta, tokens) } };
  const logits = async (...list: number[]) =>
    (await run(program, { theta: model.initialize(0), tokens: Float64Array.from(list) })).y;
  const [one, other] = [await logits(1, 2, 3, 4, 5), await logits(1, 2, 3, 6, 5)];
  for (const [i, value] of one.entries()) assert.equal(value === other[i], i % 5 < 3, `logit ${i}`);
});

test("outputs are PyTorch's", async () => {
  const tokens = f.constant([0, 1, 2, 3, 4, 5, 6, 0, 1, 2], [5, 2]);
  for (const [architecture, expected] of [
    [reader, [-0.6544719872279177, 4.440491668872737, -0.1738231313857158]],
    [writer, [-0.6064765034645523, -11.255687666782563, -0.7547890551241938]],
  ] as const) {
    const model = createModel(architecture);
    const theta = f.reshape(sines(model.size), [1, model.size]);
    assertClose(await digest(f.transpose(model.apply(theta, tokens))), expected, 1e-12, architecture.task);
  }
});

test("what makes no transformer is refused", () => {
  assert.throws(() => createModel({ ...reader, heads: 3 }), /a width of 4 does not split into 3 heads/);
  assert.throws(
    () => createModel({ ...reader, task: "language" }),
    /language model of 7 tokens has as many classes, found 3/,
  );
  assert.throws(() => createModel({ ...reader, task: "chat" as "language" }), /transformer: task is "chat"/);
  assert.throws(() => createModel({ ...reader, depth: 0 }), /transformer: depth is 0/);
});
