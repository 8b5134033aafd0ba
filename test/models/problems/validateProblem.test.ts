import assert from "node:assert/strict";
import { test } from "node:test";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { validateProblem } from "../../../src/models/problems/validateProblem.js";
import { convection } from "./convection.js";

const problem: PinnProblem = {
  ...convection,
  equation: "u_t - nu*u_xx + beta*u_x",
  coefficients: { nu: 0, beta: 30 },
};

const faults = (change: object) =>
  validateProblem({ ...problem, ...change }).map(({ path, message }) => `${path.join(".")}: ${message}`);

test("a sound problem has nothing to complain about", () => {
  assert.deepEqual(validateProblem(problem), []);
});

test("each expression is read, and every name in it must be known", () => {
  assert.match(faults({ equation: "u_t + " })[0], /^equation: expected a number, a name or \( at character 6/);
  assert.match(
    faults({ equation: "u_t + bta*u_x" })[0],
    /^equation: unknown name "bta" at character 7; did you mean beta/,
  );
  assert.match(faults({ equation: "u_xxz" })[0], /^equation: unknown name "u_xxz"/);
  assert.match(faults({ equation: "u_t = u_xx = 0" })[0], /^equation: a second = at character 12; expected one/);
  assert.match(faults({ equation: "u_xxxxxxxxx" })[0], /^equation: "u_xxxxxxxxx" at character 1 is of order 9/);
  assert.match(faults({ initial: "sin(t)" })[0], /^initial: unknown name "t"/);
  assert.match(faults({ initial: "__proto__" })[0], /^initial: unknown name "__proto__"/);
  assert.match(faults({ exact: "u" })[0], /^exact: unknown name "u"/);
  assert.match(faults({ domain: { x: [0, "2*py"], t: [0, 1] } })[0], /^domain.x.1: unknown name "py"/);
});

test("coefficients neither shadow a name nor are infinite", () => {
  const of = (coefficients: object) => faults({ coefficients: { nu: 1, beta: 1, ...coefficients } });
  assert.match(of({ u_x: 1 })[0], /^coefficients.u_x: "u_x" already has a meaning/);
  assert.match(of({ pi: 3 })[0], /^coefficients.pi: "pi" already has a meaning/);
  assert.match(of({ "2a": 3 })[0], /^coefficients.2a: "2a" is not a name/);
  assert.match(of({ beta: Infinity })[0], /^coefficients.beta: is Infinity; expected a finite number/);
});

test("an equation without u, empty domains, grids and too many points", () => {
  assert.match(faults({ equation: "nu*u_xx" })[0], /^equation: "nu\*u_xx" has no term with u/);
  assert.match(faults({ domain: { x: [1, 1], t: [0, 1] } })[0], /^domain.x: runs from 1 to 1/);
  assert.match(faults({ domain: { x: [0, "1/0"], t: [0, 1] } })[0], /^domain.x: runs from 0 to Infinity/);
  assert.match(faults({ grid: { x: 256, t: 1 } })[0], /^grid.t: 1 points; expected a whole number of at least 2/);
  assert.match(
    faults({ collocation: { points: 25246, seed: 0 } })[0],
    /^collocation.points: 25246 points; expected 1 to 25245/,
  );
});

const plane = {
  equation: "u_t - nu*(u_xx + u_yy)",
  coefficients: { nu: 1 },
  domain: { x: [0, 1], y: [0, 1], t: [0, 1] },
  grid: { x: 8, y: 9, t: 5 },
  initial: "sin(x)*y",
  exact: "x*y*t",
};

test("other variables: their names, derivatives, grids and the initial condition", () => {
  const of = (change: object) => faults({ ...plane, ...change });
  assert.deepEqual(of({}), []);
  assert.match(
    of({ domain: { x: [0, 1], yy: [0, 1], t: [0, 1] } })[0],
    /^domain.yy: "yy" is not a variable; expected a/,
  );
  assert.match(of({ domain: { x: [0, 1], e: [0, 1] } })[0], /^domain.e: "e" already has a meaning/);
  assert.match(of({ domain: { u: [0, 1], t: [0, 1] } })[0], /^domain.u: "u" already has a meaning/);
  assert.match(of({ domain: {} })[0], /^domain: names no variable/);
  assert.match(of({ equation: "u_t - u_zz" })[0], /^equation: unknown name "u_zz" at character 7/);
  assert.deepEqual(of({ equation: "u_t - u_yx", coefficients: {} }), []);
  assert.match(of({ initial: "t" })[0], /^initial: unknown name "t"/);
  assert.match(of({ coefficients: { nu: 1, y: 1 } })[0], /^coefficients.y: "y" already has a meaning/);
  assert.match(of({ domain: { ...plane.domain, y: [1, 0] } })[0], /^domain.y: runs from 1 to 0/);
  assert.match(
    of({ grid: { x: 8, t: 5 } })[0],
    /^grid: lacks "y"; expected the number of points along each of x, y, t/,
  );
  assert.match(of({ grid: { x: 8, y: 9, t: 5, z: 4 } })[0], /^grid.z: "z" is not a variable of the domain/);
  assert.match(of({ grid: { x: 8, y: 1, t: 5 } })[0], /^grid.y: 1 points/);
  assert.match(of({ grid: { x: 1e4, y: 1e4, t: 5 } })[0], /^grid: has 500000000 points; expected at most 100000000/);
  assert.match(of({ grid: { x: 600, y: 600, t: 271 } })[0], /^grid: gives 1010400 initial and boundary points/);
  assert.match(
    of({ collocation: { points: 225, seed: 0 } })[0],
    /^collocation.points: 225 points; expected 1 to 224, the number of grid points that are not the first along any variable/,
  );
  assert.match(of({ initial: undefined })[0], /^: lacks "initial": u at the lower end of t/);
  const space = { equation: "u_xx + u", coefficients: {}, domain: { x: [0, 1] }, grid: { x: 200 }, exact: undefined };
  assert.match(of({ ...space, initial: "x" })[0], /^initial: needs the variable t, but the domain has x only/);
  assert.deepEqual(of({ ...space, initial: undefined }), []);
});

test("every complaint is reported at once", () => {
  assert.equal(faults({ equation: "u_t +", initial: "y", exact: "z" }).length, 3);
});

const bounded = {
  equation: "u_tt = u_xx + u_yy",
  coefficients: { k: 2 },
  domain: { x: [0, 1], y: [0, 1], t: [0, 1] },
  grid: { x: 8, y: 9, t: 5 },
  initial: { u: "sin(x)", u_t: "0" },
  boundary: { x: "periodic", y: { lower: "u = 0", upper: ["u_y + k*u = sin(t)", "u_yy = 0"] } },
  exact: undefined,
};

test("conditions on faces: each space variable has its own, and each equation is read", () => {
  const of = (change: object) => faults({ ...bounded, ...change });
  const y = (lower: unknown, upper: unknown = "none") => of({ boundary: { x: "periodic", y: { lower, upper } } })[0];
  assert.deepEqual(of({}), []);
  assert.match(of({ boundary: { x: "periodic" } })[0], /^boundary: lacks "y"; expected periodic, or conditions of its/);
  assert.match(
    of({ boundary: { ...bounded.boundary, t: "periodic" } })[0],
    /^boundary.t: "t" is not a space variable; expected x, y/,
  );
  assert.match(y("u + kk"), /^boundary.y.lower: unknown name "kk" at character 5; did you mean k\?/);
  assert.match(y("u = 0", ["u = 0", "u_y ="]), /^boundary.y.upper.1: nothing after the = at character 5/);
  assert.match(y("k = 3"), /^boundary.y.lower: "k = 3" has no term with u or its derivatives; expected an equation/);
  assert.match(y("u = 1/0"), /^boundary.y.lower: the part at character 6 divides by 0/);
});

test("conditions at the lower t: one for u, and for each derivative in t below the highest of the equation", () => {
  const of = (initial: unknown) => faults({ ...bounded, initial });
  assert.match(
    of("sin(x)")[0],
    /^initial: lacks "u_t", because an equation has u_tt; expected initial: { u: …, u_t: … }/,
  );
  assert.match(of({ u_t: "0" })[0], /^initial: lacks "u", because an equation has u_t/);
  assert.match(of({ u: "sin(x)", u_t: "u" })[0], /^initial.u_t: unknown name "u"/);
  assert.match(
    of({ u: "0", u_x: "0" })[0],
    /^initial.u_x: "u_x" is not a quantity at the lower t; expected u or derivatives in t/,
  );
});

test("a grid with both ends of a variable has room for collocation points between its faces", () => {
  const of = (points: number) => faults({ ...bounded, collocation: { points, seed: 0 } });
  assert.deepEqual(of(7 * 7 * 4), []);
  assert.match(
    of(7 * 7 * 4 + 1)[0],
    /^collocation.points: 197 points; expected 1 to 196, .* off its faces and the lower t/,
  );
});

const system = {
  outputs: ["u", "v"],
  equation: { real: "v_t = u_xx", imaginary: "u_t = -v_xx" },
  coefficients: {},
  initial: { u: "sin(x)", v: "0" },
  exact: { u: "sin(x)*cos(t)" },
};

test("systems: outputs, their equations, what is given for each", () => {
  const of = (change: object) => faults({ ...system, ...change });
  assert.deepEqual(of({}), []);
  assert.match(of({ outputs: ["u", "v", "p"] })[0], /^outputs.2: "p" is in no equation/);
  assert.match(of({ outputs: ["u", "u"] })[0], /^outputs.1: "u" is there twice/);
  assert.match(of({ outputs: ["u", "v_1"] })[0], /^outputs.1: "v_1" is not an output; expected letters and digits/);
  assert.match(of({ outputs: ["u", "sin"] })[0], /^outputs.1: "sin" already has a meaning/);
  assert.match(of({ outputs: ["u", "x"] })[0], /^domain.x: "x" already has a meaning/);
  assert.match(of({ coefficients: { v_xx: 1 } })[0], /^coefficients.v_xx: "v_xx" already has a meaning/);
  assert.match(
    of({ equation: { ...system.equation, real: "w_t = u_xx" } })[0],
    /^equation.real: unknown name "w_t" at character 1; did you mean/,
  );
  assert.match(of({ equation: { "a b": "u_t + v_t" } })[0], /^equation.a b: "a b" is not a name/);
  assert.match(of({ initial: "sin(x)" })[0], /^initial: is one expression for u, v; expected initial: \{ u: … \}/);
  assert.match(of({ exact: "sin(x)" })[0], /^exact: is one expression for u, v/);
  assert.match(of({ exact: { w: "x" } })[0], /^exact.w: "w" is not an output; expected u, v/);
  assert.match(of({ initial: { u: "0" } })[0], /^initial: lacks "v", because an equation has v_t/);
});

test("features: expressions in the variables", () => {
  const of = (features: string[]) => faults({ features, coefficients: { nu: 0, beta: 1, k: 2 } });
  assert.deepEqual(of(["cos(k*x)", "sin(k*x)", "t"]), []);
  assert.match(of(["x", "sin(y)"])[0], /^features.1: unknown name "y" at character 5/);
  assert.match(of(["x", "2*k"])[0], /^features.1: "2\*k" is the same at all points; expected an expression in x, t/);
});

test("transforms: in the network's output, one for each output", () => {
  const of = (change: object) => faults({ ...change });
  assert.deepEqual(of({ transform: "sin(x) + t*N", initial: "none" }), []);
  assert.match(of({ transform: "sin(x) + t*u" })[0], /^transform: unknown name "u" at character 12/);
  assert.match(of({ transform: "sin(x)" })[0], /^transform: "sin\(x\)" does not depend on N, the network's output/);
  assert.match(of({ transform: "t*N", coefficients: { nu: 0, beta: 1, N: 2 } })[0], /^transform: needs the name N/);
  assert.match(of({ ...system, transform: "t*N" })[0], /^transform: is one expression for u, v/);
  assert.match(of({ ...system, transform: { w: "t*N" } })[0], /^transform.w: "w" is not an output; expected u, v/);
});

test("weights are of terms or of groups of them", () => {
  const of = (weights: object) => faults({ ...bounded, weights });
  assert.deepEqual(of({ initial: 10, initial_u_t: 20, boundary_y_upper_2: 3, residual: 1 }), []);
  assert.match(
    of({ boundary_z: 1 })[0],
    /^weights.boundary_z: "boundary_z" is not a term of the loss; expected initial, /,
  );
});

const disk = {
  equation: "u_xx + u_yy = 1",
  coefficients: { r: 1 },
  domain: { x: [-1, 1], y: [-1, 1] },
  grid: { x: 9, y: 9 },
  initial: undefined,
  exact: undefined,
  boundary: "none",
  inside: "x^2 + y^2 < r^2",
  edge: "u = 0",
  collocation: { points: 20, seed: 0 },
};

test("regions: their comparisons, their edge, and points inside", () => {
  const of = (change: object) => faults({ ...disk, ...change });
  assert.deepEqual(of({}), []);
  assert.match(of({ inside: "x^2 + z < 1" })[0], /^inside: unknown name "z" at character 7/);
  assert.match(of({ inside: "x^2 + y^2" })[0], /^inside: no comparison at character 1/);
  assert.match(of({ edge: undefined })[0], /^: lacks "edge", the condition on the edge of inside/);
  assert.match(of({ edge: "u = q" })[0], /^edge: unknown name "q" at character 5/);
  assert.match(of({ inside: undefined })[0], /^edge: is the condition on the edge of inside, which is missing/);
  assert.match(of({ inside: "x > 2" })[0], /^inside: no line of the grid crosses the edge of inside/);
  assert.match(
    of({ coefficients: { r: 0.3 } })[0],
    /^inside: the grid has 5 points for collocation; expected at least 20/,
  );
  const faces = { x: { lower: "u = 0", upper: "none" }, y: "none" };
  assert.match(of({ boundary: faces })[0], /^boundary.x.lower: has a condition, but no point of this face lies inside/);
});

test("numbers of points that a grid cannot give are refused; other methods give any", () => {
  const of = (collocation: object) => faults({ ...bounded, collocation: { seed: 0, points: 10, ...collocation } });
  assert.deepEqual(of({ boundary: 40, initial: 72 }), []);
  assert.match(of({ initial: 73 })[0], /^collocation.initial: 73 points; expected at most 72/);
  assert.deepEqual(of({ points: 5000, initial: 500, boundary: 300, method: "sobol" }), []);
  const useless = (change: object, collocation: object) =>
    faults({ ...bounded, ...change, collocation: { seed: 0, points: 10, ...collocation } })[0];
  assert.match(useless({ boundary: "none" }, { boundary: 3 }), /^collocation.boundary: has no effect, because no face/);
  assert.match(useless({ initial: "none", transform: "t*N" }, { initial: 3 }), /^collocation.initial: has no effect/);
  const points = { collocation: { x: [0.5], y: [0.5], t: [0.5] } };
  assert.match(
    useless({ points }, { method: "sobol" }),
    /^collocation.method: has no effect, because points lists all/,
  );
});

test("a coefficient that nothing uses has no effect; every kind of text may use it", () => {
  const of = (more: object) => faults({ equation: "u_t + u_x", coefficients: { a: 1 }, exact: undefined, ...more });
  assert.deepEqual(of({}), [
    'coefficients.a: "a" is in no equation, condition or solution, so it has no effect; leave it out',
  ]);
  for (const more of [
    { equation: "u_t + a*u_x" },
    { initial: "a*sin(x)" },
    { exact: "sin(x - a*t)" },
    { transform: "a + t*N", initial: "none" },
    { boundary: { x: { lower: "u = a", upper: "none" } } },
  ])
    assert.deepEqual(of(more), [], JSON.stringify(more));
});

test("a name of one letter is no misspelling of another", () => {
  assert.match(faults({ equation: "u_t + c*u_x", coefficients: {} })[0], /unknown name "c" at character 7; known: /);
});

test("unknown coefficients and data: names, uses, and a solution to measure", () => {
  const inverse = { equation: "u_t - nu*u_xx", coefficients: {}, unknowns: { nu: 1 }, exact: "sin(x)*t" };
  const of = (change: object) => faults({ ...inverse, ...change });
  assert.deepEqual(of({ data: { points: 20, noise: 0.1 } }), []);
  assert.match(of({ coefficients: { nu: 1 } })[0], /^unknowns.nu: "nu" is among the coefficients, too/);
  assert.match(of({ unknowns: { nu: 1, mu: 2 } })[0], /^unknowns.mu: "mu" is in no equation/);
  assert.match(of({ unknowns: { nu: 1, u_x: 2 } })[0], /^unknowns.u_x: "u_x" already has a meaning/);
  assert.match(of({ exact: "nu*x" })[0], /^exact: unknown name "nu"/);
  assert.match(of({ exact: undefined, data: { points: 5 } })[0], /^data: needs "exact", the solution to measure/);
  assert.match(of({ data: { points: 25601 } })[0], /^data.points: 25601 points; expected at most 25600/);
  const points = { data: { x: [1], t: [0.5], v: [3] } };
  assert.match(of({ points }).join(), /points.data.v: "v" is not a variable here; expected x, t, u/);
});
