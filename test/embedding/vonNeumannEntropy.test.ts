import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kneeOf, vonNeumannEntropy } from "../../src/embedding/vonNeumannEntropy.js";

test("n equal singular values have the entropy log n for ever, one alone has none", () => {
  for (const entropy of vonNeumannEntropy(new Float64Array(8).fill(0.5), 5))
    assert.ok(Math.abs(entropy - Math.log(8)) < 1e-13);
  for (const entropy of vonNeumannEntropy(Float64Array.of(1, 0, 0), 3)) assert.ok(Math.abs(entropy) < 1e-13);
});

test("of 1 and ½ the entropy after t steps is that of the shares 1 and 2⁻⁽ᵗ⁺¹⁾", () => {
  vonNeumannEntropy(Float64Array.of(1, 0.5), 6).forEach((entropy, t) => {
    const p = 1 / (1 + 2 ** -(t + 1));
    assert.ok(Math.abs(entropy + p * Math.log(p) + (1 - p) * Math.log(1 - p)) < 1e-13);
  });
});

test("the knee of two straight lines is where they meet", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 1, max: 9 }),
      (left, right, steep) => {
        const curve = Float64Array.from({ length: left + right + 1 }, (_, x) => (x <= left ? steep * (left - x) : 0));
        assert.equal(kneeOf(curve), left);
      },
    ),
    { seed: 1 },
  );
});

test("the knee of exp(−x/10) at 0 … 19 is 8, as phate's documentation has it, and three points have it in the middle", () => {
  assert.equal(kneeOf(Float64Array.from({ length: 20 }, (_, x) => Math.exp(-x / 10))), 8);
  assert.equal(kneeOf(Float64Array.of(5, 1, 0)), 1);
  assert.throws(() => kneeOf(Float64Array.of(1, 0)), /3 points or more, found 2/);
});
