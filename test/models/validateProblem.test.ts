import assert from "node:assert/strict";
import { test } from "node:test";
import type { PinnProblem } from "../../src/models/pinn.js";
import { validateProblem } from "../../src/models/validateProblem.js";
import { convection } from "./convection.js";

const problem: PinnProblem = {
  ...convection,
  equation: "u_t - nu*u_xx + beta*u_x",
  coefficients: { nu: 0, beta: 30 },
};

const complaints = (change: object) =>
  validateProblem({ ...problem, ...change }).map(({ path, message }) => `${path.join(".")}: ${message}`);

test("a sound problem has nothing to complain about", () => {
  assert.deepEqual(validateProblem(problem), []);
});

test("each expression is read, and every name in it must be known", () => {
  assert.match(complaints({ equation: "u_t + " })[0], /^equation: expected a number, a name or \( at character 6/);
  assert.match(
    complaints({ equation: "u_t + bta*u_x" })[0],
    /^equation: unknown name "bta" at character 7; did you mean beta/,
  );
  assert.match(complaints({ equation: "u_xxx" })[0], /^equation: unknown name "u_xxx"/);
  assert.match(complaints({ initial: "sin(t)" })[0], /^initial: unknown name "t"/);
  assert.match(complaints({ initial: "__proto__" })[0], /^initial: unknown name "__proto__"/);
  assert.match(complaints({ exact: "u" })[0], /^exact: unknown name "u"/);
  assert.match(complaints({ domain: { x: [0, "2*py"], t: [0, 1] } })[0], /^domain.x.1: unknown name "py"/);
});

test("coefficients neither shadow a name nor are infinite", () => {
  const of = (coefficients: object) => complaints({ coefficients: { nu: 1, beta: 1, ...coefficients } });
  assert.match(of({ u_x: 1 })[0], /^coefficients.u_x: "u_x" already has a meaning/);
  assert.match(of({ pi: 3 })[0], /^coefficients.pi: "pi" already has a meaning/);
  assert.match(of({ "2a": 3 })[0], /^coefficients.2a: "2a" is no name/);
  assert.match(of({ beta: Infinity })[0], /^coefficients.beta: beta is Infinity; expected a finite number/);
});

test("an equation without u, empty domains, grids and too many points", () => {
  assert.match(complaints({ equation: "nu*u_xx" })[0], /^equation: "nu\*u_xx" leaves no term with u/);
  assert.match(complaints({ domain: { x: [1, 1], t: [0, 1] } })[0], /^domain.x: runs from 1 to 1/);
  assert.match(complaints({ domain: { x: [0, "1/0"], t: [0, 1] } })[0], /^domain.x: runs from 0 to Infinity/);
  assert.match(complaints({ grid: { x: 256, t: 1 } })[0], /^grid.t: 1 points; expected a whole number of at least 2/);
  assert.match(
    complaints({ collocation: { points: 25246, seed: 0 } })[0],
    /^collocation.points: 25246 points; expected 1 to 25245/,
  );
});

test("every complaint is reported at once", () => {
  assert.equal(complaints({ equation: "u_t +", initial: "y", exact: "z" }).length, 3);
});
