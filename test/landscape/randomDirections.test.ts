import assert from "node:assert/strict";
import { test } from "node:test";
import { cosines } from "../../src/landscape/orthogonalize.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { dot } from "../../src/linalg/vectors.js";

test("direction k does not change when more are drawn, and no two share numbers", () => {
  for (const distribution of ["normal", "uniform"] as const) {
    const five = randomDirections({ size: 1000, count: 5, seed: 3, distribution });
    const two = randomDirections({ size: 1000, count: 2, seed: 3, distribution });
    assert.deepEqual(five.slice(0, 2), two);
    assert.ok(cosines(five).every((c, at) => (at % 6 === 0 ? c === 1 : Math.abs(c) < 0.15)));
    const mean = five[0].reduce((a, b) => a + b) / 1000;
    assert.ok(Math.abs(mean) < 0.1, `${distribution} mean ${mean}`);
    const square = dot(five[0], five[0]) / 1000;
    assert.ok(Math.abs(square - (distribution === "normal" ? 1 : 1 / 3)) < 0.15, `${distribution} variance ${square}`);
  }
});
