import assert from "node:assert/strict";
import { test } from "node:test";
import { type PointMemory, pathDirections, withMemories } from "../../../src/landscape/paths/pathDirections.js";
import { randomStream } from "../../../src/linalg/random.js";
import { adam } from "../../../src/training/adam.js";

test("sgd goes along the gradients, and remembers nothing", () => {
  const memory: PointMemory[] = [];
  const gradients = [Float64Array.of(1, -2)];
  assert.equal(pathDirections("sgd", gradients, memory), gradients);
  assert.deepEqual(memory, []);
});

test("adam: each point goes where Adam with the betas 0.9 and 0.99 would take it", () => {
  const random = randomStream(0, "gradients");
  const points = Array.from({ length: 3 }, () => new Float64Array(5));
  const remembered = points.map(() => [new Float64Array(5), new Float64Array(5)]);
  const rule = adam({ betas: [0.9, 0.99] });
  const memory: PointMemory[] = [];
  for (let step = 1; step <= 20; step++) {
    const gradients = points.map(() => Float64Array.from({ length: 5 }, (_, k) => 10 ** -k * (random.uniform() - 0.3)));
    const before = points.map((theta) => theta.slice());
    for (const [p, theta] of points.entries()) rule.move(theta, gradients[p], remembered[p], rule.factors(step, 1));
    for (const [p, direction] of pathDirections("adam", gradients, memory).entries()) {
      for (const [k, d] of [...direction].entries()) assert.ok(Math.abs(before[p][k] - points[p][k] - d) < 1e-12);
    }
  }
});

test("a gradient that is not finite is handed on and not remembered", () => {
  const memory: PointMemory[] = [];
  pathDirections("adam", [Float64Array.of(1, 2)], memory);
  const known = structuredClone(memory);
  const [direction] = pathDirections("adam", [Float64Array.of(1, Number.NaN)], memory);
  assert.deepEqual([...direction], [1, Number.NaN]);
  assert.deepEqual(memory, known);
});

test("points that are put in remember nothing; the others keep what is theirs", () => {
  const memory: PointMemory[] = [];
  pathDirections("adam", [Float64Array.of(1), Float64Array.of(2)], memory);
  // The end, points 1 and 2, the other end: one more in the first gap, and one in the last.
  const more = withMemories(memory, [0.5, 2.5]);
  assert.deepEqual(
    more.map(({ steps }) => steps),
    [0, 1, 1, 0],
  );
  assert.deepEqual([more[1], more[2]], memory);
  assert.deepEqual(withMemories([], [0.5]), []);
});
