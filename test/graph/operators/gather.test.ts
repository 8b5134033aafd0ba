import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { constant, input } from "../../../src/graph/tensor.js";
import { run, valuesOf } from "../run.js";

// 1 2 3
// 4 5 6
const x = constant([1, 2, 3, 4, 5, 6], [2, 3]);

test("indices of length 1 on the other axes pick whole rows or columns", async () => {
  assert.deepEqual(await valuesOf(f.gather(x, constant([1, 0, 1], [3, 1]), 0)), [4, 5, 6, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await valuesOf(f.gather(x, constant([2, 2], [1, 2]), 1)), [3, 3, 6, 6]);
});

test("every row may have indices of its own", async () => {
  assert.deepEqual(await valuesOf(f.gather(x, constant([2, 0], [2, 1]), 1)), [3, 4]);
});

test("scatterAdd adds what falls on one place", async () => {
  assert.deepEqual(await valuesOf(f.scatterAdd(x, constant([0, 3, 0], [1, 3]), 1, 4)), [4, 0, 0, 2, 10, 0, 0, 5]);
});

test("fed indices pick labels and lead the gradient back, on every backend", async () => {
  const [scores, labels] = [input("scores", [2, 3]), input("labels", [2, 1])];
  const picked = f.sum(f.gather(scores, labels, 1));
  const program = { inputs: { scores, labels }, outputs: { picked, g: gradient(picked, [scores])[0] } };
  const feeds = { scores: Float64Array.of(1, 2, 3, 4, 5, 6), labels: Float64Array.of(2, 0) };
  for (const options of [{}, { backend: "onnxruntime" }, { backend: "onnxruntime", dtype: "f32" as const }]) {
    const results = await run(program, feeds, options);
    assert.deepEqual(results, { picked: Float64Array.of(7), g: Float64Array.of(0, 0, 1, 1, 0, 0) });
  }
  for (const label of [3, -1, 0.5, NaN]) {
    const wrong = run(program, { ...feeds, labels: Float64Array.of(2, label) });
    await assert.rejects(wrong, /index .*; expected a whole number from 0 to 2/);
  }
});
