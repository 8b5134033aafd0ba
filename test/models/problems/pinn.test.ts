import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { schedule } from "../../../src/graph/program.js";
import { pinnErrors } from "../../../src/models/evaluation/pinnErrors.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import { exactSolution } from "../../../src/models/problems/exactSolution.js";
import { lowerExpression } from "../../../src/models/problems/lowerExpression.js";
import { parseExpression } from "../../../src/models/problems/parseExpression.js";
import { type PinnPoints, type PinnProblem, pinnVariables } from "../../../src/models/problems/pinn.js";
import { pinnLoss } from "../../../src/models/problems/pinnLoss.js";
import { pinnGrid, pinnPoints } from "../../../src/models/problems/pinnPoints.js";
import { run } from "../../graph/run.js";
import { npz, referencePath } from "../../reference.js";
import { convection } from "./convection.js";

/** A "network" that is a formula; the parameter c is there to be differentiated by. */
const formula =
  (source: string, variables = ["x", "t"]) =>
  (theta: f.Tensor, inputs: f.Tensor) => {
    assert.equal(inputs.shape[0], variables.length);
    const rows = variables.map((name, row) => [name, f.slice(inputs, 0, row, row + 1)]);
    const c = f.reshape(theta, [theta.shape[0], 1, 1]);
    const value = lowerExpression(parseExpression(source), { ...Object.fromEntries(rows), c });
    return f.expand(f.add(value, 0), [theta.shape[0], 1, inputs.shape[1]]);
  };

async function termsOf(source: string, problem: PinnProblem, c = [1]) {
  const theta = f.input("theta", [c.length, 1]);
  const outputs = { ...pinnLoss(formula(source, pinnVariables(problem)), problem, pinnPoints(problem), theta) };
  return run({ inputs: { theta }, outputs }, { theta: Float64Array.from(c) });
}

const small = { ...convection, grid: { x: 16, t: 9 }, collocation: { points: 40, seed: 1 } };

test("points lie as Krishnapriyan et al. put them", () => {
  const points = pinnPoints(convection);
  const { collocation } = points;
  const [initial, boundary] = [points.initial!, points.boundary.x];
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
      initial: mean(points.initial!.x.map((x) => (c * x) ** 2)),
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

/** Diffusion in the plane; the domain is written in another order than that of the inputs. */
const plane: PinnProblem = {
  ...convection,
  equation: "u_t - nu*(u_xx + u_yy)",
  coefficients: { nu: 0.3 },
  domain: { t: [0, 1], y: [0, "2*pi"], x: [0, "2*pi"] },
  grid: { t: 4, y: 5, x: 6 },
  initial: "sin(x)*sin(y)",
  exact: "exp(-2*nu*t) * sin(x) * sin(y)",
  collocation: { points: 60, seed: 0 },
};

test("in three variables the conditions hold on the whole grid of the others", () => {
  const { initial, boundary, collocation } = pinnPoints(plane);
  assert.deepEqual(Object.keys(pinnGrid(plane)), ["x", "y", "t"]);
  assert.equal(initial!.u.length, 6 * 5);
  assert.ok(initial!.t.every((t) => t === 0));
  const pairs = new Set(initial!.x.map((x, i) => 100 * x + initial!.y[i]));
  assert.equal(pairs.size, 30);
  assert.deepEqual(Object.keys(boundary), ["x", "y"]);
  assert.equal(boundary.x.lower.t.length, 5 * 4);
  assert.equal(boundary.y.upper.t.length, 6 * 4);
  assert.deepEqual([boundary.x.lower.y, boundary.x.lower.t], [boundary.x.upper.y, boundary.x.upper.t]);
  assert.ok(boundary.y.lower.y.every((y) => y === 0) && boundary.y.upper.y.every((y) => y === 2 * Math.PI));
  assert.equal(Math.max(...boundary.x.lower.t), 1);
  // all 5·4·3 points off the first of every variable, each once
  const { x, y, t } = collocation;
  assert.equal(new Set(x.map((value, i) => value + 100 * y[i] + 10000 * t[i])).size, 60);
  assert.ok(x.every((value, i) => value > 0 && y[i] > 0 && t[i] > 0));
});

test("a solution of one or of three variables known in closed form has no loss", async () => {
  const line = {
    ...small,
    initial: undefined,
    exact: undefined,
    coefficients: {},
    collocation: { points: 7, seed: 0 },
  };
  const solved: [string, PinnProblem, string[]][] = [
    ["exp(-0.6*t) * sin(x) * sin(y)", plane, ["loss", "initial", "boundary", "residual"]],
    [
      "sin(x)",
      { ...line, equation: "u_xx + u", domain: { x: [0, "2*pi"] }, grid: { x: 8 } },
      ["loss", "boundary", "residual"],
    ],
    [
      "exp(-2*t)",
      { ...line, equation: "u_t + 2*u", initial: "1", domain: { t: [0, 1] }, grid: { t: 8 } },
      ["loss", "initial", "residual"],
    ],
    [
      "sin(x + 2*y)",
      { ...line, equation: "u_xx + u_yy + 5*u", domain: { x: [0, "2*pi"], y: [0, "2*pi"] }, grid: { x: 4, y: 5 } },
      ["loss", "boundary", "residual"],
    ],
  ];
  for (const [source, problem, names] of solved) {
    const terms = await termsOf(source, problem);
    assert.deepEqual(Object.keys(terms), names);
    for (const [name, value] of Object.entries(terms)) assert.ok(value[0] < 1e-26, `${source}, ${name}: ${value[0]}`);
    assert.ok((await termsOf(`${source} + ${pinnVariables(problem)[0]}`, problem)).loss[0] > 1e-2);
  }
  const grid = pinnGrid(plane);
  const exact = exactSolution(plane, grid).u;
  const expected = grid.x.map((x, i) => Math.exp(-0.6 * grid.t[i]) * Math.sin(x) * Math.sin(grid.y[i]));
  assert.equal(exact.length, 120);
  assert.ok(exact.every((value, i) => Math.abs(value - expected[i]) < 1e-15));
});

test("each derivative in three variables is that of the closed form", async () => {
  // u = x³y²t² + c·xy, whose derivatives differ from each other
  const derivatives = {
    u_x: "3*x^2*y^2*t^2 + y",
    u_y: "2*x^3*y*t^2 + x",
    u_t: "2*x^3*y^2*t",
    u_xx: "6*x*y^2*t^2",
    u_xy: "6*x^2*y*t^2 + 1",
    u_xt: "6*x^2*y^2*t",
    u_yy: "2*x^3*t^2",
    u_yt: "4*x^3*y*t",
    u_tt: "2*x^3*y^2",
  };
  for (const [name, closed] of Object.entries(derivatives)) {
    for (const equation of [`${name} - (${closed})`, `${name}^2 - (${closed})^2`]) {
      const { residual } = await termsOf("x^3*y^2*t^2 + c*x*y", { ...plane, equation });
      assert.ok(residual[0] < 1e-18, `${equation}: ${residual[0]}`);
    }
  }
});

test("each space variable's jump, and that of its slope, is a term of its own", async () => {
  // u = y·(y − 2π) + 3x: the jump in x is 6π, that of u_x is 0; the jump in y is 0, that of u_y is 4π
  const boundary = async (equation: string) =>
    (await termsOf("y*(y - 2*pi) + 3*x", { ...plane, equation })).boundary[0];
  assert.ok(Math.abs((await boundary("u_t - u_xx")) - (6 * Math.PI) ** 2) < 1e-9);
  assert.ok(Math.abs((await boundary("u_t - u_yy")) - (6 * Math.PI) ** 2 - (4 * Math.PI) ** 2) < 1e-9);
});

test("without periodicity the grid has both ends, and every face its own points", () => {
  // y is periodic: 0, ¼, ½, ¾; x and t have both ends: 0, ½, 1
  const problem: PinnProblem = {
    ...{ kind: "pinn", equation: "u_t = u_xx + u_yy", initial: "x*y", domain: { x: [0, 1], y: [0, 1], t: [0, 1] } },
    ...{ grid: { x: 3, y: 4, t: 3 }, collocation: { points: 6, seed: 0 } },
    boundary: { x: { lower: "u = 0", upper: "none" }, y: "periodic" },
  };
  const { boundary, collocation, initial } = pinnPoints(problem);
  assert.deepEqual([...new Set(initial!.x)], [0, 0.5, 1]);
  assert.deepEqual([...new Set(initial!.y)], [0, 0.25, 0.5, 0.75]);
  assert.deepEqual([...new Set(boundary.x.lower.x)], [0]);
  assert.equal(boundary.x.lower.y.length, 4 * 3);
  assert.equal(boundary.x.upper.y.length, 0);
  assert.deepEqual([...new Set(boundary.y.lower.x)], [0, 0.5, 1]);
  // all points off the faces, which are those of x at ½
  assert.deepEqual([...new Set(collocation.x)], [0.5]);
  assert.deepEqual([...new Set(collocation.t)].sort(), [0.5, 1]);
});

test("a name that the equation cannot have is refused", () => {
  const points = pinnPoints(small);
  const theta = f.input("theta", [1, 1]);
  const build = (equation: string) => pinnLoss(formula("x"), { ...small, equation }, points, theta);
  assert.throws(() => build("u_xz"), /unknown name "u_xz" at character 1; did you mean u_x/);
  assert.throws(() => build("u_t + u_xxxxxttttt"), /"u_xxxxxttttt" at character 7 is of order 10; expected at most 8/);
});

test("errors of an approximation that is off by a tenth everywhere", () => {
  const exact = exactSolution(convection, pinnGrid(convection)).u;
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
  near(points.initial!.x, "x_u");
  near(points.initial!.t, "t_u");
  near(points.initial!.u, "u");
  near(points.boundary.x.lower.x, "x_bc_lb");
  near(points.boundary.x.lower.t, "t_bc_lb");
  near(points.boundary.x.upper.x, "x_bc_ub");
  near(points.boundary.x.upper.t, "t_bc_ub");
  assert.equal(points.collocation.x.length, arrays.x_f.values.length);
  // Theirs, too, are grid points off the first row and column.
  const index = (value: number, step: number) =>
    Math.abs(value / step - Math.round(value / step)) < 1e-4 && value > step / 2;
  assert.ok(arrays.x_f.values.every((x) => index(x, (2 * Math.PI) / 256)));
  assert.ok(arrays.t_f.values.every((t) => index(t, 1 / 99)));
});
