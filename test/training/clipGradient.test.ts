import assert from "node:assert/strict";
import { test } from "node:test";
import { clipGradient } from "../../src/training/clipGradient.js";

test("clip_grad_norm_ of (3, 4) to 1; shorter gradients stay", () => {
  const gradient = Float64Array.of(3, 4);
  clipGradient(gradient, 1);
  assert.ok(Math.abs(gradient[0] - 0.599999880000024) < 1e-15 && Math.abs(gradient[1] - 0.799999840000032) < 1e-15);
  const short = Float64Array.of(0.3, 0.4);
  clipGradient(short, 1);
  assert.deepEqual(short, Float64Array.of(0.3, 0.4));
});
