import assert from "node:assert/strict";
import { test } from "node:test";
import { classicalMds } from "../../src/embedding/classicalMds.js";
import { randomStream } from "../../src/linalg/random.js";

const close = (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-12) => {
  assert.equal(found.length, expected.length);
  for (let i = 0; i < found.length; i++) {
    assert.ok(Math.abs(found[i] - expected[i]) <= tolerance, `${i}: ${found[i]}, expected ${expected[i]}`);
  }
};

/** All distances of points in the plane, row major. */
function distancesOf(points: ArrayLike<number>): Float64Array {
  const n = points.length / 2;
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Math.hypot(points[2 * i] - points[2 * j], points[2 * i + 1] - points[2 * j + 1]);
  });
}

test("two points lie left and right of the middle, one in the middle, none nowhere", () => {
  close(classicalMds(Float64Array.of(0, 3, 3, 0), 2).coordinates, [1.5, 0, -1.5, 0]);
  assert.deepEqual(classicalMds(Float64Array.of(0), 1).coordinates, Float64Array.of(0, 0));
  assert.equal(classicalMds(new Float64Array(0), 0).coordinates.length, 0);
});

test("points at one place stay together, and nothing is left to explain", () => {
  const { coordinates, explained, stress } = classicalMds(new Float64Array(16), 4);
  assert.deepEqual(coordinates, new Float64Array(8));
  assert.deepEqual([explained, stress], [1, 0]);
});

test("points on a line have no second coordinate, not even from rounding", () => {
  const { coordinates, explained } = classicalMds(distancesOf([0.1, 0, 0.4, 0, 1.3, 0, 2.6, 0]), 4);
  close(
    coordinates.filter((_, k) => k % 2 === 1),
    [0, 0, 0, 0],
    0,
  );
  close([explained], [1]);
});

test("points in the plane are found again, whatever their size", () => {
  for (const size of [1, 1e-180, 1e180]) {
    const random = randomStream(71);
    const points = new Float64Array(40).map(() => random.normal());
    const distances = distancesOf(points).map((distance) => distance * size);
    const { coordinates, eigenvalues, explained, stress } = classicalMds(distances, 20);
    close(distancesOf(coordinates.map((x) => x / size)), distancesOf(points), 1e-11);
    close([explained, stress], [1, 0], 1e-10);
    assert.ok(
      eigenvalues.every((value, k) => k === 0 || value <= eigenvalues[k - 1]),
      "descending",
    );
    assert.deepEqual(classicalMds(distances, 20).coordinates, coordinates, "the same signs every time");
  }
});

test("distances of no plane leave a negative eigenvalue and stress", () => {
  // Three ends of a star are 2 apart, and 1 from the middle: no Euclidean space has such points. Eigenvalues 2, 2, 0,
  // −1/4.
  const star = Float64Array.of(0, 1, 1, 1, 1, 0, 2, 2, 1, 2, 0, 2, 1, 2, 2, 0);
  const { eigenvalues, explained, stress } = classicalMds(star, 4);
  close(eigenvalues, [2, 2, 0, -0.25]);
  close([explained], [4 / 4.25]);
  // Ends on a circle of radius 2/√3 around the middle, where they should be at 1.
  close([stress], [Math.sqrt((3 * (2 / Math.sqrt(3) - 1) ** 2) / 15)]);
});

test("infinite distances and matrices of another size are refused", () => {
  assert.throws(() => classicalMds(Float64Array.of(0, Infinity, Infinity, 0), 2), /points 0 and 1 is Infinity/);
  assert.throws(() => classicalMds(new Float64Array(3), 2), /2 points need 4 numbers, found 3/);
});
