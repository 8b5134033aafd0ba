import assert from "node:assert/strict";
import { test } from "node:test";
import { jumped, jumps, retrainingSeed } from "../../src/landscape/jumpAndRetrain.js";
import { randomStream } from "../../src/linalg/random.js";
import { norm } from "../../src/linalg/vectors.js";
import { layoutOf, tensorView } from "../../src/models/networks/layout.js";

// Two filters of three weights, a kernel of two filters of 1×2×1, a bias and a norm.
const layout = layoutOf([
  { name: "dense.weight", role: "weight", shape: [2, 3] },
  { name: "dense.bias", role: "bias", shape: [2] },
  { name: "conv.weight", role: "weight", shape: [2, 1, 2, 1] },
  { name: "norm.weight", role: "norm", shape: [4] },
]);
const random = randomStream(0, "weights");
const weights = Float64Array.from({ length: 16 }, () => random.normal());
const filters = [
  [0, 3],
  [3, 6],
  [8, 10],
  [10, 12],
];

test("a jump moves each filter by its step times the filter's own norm, and leaves tensors of one dimension", () => {
  for (const step of [0.25, 1, 2]) {
    const there = jumped(weights, layout, { seed: 3, step });
    for (const [start, end] of filters) {
      const moved = there.slice(start, end).map((x, i) => x - weights[start + i]);
      const expected = step * norm(weights.slice(start, end));
      assert.ok(
        Math.abs(norm(moved) - expected) < 1e-9,
        "the 1e-10 that keeps zero filters finite is all that differs",
      );
    }
    for (const tensor of [layout[1], layout[3]])
      assert.deepEqual(tensorView(there, tensor), tensorView(weights, tensor));
  }
});

test("jumps of one seed lie on a line, those of another on another line; the weights stay as they are", () => {
  const before = weights.slice();
  const at = (seed: number, step: number) => jumped(weights, layout, { seed, step });
  const [half, whole, other] = [at(0, 0.5), at(0, 1), at(1, 1)];
  for (let i = 0; i < weights.length; i++) {
    // Rounding of two sums of numbers near 1.
    assert.ok(Math.abs(whole[i] - weights[i] - 2 * (half[i] - weights[i])) < 1e-14);
  }
  const [v, w] = [whole, other].map((there) => there.map((x, i) => x - weights[i]));
  const cosine = v.reduce((sum, x, i) => sum + x * w[i], 0) / (norm(v) * norm(w));
  assert.ok(Math.abs(cosine) < 0.95, `${cosine}`);
  assert.deepEqual(weights, before);
});

test("there is a jump for each seed and step, with a seed of its own for what follows", () => {
  assert.deepEqual(jumps([5, 2], [1, 0.5]), [
    { seed: 5, step: 1 },
    { seed: 5, step: 0.5 },
    { seed: 2, step: 1 },
    { seed: 2, step: 0.5 },
  ]);
  const seeds = jumps([0, 1, 2, 3], [0.25, 0.5, 0.75, 1]).map(retrainingSeed);
  assert.equal(new Set(seeds).size, 16);
  assert.equal(retrainingSeed({ seed: 2, step: 0.75 }), seeds[10]);
});
