import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { blockMultiply, hessianBlocks } from "../../src/landscape/hessianBlocks.js";
import { randomStream } from "../../src/linalg/random.js";
import { layoutOf, layoutSize } from "../../src/models/networks/layout.js";
import { dense } from "./operators.js";

const layout = layoutOf([
  { name: "layer_0.weight", role: "weight", shape: [2, 2] },
  { name: "layer_0.bias", role: "bias", shape: [2] },
  { name: "up.0.norm.weight", role: "norm", shape: [3] },
  { name: "scale", role: "weight", shape: [1] },
  { name: "up.0.norm.bias", role: "norm", shape: [3] },
]);

test("a layer is what agrees up to the last dot, wherever its tensors lie", () => {
  const summary = (of: "model" | "layer" | "tensor") => hessianBlocks(layout, of).map(({ name, size }) => [name, size]);
  assert.deepEqual(summary("model"), [["model", 13]]);
  assert.deepEqual(summary("layer"), [
    ["layer_0", 6],
    ["up.0.norm", 6],
    ["scale", 1],
  ]);
  assert.deepEqual(
    summary("tensor"),
    layout.map(({ name, shape }) => [name, shape.reduce((a, b) => a * b)]),
  );
});

test("a product with a block is that with its rows and columns of the matrix; traces of blocks add up", async () => {
  const property = fc.asyncProperty(fc.nat(1000), fc.constantFrom("model", "layer", "tensor"), async (seed, of) => {
    const n = layoutSize(layout);
    const random = randomStream(seed, "matrix");
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) matrix[i * n + j] = matrix[j * n + i] = random.normal();
    }
    let trace = 0;
    for (const block of hessianBlocks(layout, of)) {
      const rows = block.tensors.flatMap(({ offset, shape }) =>
        Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => offset + i),
      );
      assert.equal(rows.length, block.size);
      const multiply = blockMultiply(dense(matrix, n), n, block);
      for (const [j, column] of rows.entries()) {
        const product = await multiply(Float64Array.from(rows, (_, i) => (i === j ? 1 : 0)));
        assert.deepEqual(
          product,
          Float64Array.from(rows, (row) => matrix[row * n + column]),
        );
        trace += product[j];
      }
    }
    const whole = Array.from({ length: n }, (_, i) => matrix[i * n + i]).reduce((a, b) => a + b);
    assert.ok(Math.abs(trace - whole) < 1e-12);
  });
  await fc.assert(property, { seed: 2, numRuns: 20 });
});
