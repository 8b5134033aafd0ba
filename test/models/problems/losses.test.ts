import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { layoutOf } from "../../../src/models/networks/layout.js";
import {
  binaryCrossEntropy,
  crossEntropy,
  meanSquaredError,
  weightPenalty,
} from "../../../src/models/problems/losses.js";
import { assertClose } from "../../graph/checkDerivatives.js";
import { sines } from "../../graph/digest.js";
import { valuesOf } from "../../graph/run.js";

test("cross-entropy of two classes with equal logits is log 2, at every point", async () => {
  const logits = f.constant([0, 0, 0, 0, 0, 0, 0, 0], [2, 2, 2]);
  assertClose(await valuesOf(crossEntropy(logits, f.constant([0, 1]))), [Math.LN2, Math.LN2], 1e-15, "log 2");
});

test("cross-entropy stays exact where probabilities round to 0 or 1", async () => {
  const logits = f.constant([1000, 0], [1, 2, 1]);
  assertClose(await valuesOf(crossEntropy(logits, f.constant([0]))), [0], 0, "the likely label");
  assertClose(await valuesOf(crossEntropy(logits, f.constant([1]))), [1000], 0, "the unlikely label");
});

test("losses are PyTorch's: per sample, per pixel, smoothed, binary, squared", async () => {
  const [logits, images] = [sines(1, 4, 3), sines(1, 2, 3, 2)];
  const cases: [f.Tensor, number][] = [
    [crossEntropy(logits, f.constant([0, 3, 1])), 1.7570486270985952],
    [crossEntropy(logits, f.constant([0, 3, 1]), { labelSmoothing: 0.1 }), 1.743495592711647],
    [crossEntropy(images, f.constant([0, 1, 1, 0, 1, 0], [3, 2])), 0.6529601249084096],
    [binaryCrossEntropy(f.mul(3, sines(1, 6)), f.constant([0, 1, 1, 0, 1, 0.5])), 1.162808101947778],
    [meanSquaredError(sines(1, 6), f.constant([0, 1, 2, 3, 4, 5])), 11.79140969211793],
  ];
  for (const [i, [loss, expected]] of cases.entries())
    assertClose(await valuesOf(loss), [expected], 1e-14, `case ${i}`);
});

test("binary cross-entropy neither overflows nor loses its slope at 0", async () => {
  const logits = f.data([1000, -1000, 0], [1, 3]);
  const loss = binaryCrossEntropy(logits, f.constant([0, 1, 1]));
  assertClose(await valuesOf(loss), [(2000 + Math.LN2) / 3], 1e-15, "loss");
  assertClose(await valuesOf(gradient(loss, [logits])[0]), [1 / 3, -1 / 3, -0.5 / 3], 1e-15, "slope");
});

test("the weight penalty is half the squares of the weights, and leaves biases and norms alone", async () => {
  const layout = layoutOf([
    { name: "w", role: "weight", shape: [2] },
    { name: "b", role: "bias", shape: [1] },
    { name: "n", role: "norm", shape: [1] },
  ]);
  const theta = f.constant([3, 4, 9, 9, 1, 0, 9, 9], [2, 4]);
  assert.deepEqual(await valuesOf(weightPenalty(theta, layout)), [12.5, 0.5]);
});

test("targets of another shape and impossible smoothing are refused", () => {
  const logits = f.input("logits", [1, 3, 4]);
  assert.throws(() => crossEntropy(logits, f.constant([0])), /crossEntropy: labels have shape \[1\], expected \[4\]/);
  assert.throws(() => crossEntropy(logits, f.constant([0, 1, 2, 0]), { labelSmoothing: 2 }), /label smoothing is 2/);
  assert.throws(() => meanSquaredError(logits, f.constant([0])), /targets have shape \[1\], expected \[3,4\]/);
  assert.throws(() => binaryCrossEntropy(logits, f.constant([0])), /targets have shape \[1\], expected \[3,4\]/);
});
