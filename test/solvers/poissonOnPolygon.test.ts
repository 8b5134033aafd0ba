import assert from "node:assert/strict";
import { test } from "node:test";
import { poissonOnPolygon } from "../../src/solvers/poissonOnPolygon.js";
import type { PlanePoint } from "../../src/solvers/polygon.js";

/** [−1, 1]² without the quarter x, y > 0. */
const lShape: PlanePoint[] = [
  [-1, -1],
  [1, -1],
  [1, 0],
  [0, 0],
  [0, 1],
  [-1, 1],
];
const points = [
  [-0.5, -0.5],
  [0.9, -0.1],
  [-0.01, -0.01],
  [-0.001, 0.5],
  [0.3, -0.7],
];
const [x, y] = [0, 1].map((k) => Float64Array.from(points, (point) => point[k]));

test("the singular harmonic function of the L-shape", () => {
  // r^(2/3) sin(2φ/3) with φ from the side x = 0, y > 0 around the corner
  const exact = (a: number, b: number) => {
    const angle = (Math.atan2(b, a) - Math.PI / 2 + 4 * Math.PI) % (2 * Math.PI);
    return Math.hypot(a, b) ** (2 / 3) * Math.sin((2 * angle) / 3);
  };
  const { at, errorBound } = poissonOnPolygon(lShape, { source: 0, boundary: exact }, { tolerance: 1e-6 });
  assert.ok(errorBound < 2e-6);
  for (const [i, value] of at(x, y).entries()) assert.ok(Math.abs(value - exact(x[i], y[i])) <= errorBound);
});

test("the torsion of the L-shape: vertices in any order, symmetric, published at the energy", () => {
  const solve = (vertices: PlanePoint[]) =>
    poissonOnPolygon(vertices, { source: -1, boundary: () => 0 }, { tolerance: 1e-6 });
  const { at } = solve(lShape);
  const [there, back, mirrored] = [at(x, y), solve([...lShape].reverse()).at(x, y), at(y, x)];
  for (let i = 0; i < x.length; i++) {
    assert.ok(Math.abs(there[i] - back[i]) < 1e-6);
    assert.ok(Math.abs(there[i] - mirrored[i]) < 1e-6);
  }
  // ∫u = ‖∇u‖² = 0.2140758 (known from finite elements), by the midpoint rule
  const n = 200;
  const grid = Array.from({ length: n * n }, (_, i) => [
    (2 * (i % n) + 1) / n - 1,
    (2 * Math.floor(i / n) + 1) / n - 1,
  ]);
  const inside = grid.filter(([a, b]) => a < 0 || b < 0);
  const values = at(
    Float64Array.from(inside, ([a]) => a),
    Float64Array.from(inside, ([, b]) => b),
  );
  const integral = (values.reduce((sum, value) => sum + value, 0) * 4) / (n * n);
  assert.ok(Math.abs(integral - 0.2140758) < 2e-5, `${integral}`);
});

test("the torsion of an equilateral triangle, a polynomial", () => {
  const side = Math.sqrt(3);
  const triangle: PlanePoint[] = [
    [0, 0],
    [2, 0],
    [1, side],
  ];
  // The product of the distances to the sides over twice the height
  const exact = (a: number, b: number) => (b * (side * a - b) * (side * (2 - a) - b)) / (4 * side);
  const { at } = poissonOnPolygon(triangle, { source: -1, boundary: () => 0 }, { tolerance: 1e-8 });
  const [a, b] = [Float64Array.of(1, 0.5, 1.4), Float64Array.of(0.5, 0.2, 0.9)];
  for (const [i, value] of at(a, b).entries()) assert.ok(Math.abs(value - exact(a[i], b[i])) < 1e-8);
});

test("boundary values that jump are refused", () => {
  const jump = (a: number) => Number(a > 0.3);
  assert.throws(
    () => poissonOnPolygon(lShape, { source: 0, boundary: jump }, { tolerance: 1e-6 }),
    /has an error of .* check that the boundary values are continuous/,
  );
});
