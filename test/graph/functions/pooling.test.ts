import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { data } from "../../../src/graph/tensor.js";
import { assertClose } from "../checkDerivatives.js";
import { digest, sines } from "../digest.js";
import { run, valuesOf } from "../run.js";

test("the largest of a window takes the derivative, of equal ones the first", async () => {
  // 1 7 | 5 5
  // 2 3 | 5 5
  const x = data([1, 7, 5, 5, 2, 3, 5, 5], [1, 1, 2, 4]);
  const y = f.maxPool2d(x, { kernel: 2 });
  assert.deepEqual(await valuesOf(y), [7, 5]);
  assert.deepEqual(await valuesOf(gradient(f.sum(y), [x])[0]), [0, 1, 1, 0, 0, 0, 0, 0]);
});

test("NaN anywhere in a window comes through, on every backend", async () => {
  const x = f.input("x", [1, 1, 2, 6]);
  const feeds = { x: Float64Array.of(NaN, 1, 1, 1, 1, 1, 1, 1, 1, NaN, 1, 1) };
  const outputs = { y: f.maxPool2d(x, { kernel: 2 }) };
  for (const options of [{}, { backend: "onnxruntime" }, { backend: "onnxruntime", dtype: "f32" as const }]) {
    assert.deepEqual([...(await run({ inputs: { x }, outputs }, feeds, options)).y], [NaN, NaN, 1]);
  }
});

test("pooling and resizing are PyTorch's", async () => {
  const x = sines(1, 2, 5, 7);
  const pooling = { kernel: 3, stride: 2, padding: 1 };
  const cases: [f.Tensor, number[]][] = [
    [f.maxPool2d(x, pooling), [0.909297426825682, 16.643163779331488, 0.36702010916546723]],
    [f.averagePool2d(x, pooling), [-0.0931419880689662, 0.09542903957527421, 0.31690524555496347]],
    [f.resizeNearest(x, [7, 3]), [0.141120008059867, 0.08936913075162578, 1.145481623181516]],
    [f.resizeBilinear(x, [7, 3]), [-0.756802495307928, 0.2975764952330977, 0.5647433750764472]],
    [f.resizeBilinear(x, [7, 3], { alignCorners: true }), [-0.756802495307928, 1.406333680990711, 0.11011371985329621]],
    [f.resizeBilinear(x, [10, 14]), [0.858427595312343, 2.8901907561923093, 0.6134928200074095]],
  ];
  for (const [i, [tensor, expected]] of cases.entries())
    assertClose(await digest(tensor), expected, 1e-13, `case ${i}`);
});

test("what does not fit is refused", () => {
  const x = f.input("x", [1, 3, 4, 4]);
  const affine = { scale: f.input("scale", [3]), shift: f.input("shift", [3]) };
  assert.throws(() => f.maxPool2d(f.input("v", [3]), { kernel: 2 }), /maxPool2d: expected images .* shape \[3\]/);
  assert.throws(() => f.maxPool2d(x, { kernel: 2, padding: 2 }), /maxPool2d: kernel 2, stride 2, padding 2; expected/);
  assert.throws(() => f.averagePool2d(x, { kernel: 5 }), /averagePool2d: a window of 5 does not fit shape \[1,3,4,4\]/);
  assert.throws(() => f.resizeNearest(x, [0, 2]), /resizeNearest: expected a height and a width .* found \[0,2\]/);
  assert.throws(() => f.groupNorm(x, 2, affine), /groupNorm: 3 channels do not split into 2 groups/);
  const [q, k] = [f.input("q", [2, 4]), f.input("k", [3, 4])];
  assert.throws(() => f.attention(q, k, k, { causal: true }), /attention: 2 queries and 3 keys/);
});
