import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../src/linalg/random.js";

const draw = (count: number, next: () => number) => Array.from({ length: count }, next);
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test("a seed and a path name one stream, another path another stream", () => {
  const first = draw(5, randomStream(7, "weights", 0).uniform);
  assert.deepEqual(draw(5, randomStream(7, "weights", 0).uniform), first);
  assert.notDeepEqual(draw(5, randomStream(7, "weights", 1).uniform), first);
  assert.notDeepEqual(draw(5, randomStream(8, "weights", 0).uniform), first);
});

test("uniform and normal numbers have their moments, neighbouring streams are uncorrelated", () => {
  const n = 100_000; // standard errors: 0.0009 for the uniform mean, 0.0032 for the others
  assert.ok(Math.abs(mean(draw(n, randomStream(1).uniform)) - 0.5) < 0.005);
  const x = draw(n, randomStream(1, 0).normal);
  const y = draw(n, randomStream(1, 1).normal);
  assert.ok(Math.abs(mean(x)) < 0.015);
  assert.ok(Math.abs(mean(x.map((v) => v * v)) - 1) < 0.025);
  assert.ok(Math.abs(mean(x.map((v, i) => v * y[i]))) < 0.015);
});

test("a sample holds distinct numbers, and all of them when k = n", () => {
  const sample = randomStream(3).sample(50, 50);
  assert.deepEqual(
    Array.from(sample).sort((a, b) => a - b),
    draw(
      50,
      (
        (i) => () =>
          i++
      )(0),
    ),
  );
  assert.throws(() => randomStream(3).sample(3, 4), RangeError);
});
