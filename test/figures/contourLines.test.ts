import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { contourLines } from "../../src/figures/contourLines.js";

const axis = (n: number) => Float64Array.from({ length: n }, (_, i) => i);
const sample = (x: Float64Array, y: Float64Array, f: (x: number, y: number) => number) =>
  Float64Array.from({ length: x.length * y.length }, (_, v) => f(x[v % x.length], y[Math.floor(v / x.length)]));
const points = (line: number[]) => Array.from({ length: line.length / 2 }, (_, k) => [line[2 * k], line[2 * k + 1]]);

test("a plane has one straight line, at the true coordinates", () => {
  // f = x on x = 0, 1, 4 and y = 0, 10: the level 2.5 lies half way between the last two columns
  const x = Float64Array.of(0, 1, 4);
  const y = Float64Array.of(0, 10);
  assert.deepEqual(
    contourLines(
      sample(x, y, (x) => x),
      x,
      y,
      2.5,
    ),
    [[2.5, 0, 2.5, 10]],
  );
});

test("a peak has a closed line", () => {
  // 0 0 0
  // 0 2 0   level 1: a diamond half way to the four neighbours
  // 0 0 0
  const [line, ...others] = contourLines(Float64Array.of(0, 0, 0, 0, 2, 0, 0, 0, 0), axis(3), axis(3), 1);
  assert.equal(others.length, 0);
  assert.deepEqual(line.slice(0, 2), line.slice(-2));
  const corners = new Set(points(line).map(String));
  assert.deepEqual(corners, new Set(["1,0.5", "1.5,1", "1,1.5", "0.5,1"]));
});

test("the centre of a cell decides which corners of a saddle are cut off", () => {
  // 0 3
  // 3 0   mean 1.5: at level 1 the centre belongs to the high corners, at level 2 to the low ones
  const f = Float64Array.of(3, 0, 0, 3);
  const ends = (level: number) =>
    contourLines(f, axis(2), axis(2), level).map((line) => points(line).map(String).sort());
  assert.deepEqual(ends(1).length, 2);
  const around = (corner: [number, number], level: number) =>
    contourLines(f, axis(2), axis(2), level).some((line) =>
      points(line).every(([x, y]) => Math.hypot(x - corner[0], y - corner[1]) < 0.8),
    );
  assert.ok(around([1, 0], 1) && around([0, 1], 1) && !around([0, 0], 1));
  assert.ok(around([0, 0], 2) && around([1, 1], 2) && !around([1, 0], 2));
});

test("a cell with a corner that is not finite holds no line", () => {
  const f = Float64Array.of(0, 2, Number.NaN, 0, 2, 2);
  assert.deepEqual(contourLines(f, axis(3), axis(2), 1), [[0.5, 0, 0.5, 1]]);
  assert.deepEqual(contourLines(f.fill(Infinity), axis(3), axis(2), 1), []);
});

test("on random fields every crossed edge is passed once, at the interpolated place", () => {
  const field = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(field, fc.integer({ min: 0, max: 9 }), (field, below) => {
      const level = below + 0.5;
      const f = Float64Array.from(field);
      const [nx, ny] = [6, 5];
      let crossed = 0;
      for (let v = 0; v < nx * ny; v++) {
        if (v % nx < nx - 1 && f[v] >= level !== f[v + 1] >= level) crossed++;
        if (v < nx * (ny - 1) && f[v] >= level !== f[v + nx] >= level) crossed++;
      }
      const lines = contourLines(f, axis(nx), axis(ny), level);
      let passed = 0;
      for (const line of lines) {
        const all = points(line);
        const closed = all.length > 2 && String(all[0]) === String(all[all.length - 1]);
        passed += all.length - (closed ? 1 : 0);
        for (const [x, y] of all) {
          const [i, j] = [Math.floor(x), Math.floor(y)];
          const next = Number.isInteger(y) ? Math.min(i + 1, nx - 1) + nx * j : i + nx * Math.min(j + 1, ny - 1);
          const t = x - i + (y - j);
          assert.ok(Math.abs(f[i + nx * j] * (1 - t) + f[next] * t - level) < 1e-9);
        }
        if (!closed) {
          for (const [x, y] of [all[0], all[all.length - 1]])
            assert.ok(x === 0 || y === 0 || x === nx - 1 || y === ny - 1);
        }
      }
      assert.equal(passed, crossed);
    }),
    { seed: 3, numRuns: 200 },
  );
});
