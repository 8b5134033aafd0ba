import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import * as f from "../../src/graph/functions.js";
import { schedule } from "../../src/graph/program.js";
import { parseExpression } from "../../src/models/expression.js";
import { lowerExpression } from "../../src/models/lowerExpression.js";
import { createModel } from "../../src/models/model.js";
import type { PinnPoints, PinnProblem } from "../../src/models/pinn.js";
import { pinnErrors, pinnExact } from "../../src/models/pinnErrors.js";
import { pinnLoss } from "../../src/models/pinnLoss.js";
import { pinnGrid, pinnPoints } from "../../src/models/pinnPoints.js";
import { run } from "../graph/run.js";
import { npz, referencePath } from "../reference.js";
import { convection } from "./convection.js";

/** A "network" that is a formula; the parameter c is there to be differentiated by. */
const formula = (source: string) => (theta: f.Tensor, inputs: f.Tensor) => {
  const [x, t] = [0, 1].map((row) => f.slice(inputs, 0, row, row + 1));
  const value = lowerExpression(parseExpression(source), { x, t, c: f.reshape(theta, [theta.shape[0], 1, 1]) });
  return f.expand(f.add(value, 0), [theta.shape[0], 1, inputs.shape[1]]);
};

async function termsOf(source: string, problem: PinnProblem, c = [1]) {
  const theta = f.input("theta", [c.length, 1]);
  const outputs = { ...pinnLoss(formula(source), problem, pinnPoints(problem), theta) };
  return run({ inputs: { theta }, outputs }, { theta: Float64Array.from(c) });
}

const small = { ...convection, grid: { x: 16, t: 9 }, collocation: { points: 40, seed: 1 } };

test("points lie as Krishnapriyan et al. put them", () => {
  const { initial, boundary, collocation } = pinnPoints(convection);
  assert.equal(initial.x.length, 256);
  assert.deepEqual([initial.x[0], initial.x[128], initial.t[255]], [0, Math.PI, 0]);
  assert.equal(initial.x[255], (2 * Math.PI * 255) / 256);
  assert.equal(initial.u[64], 1);
  assert.deepEqual([boundary.lower.x[7], boundary.upper.x[7]], [0, 2 * Math.PI]);
  assert.deepEqual([boundary.upper.t[0], boundary.upper.t[1], boundary.upper.t[99]], [0, 1 / 99, 1]);
  assert.deepEqual(boundary.lower.t, boundary.upper.t);
  assert.equal(collocation.x.length, 100);
});

test("collocation points are distinct grid points off the first row and column, and follow their seed", () => {
  // every point of a 5 × 4 grid but those with x or t at the lower end
  const all = { ...convection, grid: { x: 5, t: 4 }, collocation: { points: 12, seed: 0 } };
  const { x, t } = pinnPoints(all).collocation;
  const pairs = Array.from(x, (value, i) => `${Math.round((value / (2 * Math.PI)) * 5)},${Math.round(t[i] * 3)}`);
  const expected = [1, 2, 3, 4].flatMap((i) => [1, 2, 3].map((j) => `${i},${j}`));
  assert.deepEqual(pairs.sort(), expected);
  const of = (seed: number) => pinnPoints({ ...convection, collocation: { points: 100, seed } }).collocation;
  assert.deepEqual(of(0), of(0));
  assert.notDeepEqual(of(0), of(1));
});

test("a solution known in closed form has no loss", async () => {
  const solved: [string, PinnProblem][] = [
    ["sin(x - 10*t)", small],
    ["exp(-2*t) * sin(x)", { ...small, equation: "u_t - nu*u_xx + beta*u_x", coefficients: { nu: 2, beta: 0 } }],
    ["exp(-2*t) * sin(x - 3*t)", { ...small, equation: "u_t - nu*u_xx + beta*u_x", coefficients: { nu: 2, beta: 3 } }],
    ["1 / (1 + exp(-5*t))", { ...small, equation: "u_t - 5*u*(1 - u)", initial: "1/2" }],
    ["cos(2*t) * sin(2*x)", { ...small, equation: "u_tt - u_xx", initial: "sin(2*x)" }],
    ["t*sin(x)", { ...small, equation: "u_xt - cos(x)", initial: "0" }],
    ["sin(x)*t", { ...small, equation: "t*u_t - u + x*0", initial: "0" }],
  ];
  for (const [source, problem] of solved) {
    const { loss } = await termsOf(source, problem);
    assert.ok(loss[0] < 1e-26, `${source}: ${loss[0]}`);
  }
});

test("each term of the loss, for a function that violates each condition", async () => {
  // u = c·(x + t²): u_t + 10u_x = c·(2t + 10), period missed by 2π·c, initial condition by c·x − 0
  const problem = { ...small, initial: "0" };
  const points = pinnPoints(problem);
  const results = await termsOf("c*(x + t^2)", problem, [1, 3]);
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const [i, c] of [1, 3].entries()) {
    const expected = {
      initial: mean(points.initial.x.map((x) => (c * x) ** 2)),
      boundary: (2 * Math.PI * c) ** 2,
      residual: mean(points.collocation.t.map((t) => (c * (2 * t + 10)) ** 2)),
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.ok(Math.abs(results[name][i] - value) < 1e-12 * value, name);
    }
    assert.ok(Math.abs(results.loss[i] - expected.initial - expected.boundary - expected.residual) < 1e-9);
  }
});

test("the slope must be periodic exactly when a second derivative in x is left in the equation", async () => {
  // u = x·(x − 2π) is periodic, its slope 2x − 2π is not: (4π)²
  const equation = "u_t - nu*u_xx";
  const [first] = (await termsOf("x*(x - 2*pi)", { ...small, equation, coefficients: { nu: 0 } })).boundary;
  const [second] = (await termsOf("x*(x - 2*pi)", { ...small, equation, coefficients: { nu: 1 } })).boundary;
  assert.ok(first < 1e-26);
  assert.ok(Math.abs(second - (4 * Math.PI) ** 2) < 1e-9);
});

test("a residual linear in first derivatives takes one tangent through the network, another takes two", () => {
  const model = createModel({ kind: "mlp", widths: [2, 8, 8, 1], activation: "tanh" });
  const products = (equation: string) => {
    const theta = f.input("theta", [1, model.size]);
    const problem = { ...small, equation };
    const { residual } = pinnLoss(model.apply, problem, pinnPoints(problem), theta);
    return schedule({ inputs: { theta }, outputs: { residual } }).order.filter(
      ({ operator }) => operator.name === "matmul",
    ).length;
  };
  assert.equal(products("u_t + beta*u_x"), 2 + 3); // the last layer's value is not needed
  assert.equal(products("u_t + beta*u_x - u*(1 - u)"), 3 + 3);
  assert.equal(products("u_t + u*u_x"), 3 + 2 * 3);
});

test("a name that the equation cannot have is refused", () => {
  const points = pinnPoints(small);
  const theta = f.input("theta", [1, 1]);
  const build = (equation: string) => pinnLoss(formula("x"), { ...small, equation }, points, theta);
  assert.throws(() => build("u_xxx"), /unknown name "u_xxx" at character 1; did you mean u_xx\?/);
});

test("errors of an approximation that is off by a tenth everywhere", () => {
  const exact = pinnExact(convection, pinnGrid(convection))!;
  assert.equal(exact.length, 25600);
  assert.equal(exact[256 * 99 + 64], Math.sin((2 * Math.PI * 64) / 256 - 10));
  const errors = pinnErrors(
    exact.map((value) => value + 0.1),
    exact,
  );
  assert.ok(Math.abs(errors.meanAbsolute - 0.1) < 1e-12);
  assert.ok(Math.abs(errors.relativeL2 - 0.1 / Math.SQRT1_2) < 1e-4);
  assert.ok(Math.abs(errors.relativeLInfinity - 0.1) < 1e-4);
  assert.ok(
    Number.isNaN(
      pinnErrors(
        exact.map(() => NaN),
        exact,
      ).relativeLInfinity,
    ),
  );
  assert.throws(() => pinnErrors(exact, exact.subarray(1)), /25600 computed values but 25599 exact ones/);
});

const path = referencePath("pinn", "training_points.npz");
test("initial and boundary points are those of the published PINNs to f32", {
  skip: !existsSync(path) && `${path} is absent`,
}, () => {
  const arrays = npz(path);
  const points: PinnPoints = pinnPoints(convection);
  const near = (values: Float64Array, name: string) => {
    assert.equal(values.length, arrays[name].values.length);
    for (const [i, value] of values.entries())
      assert.ok(Math.abs(value - arrays[name].values[i]) < 1e-6, `${name}[${i}]`);
  };
  near(points.initial.x, "x_u");
  near(points.initial.t, "t_u");
  near(points.initial.u, "u");
  near(points.boundary.lower.x, "x_bc_lb");
  near(points.boundary.lower.t, "t_bc_lb");
  near(points.boundary.upper.x, "x_bc_ub");
  near(points.boundary.upper.t, "t_bc_ub");
  assert.equal(points.collocation.x.length, arrays.x_f.values.length);
  // Theirs, too, are grid points off the first row and column.
  const index = (value: number, step: number) =>
    Math.abs(value / step - Math.round(value / step)) < 1e-4 && value > step / 2;
  assert.ok(arrays.x_f.values.every((x) => index(x, (2 * Math.PI) / 256)));
  assert.ok(arrays.t_f.values.every((t) => index(t, 1 / 99)));
});
