import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../src/linalg/random.js";
import { fourierTransform } from "../../src/solvers/fourierTransform.js";

test("the transform is the sum that defines it, and back again", () => {
  const n = 16;
  const stream = randomStream(0, "transform");
  const [real, imaginary] = [0, 1].map(() => Float64Array.from({ length: n }, () => stream.normal()));
  const [re, im] = [real.slice(), imaginary.slice()];
  fourierTransform(re, im, "forward");
  for (let j = 0; j < n; j++) {
    let [a, b] = [0, 0];
    for (let m = 0; m < n; m++) {
      const [c, s] = [Math.cos((2 * Math.PI * j * m) / n), -Math.sin((2 * Math.PI * j * m) / n)];
      a += real[m] * c - imaginary[m] * s;
      b += real[m] * s + imaginary[m] * c;
    }
    assert.ok(Math.hypot(re[j] - a, im[j] - b) < 1e-13);
  }
  fourierTransform(re, im, "backward");
  for (let m = 0; m < n; m++) assert.ok(Math.hypot(re[m] / n - real[m], im[m] / n - imaginary[m]) < 1e-15);
});

test("other lengths are refused", () => {
  assert.throws(() => fourierTransform(new Float64Array(12), new Float64Array(12), "forward"), /takes 2\^k complex/);
});
