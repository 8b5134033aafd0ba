import assert from "node:assert/strict";
import { test } from "node:test";
import type { NamedArrays } from "../../../src/files/namedArrays.js";
import type { GivenPoints, PinnProblem } from "../../../src/models/problems/pinn.js";
import { pinnPoints } from "../../../src/models/problems/pinnPoints.js";
import { readPoints } from "../../../src/models/problems/readPoints.js";
import { validateProblem } from "../../../src/models/problems/validateProblem.js";
import { convection } from "./convection.js";

const given = (points: GivenPoints, change: Partial<PinnProblem> = {}): PinnProblem => ({
  ...convection,
  ...change,
  points,
});
const faults = (problem: PinnProblem) =>
  validateProblem(problem).map(({ path, message }) => `${path.join(".")}: ${message}`);

const array =
  (shape: number[], ...values: number[]) =>
  () => ({ shape, values: Float64Array.from(values) });
const files: Record<string, NamedArrays> = {
  "a.npz": new Map([
    ["x_f", array([3, 1], 1, 2, 3)],
    ["t_f", array([3], 0.1, 0.2, 0.3)],
    ["short", array([2], 0.1, 0.2)],
    ["matrix", array([1, 3], 1, 2, 3)],
    ["gap", array([3], 1, NaN, 3)],
    ["none", array([0])],
  ]),
  "b.csv": new Map([
    ["x", array([1], 5)],
    ["t", array([1], 0.5)],
  ]),
};
const read = (points: GivenPoints) => readPoints(given(points), (path) => files[path]);

test("points by the names of their arrays, by variable names where none are told, or one by one", () => {
  const problem = read({
    path: "a.npz",
    initial: { x: [0], t: ["2*pi/256"], u: [0.5] },
    collocation: { x: "x_f", t: "t_f" },
    boundary: { x: { lower: { x: [0], t: [1] }, upper: { path: "b.csv" } } },
  });
  assert.deepEqual(problem.points, {
    initial: { x: [0], t: [(2 * Math.PI) / 256], u: [0.5] },
    boundary: { x: { lower: { x: [0], t: [1] }, upper: { x: [5], t: [0.5] } } },
    collocation: { x: [1, 2, 3], t: [0.1, 0.2, 0.3] },
  });
  assert.deepEqual(JSON.parse(JSON.stringify(problem)), problem, "plain numbers, which need no files");
  const { initial, boundary, collocation } = pinnPoints(problem);
  assert.deepEqual(collocation, { x: Float64Array.of(1, 2, 3), t: Float64Array.of(0.1, 0.2, 0.3) });
  assert.deepEqual(boundary.x.upper, { x: Float64Array.of(5), t: Float64Array.of(0.5) });
  assert.deepEqual(initial?.u, Float64Array.of(0.5));
});

test("what is not given comes from the grid, and a problem without points stays as it is", () => {
  assert.equal(
    readPoints(convection, () => assert.fail()),
    convection,
  );
  const own = pinnPoints(convection);
  assert.deepEqual(pinnPoints(read({ path: "a.npz", collocation: { x: "x_f", t: "t_f" } })), {
    ...own,
    collocation: { x: Float64Array.of(1, 2, 3), t: Float64Array.of(0.1, 0.2, 0.3) },
  });
  assert.deepEqual(pinnPoints(read({ boundary: {} })), { ...own, boundary: {} });
});

test("arrays that are absent, of other shapes, of different lengths, or not finite", () => {
  const fault = (points: GivenPoints, message: RegExp) =>
    assert.throws(() => read({ path: "a.npz", ...points }), message);
  fault(
    { collocation: { x: "x_g", t: "t_f" } },
    /points\.collocation\.x: a\.npz has no array "x_g"; did you mean "x_f"\?/,
  );
  fault({ collocation: { t: "t_f" } }, /points\.collocation\.x: a\.npz has no array "x"; it has x_f, t_f, short/);
  fault(
    { collocation: { x: "matrix", t: "t_f" } },
    /collocation\.x: a\.npz: matrix has shape \[1, 3\]; expected \[N\] or \[N, 1\]/,
  );
  fault(
    { collocation: { x: "x_f", t: "short" } },
    /points\.collocation has 3 values of x but 2 of t; expected the same number/,
  );
  fault(
    { collocation: { x: "gap", t: "t_f" } },
    /points\.collocation\.x holds NaN at position 1; expected finite numbers/,
  );
  fault({ collocation: { x: "none", t: "none" } }, /points\.collocation\.x is empty/);
  const pair = { lower: { x: "x_f", t: "t_f" }, upper: { x: [1], t: [1] } };
  fault({ boundary: { x: pair } }, /points\.boundary\.x has 3 lower but 1 upper points; expected pairs/);
});

test("what can be told without the files is told before anything runs", () => {
  const fine: GivenPoints = {
    path: "a.npz",
    collocation: { x: "x_f", t: "t_f" },
    initial: { u: [1], x: [0], t: ["pi/2"] },
  };
  assert.deepEqual(faults(given(fine)), []);
  assert.deepEqual(faults(given(fine, { initial: undefined })), [], "u is known at the given points");
  const fault = (points: GivenPoints, message: RegExp) => assert.match(faults(given(points))[0], message);
  fault(
    { collocation: { x: "x_f", t: [1] } },
    /^points\.collocation\.x: names the array "x_f", but no file; add path: <file>/,
  );
  fault({ collocation: { x: [1] } }, /^points\.collocation: lacks "t"; expected values of x, t/);
  fault({ initial: { x: [1], t: [1] } }, /^points\.initial: lacks "u"; expected values of x, t, u/);
  fault(
    { collocation: { x: [1], t: [1], y: [1] } },
    /^points\.collocation\.y: "y" is not a variable here; expected x, t/,
  );
  fault(
    { collocation: { x: [1, 2], t: [1] } },
    /^points\.collocation\.t: has 1 values but x has 2; expected the same number/,
  );
  fault({ collocation: { x: ["2*py"], t: [1] } }, /^points\.collocation\.x\.0: unknown name "py"/);
  fault({ collocation: { x: ["1/0"], t: [1] } }, /^points\.collocation\.x\.0: is Infinity; expected a finite number/);
  const lists = { lower: { x: [0], t: [0] }, upper: { x: [1], t: [0] } };
  fault({ boundary: { t: lists } }, /^points\.boundary\.t: "t" is not a space variable; expected x/);
  fault({ boundary: { x: { ...lists, upper: { x: [1] } } } }, /^points\.boundary\.x\.upper: lacks "t"/);
});

test("limits on drawn and gridded points do not hold for given ones", () => {
  const collocation = { points: 1e6, seed: 0 };
  const one = { x: [1], t: [1] };
  assert.equal(faults({ ...convection, collocation }).length, 1);
  assert.deepEqual(faults(given({ collocation: one }, { collocation })), []);
  const grid = { x: 1_000_000, t: 100 };
  assert.match(
    faults({ ...convection, grid })[0],
    /^grid: gives 1000200 initial and boundary points; expected at most/,
  );
  assert.deepEqual(faults(given({ initial: { ...one, u: [1] } }, { grid })), []);
});
