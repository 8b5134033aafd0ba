import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { vectorArena } from "../../src/linalg/vectorArena.js";
import { allFinite, axpy, axpyDot, dot, maxAbs, norm, scale, sumAbs } from "../../src/linalg/vectors.js";

const vectors = (count: number) =>
  fc
    .integer({ min: 0, max: 40 })
    .chain((n) =>
      fc.tuple(
        ...Array.from({ length: count }, () =>
          fc.float64Array({ minLength: n, maxLength: n, min: -1e3, max: 1e3, noNaN: true }),
        ),
      ),
    );

test("a dot product of integers is exact for every length around the unrolled block", () => {
  for (let n = 0; n <= 33; n++) {
    const a = Float64Array.from({ length: n }, (_, i) => i + 1);
    assert.equal(dot(a, a), (n * (n + 1) * (2 * n + 1)) / 6);
  }
});

test("axpyDot has the bits of axpy followed by dot", () => {
  fc.assert(
    fc.property(vectors(3), fc.double({ min: -10, max: 10, noNaN: true }), ([x, y, z], alpha) => {
      const expected = y.slice();
      axpy(alpha, x, expected);
      const product = axpyDot(alpha, x, y, z);
      assert.deepEqual(y, expected);
      assert.equal(product, dot(expected, z));
    }),
    { seed: 1 },
  );
});

test("the SIMD kernel has the bits of the JavaScript loop, also when y is z", () => {
  fc.assert(
    fc.property(vectors(3), fc.double({ min: -10, max: 10, noNaN: true }), fc.boolean(), (drawn, alpha, same) => {
      const { vectors, axpyDot: kernel } = vectorArena(3, drawn[0].length);
      const plain = vectors.map((padded, k) => {
        padded.set(drawn[k]);
        return padded.slice();
      });
      const z = same ? 1 : 2;
      assert.equal(kernel(alpha, vectors[0], vectors[1], vectors[z]), axpyDot(alpha, plain[0], plain[1], plain[z]));
      assert.deepEqual(
        vectors.map((v) => v.slice()),
        plain,
      );
    }),
    { seed: 2 },
  );
});

test("a second arena leaves the vectors of the first alone, and hundreds fit one process", () => {
  const first = vectorArena(2, 10).vectors[0].fill(3);
  for (let k = 0; k < 300; k++) vectorArena(2, 10).vectors[0].fill(5);
  assert.deepEqual([...first], new Array(16).fill(3));
});

test("norms survive squares that overflow or underflow", () => {
  assert.equal(norm(Float64Array.of(3, 4)), 5);
  assert.ok(Math.abs(norm(Float64Array.of(3e200, 4e200)) / 5e200 - 1) < 1e-15);
  assert.ok(Math.abs(norm(Float64Array.of(3e-200, 4e-200)) / 5e-200 - 1) < 1e-15);
  assert.equal(norm(new Float64Array(3)), 0);
  assert.equal(norm(new Float64Array(0)), 0);
});

test("norms show what is not finite", () => {
  assert.equal(norm(Float64Array.of(1, -Infinity)), Infinity);
  for (const f of [norm, maxAbs, sumAbs]) assert.ok(Number.isNaN(f(Float64Array.of(1, Number.NaN, Infinity))));
});

test("maxAbs, sumAbs and scale do what they say", () => {
  const a = Float64Array.of(1, -4, 2);
  assert.equal(maxAbs(a), 4);
  assert.equal(sumAbs(a), 7);
  scale(-2, a);
  assert.deepEqual([...a], [-2, 8, -4]);
});

test("an entry that is not finite is found wherever it stands", () => {
  for (let n = 0; n <= 9; n++) {
    // Sums and squares of the largest numbers overflow; the numbers are finite.
    const a = new Float64Array(n).fill(Number.MAX_VALUE);
    assert.equal(allFinite(a), true);
    assert.equal(allFinite(new Float32Array(n).fill(-3e38)), true);
    for (const [i, wrong] of Array.from({ length: n }, (_, i) => [i, [Number.NaN, Infinity, -Infinity][i % 3]])) {
      assert.equal(allFinite(a.with(i, wrong)), false);
      assert.equal(allFinite(new Float32Array(a.length).with(i, wrong)), false);
    }
  }
});
