import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { constant, input } from "../../../src/graph/tensor.js";
import { run, valuesOf } from "../run.js";

test("sum and mean reduce all axes by default and count negative axes from the end", async () => {
  // 1 2 3
  // 4 5 6
  const x = constant([1, 2, 3, 4, 5, 6], [2, 3]);
  assert.deepEqual(await valuesOf(f.sum(x)), [21]);
  assert.deepEqual(await valuesOf(f.mean(x)), [3.5]);
  assert.deepEqual(await valuesOf(f.sum(x, [-1])), [6, 15]);
  assert.deepEqual(await valuesOf(f.mean(x, [0])), [2.5, 3.5, 4.5]);
  assert.deepEqual(f.mean(x, [0], { keepdims: true }).shape, [1, 3]);
});

test("logSumExp and softmax neither overflow nor underflow", async () => {
  const x = constant([1000, 1000, -1000, -1000], [2, 2]);
  assert.deepEqual(await valuesOf(f.logSumExp(x, [1])), [1000 + Math.LN2, -1000 + Math.LN2]);
  assert.deepEqual(await valuesOf(f.softmax(x, 1)), [0.5, 0.5, 0.5, 0.5]);
});

test("the gradient of logSumExp is softmax", async () => {
  const x = input("x", [2, 3]);
  const outputs = { g: gradient(f.logSumExp(x, [1]), [x])[0], p: f.softmax(x, 1) };
  const { g, p } = await run({ inputs: { x }, outputs }, { x: Float64Array.of(1, -2, 0.5, 3, 3, -700) });
  for (const [i, value] of g.entries()) assert.ok(Math.abs(value - p[i]) < 1e-15);
});

test("max and min reduce like sum, and logSoftmax is exact where softmax rounds to 0", async () => {
  const x = constant([1, 5, 3, 4, 2, 6], [2, 3]);
  assert.deepEqual(await valuesOf(f.max(x, [1])), [5, 6]);
  assert.deepEqual(await valuesOf(f.min(x, [0])), [1, 2, 3]);
  assert.deepEqual(f.min(x, [0], { keepdims: true }).shape, [1, 3]);
  assert.deepEqual(await valuesOf(f.logSoftmax(constant([0, -1000]), 0)), [0, -1000]);
});
