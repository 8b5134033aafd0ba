import assert from "node:assert/strict";
import { test } from "node:test";
import type { Collocation, PinnProblem, Points } from "../../../src/models/problems/pinn.js";
import { pinnPoints } from "../../../src/models/problems/pinnPoints.js";

/** The quarter disk, over time. */
const quarter: PinnProblem = {
  ...{ kind: "pinn", equation: "u_t = u_xx + u_yy", initial: "x*y", inside: "x^2 + y^2 < 1", edge: "u = 0" },
  ...{ domain: { x: [0, 1], y: [0, 1], t: [0, 2] }, grid: { x: 5, y: 5, t: 3 } },
  boundary: { x: { lower: "u = 0", upper: "none" }, y: { lower: "u_y = 0", upper: "none" } },
  collocation: { points: 7, seed: 3 },
};

const of = (collocation: Partial<Collocation>) =>
  pinnPoints({ ...quarter, collocation: { ...quarter.collocation, ...collocation } });

const sizes = ({ initial, boundary, edge, collocation }: ReturnType<typeof of>) =>
  [initial!, boundary.x.lower, boundary.x.upper, boundary.y.lower, edge!, collocation].map(({ t }) => t.length);

const radii = ({ x, y }: Points) => [...x].map((value, i) => Math.hypot(value, y[i]));

test("on a grid, points outside are left out, and lines cross the edge", () => {
  //  4 . . . . .     x² + y² < 1 on the nodes 0, ¼, ½, ¾, 1
  //  3 o o o . .     13 nodes are inside: 4, 4, 4, 3 … minus the corner (¾, ¾)
  //  2 o o o o .
  //  1 o o o o .
  //  0 o o o o .
  const points = of({});
  const inside = 4 + 4 + 4 + 3;
  // Each of 4 lines of either direction crosses once, and so do those through the corners of the box, where y = 1
  // touches.
  assert.deepEqual(sizes(points), [inside, 4 * 3, 0, 4 * 3, 8 * 3, 7]);
  assert.ok(radii(points.collocation).every((r) => r < 1));
  assert.ok(radii(points.edge!).every((r) => Math.abs(r - 1) < 1e-15));
  assert.deepEqual([...new Set(points.edge!.t)].sort(), [0, 1, 2]);
});

test("any number of points, drawn by any method, lies where it should", () => {
  for (const method of ["uniform", "latin-hypercube", "sobol"] as const) {
    const points = of({ method, points: 200, initial: 30, boundary: 40 });
    assert.deepEqual(sizes(points), [30, 40, 0, 40, 40, 200]);
    assert.ok(points.initial!.t.every((t) => t === 0));
    assert.ok(points.boundary.x.lower.x.every((x) => x === 0));
    assert.ok(radii(points.collocation).every((r) => r < 1) && radii(points.initial!).every((r) => r < 1));
    assert.ok(radii(points.edge!).every((r) => Math.abs(r - 1) < 1e-15));
    assert.ok(points.collocation.t.every((t) => t > 0 && t < 2));
    // Four parts of equal area and time hold a quarter of the points each, to four deviations.
    const early = points.collocation.t.filter((t, i) => t < 1 && points.collocation.x[i] < points.collocation.y[i]);
    assert.ok(Math.abs(early.length - 50) < 25, `${method}: ${early.length}`);
    assert.deepEqual(of({ method, points: 200, initial: 30, boundary: 40 }), points);
    assert.notDeepEqual(of({ method, points: 200, seed: 4 }).collocation, points.collocation);
  }
});

test("a Latin hypercube has one point in each interval; Sobol points fill the parts of a square alike", () => {
  const square: PinnProblem = {
    ...{ kind: "pinn", equation: "u_xx + u_yy", domain: { x: [0, 4], y: [2, 3] }, grid: { x: 5, y: 5 } },
    ...{ boundary: "none", collocation: { points: 64, seed: 1, method: "sobol" } },
  };
  const cells = new Map<string, number>();
  const { x, y } = pinnPoints(square).collocation;
  for (const [i, value] of x.entries()) {
    const cell = `${Math.floor(value)} ${Math.floor(4 * (y[i] - 2))}`;
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  assert.deepEqual([...cells.values()], new Array(16).fill(4));
  const latin = pinnPoints({ ...square, collocation: { points: 64, seed: 1, method: "latin-hypercube" } });
  assert.equal(new Set(latin.collocation.x.map((value) => Math.floor(16 * value))).size, 64);
});

test("the points of periodic faces are the same at both ends", () => {
  const { boundary } = pinnPoints({
    ...{
      kind: "pinn",
      equation: "u_t + u_x",
      initial: "sin(x)",
      domain: { x: [0, 1], t: [0, 1] },
      grid: { x: 8, t: 5 },
    },
    ...{ boundary: "periodic", collocation: { points: 9, seed: 0, method: "uniform", boundary: 6 } },
  });
  assert.equal(boundary.x.lower.t.length, 6);
  assert.deepEqual(boundary.x.lower.t, boundary.x.upper.t);
  assert.ok(boundary.x.upper.x.every((x) => x === 1));
});

test("a region that drawn points do not meet is an error", () => {
  const of = (inside: string) => () =>
    pinnPoints({ ...quarter, inside, collocation: { points: 5, seed: 0, method: "uniform" }, boundary: "none" });
  assert.throws(of("x < 1e-9"), /lie inside|no line/);
});
