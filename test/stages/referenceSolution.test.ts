import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "../../src/artifact/artifact.js";
import { referenceSolutionStage } from "../../stages/referenceSolution.js";
import { runStage } from "./runStage.js";

const solve = (params: object) => runStage(referenceSolutionStage, { kind: "evolution", ...params });

/** The largest |value − exact(x, t)| of a column. */
async function error(params: object, name: string, exact: (x: number, t: number) => number): Promise<number> {
  const table = await solve(params);
  const [x, t] = [numbers(table, "x"), numbers(table, "t")];
  return numbers(table, name).reduce((most, value, i) => Math.max(most, Math.abs(value - exact(x[i], t[i]))), 0);
}

const faults = (params: { equation: string | Record<string, string>; initial: string | Record<string, string> }) =>
  referenceSolutionStage.check!({
    kind: "evolution",
    coefficients: {},
    domain: { x: [0, 1], t: [0, 1] },
    boundary: "periodic",
    grid: { x: 8, t: 3 },
    tolerance: 1e-6,
    ...params,
  });

test("a soliton, on the grid of the problem, space fastest", async () => {
  const params = {
    equation: "u_t + 6*u*u_x = -u_xxx",
    domain: { x: [-20, 20], t: [0, 1] },
    initial: "2/((exp(x) + exp(-x))/2)^2",
    grid: { x: 64, t: 3 },
  };
  const table = await solve(params);
  assert.deepEqual(Object.keys(table.columns), ["x", "t", "u"]);
  assert.deepEqual([...numbers(table, "x")].slice(62, 66), [18.75, 19.375, -20, -19.375]);
  assert.deepEqual([...numbers(table, "t")].slice(62, 66), [0, 0, 0.5, 0.5]);
  assert.ok((await error(params, "u", (x, t) => 2 / Math.cosh(x - 4 * t) ** 2)) < 4e-6);
  assert.ok((table.summary.estimatedError as number) < 2e-6);
});

test("a wave equation, of order 2 in time, with fixed ends", async () => {
  const params = {
    equation: "u_tt - c^2*u_xx",
    coefficients: { c: 2 },
    domain: { x: [0, 1], t: [0, 1] },
    initial: { u: "sin(pi*x)", u_t: "4*pi*sin(2*pi*x)" },
    boundary: "fixed",
    grid: { x: 17, t: 5 },
  };
  const exact = (x: number, t: number) =>
    Math.sin(Math.PI * x) * Math.cos(2 * Math.PI * t) + Math.sin(2 * Math.PI * x) * Math.sin(4 * Math.PI * t);
  assert.ok((await error(params, "u", exact)) < 1e-5);
});

test("a system, with coefficients that depend on x and t", async () => {
  // u = e^{−t} sin x, v = cos(x − t), coupled by terms that vanish for these
  const params = {
    equation: {
      first: "u_t = u_xx + v*(cos(x - t) - v)",
      second: "0 = v_t + v_x*(1 + sin(t)*0) + 3*(u - exp(-t)*sin(x))*cos(x)",
    },
    initial: { u: "sin(x)", v: "cos(x)" },
    grid: { x: 8, t: 3 },
  };
  assert.ok((await error(params, "u", (x, t) => Math.exp(-t) * Math.sin(x))) < 1e-6);
  assert.ok((await error(params, "v", (x, t) => Math.cos(x - t))) < 1e-6);
});

test("mistakes have their places", () => {
  const first = (params: Parameters<typeof faults>[0] & Record<string, unknown>) =>
    faults(params).map(({ path, message }) => `${path.join(".")} ${message}`)[0];
  const heat = { equation: "u_t - u_xx", initial: "sin(x)" };
  assert.equal(first(heat), undefined);
  assert.match(first({ ...heat, equation: "u_t - k*u_xx" }), /^equation unknown name "k" at character 7/);
  assert.match(first({ ...heat, equation: "u_xx - u" }), /^equation lacks u_t; expected an evolution in t/);
  assert.match(
    first({ ...heat, equation: "u*u_t - u_xx" }),
    /^equation has u_t; expected one highest derivative in t, times/,
  );
  assert.match(first({ ...heat, equation: "u_t - u_xxt" }), /^equation has u_t, u_xxt; expected one/);
  assert.match(
    first({ ...heat, equation: { a: "u_t", b: "u_t" } }),
    /^equation has 2 equations; expected 1, as initial gives u/,
  );
  assert.match(first({ equation: { a: "u_t - v", b: "u_t" }, initial: { u: "x", v: "x" } }), /^equation lacks v_t/);
  assert.match(
    first({ equation: { a: "u_t - v", b: "u_t + v_x - v_t + v_t" }, initial: { u: "x", v: "x" } }),
    /^equation\.b has u_t, v_t; expected one/,
  );
  assert.match(
    first({ ...heat, equation: "u_tt - u_xx" }),
    /^initial lacks u_t; expected values at the lower t of u, u_t/,
  );
  assert.match(first({ ...heat, initial: "sin(y)" }), /^initial unknown name "y"/);
  assert.match(
    first({ ...heat, equation: "u_t + u_x", boundary: "fixed" }),
    /^equation is of order 1 in space; expected 2/,
  );
  assert.match(
    first({ ...heat, domain: { x: [0, 1], y: [0, 1], t: [0, 1] } }),
    /^domain has x, y, t; expected t and one/,
  );
  assert.match(first({ ...heat, domain: { x: [1, 0], t: [0, 1] } }), /^domain\.x runs from 1 to 0/);
  assert.match(first({ ...heat, grid: { x: 8 } }), /^grid lacks "t"/);
  assert.match(first({ ...heat, coefficients: { m: 1 } }), /^coefficients\.m "m" is in no equation or condition/);
  assert.match(first({ ...heat, coefficients: { u: 1 } }), /^coefficients\.u "u" already has a meaning/);
});

test("Poisson's equation on the L-shape: zero on the boundary, nothing outside, below the bound of the square", async () => {
  const table = await runStage(referenceSolutionStage, {
    kind: "polygon",
    equation: "-k*(u_xx + u_yy) = 1",
    coefficients: { k: 2 },
    vertices: [
      [-1, -1],
      [1, -1],
      [1, 0],
      [0, 0],
      [0, 1],
      [-1, 1],
    ],
    grid: { x: 9, y: 9 },
    tolerance: 1e-4,
  });
  const at = (i: number, j: number) => numbers(table, "u")[i + 9 * j];
  assert.ok(Number.isNaN(at(6, 6)));
  for (const [i, j] of [
    [0, 3],
    [4, 4],
    [4, 6],
    [8, 0],
  ]) {
    assert.ok(Math.abs(at(i, j)) < 1e-5);
  }
  // The square [−1, 0]² inside has the largest value 0.0736713/2 for k = 2; the square [−1, 1]² around 0.2946854/2.
  assert.ok(at(2, 2) > 0.0736713 / 2 && at(2, 2) < 0.2946854 / 2);
  assert.equal(table.summary.points, 65);
  assert.deepEqual(table.metadata.solution, { variables: ["x", "y"], shape: [9, 9] });
});

test("the driven cavity in a box of its own, faster at a smaller viscosity", async () => {
  const cavity = { kind: "cavity", viscosity: "1/10", lid: "v*(x - 1)*(3 - x)", coefficients: { v: 2 } };
  const table = await runStage(referenceSolutionStage, {
    ...cavity,
    domain: { x: [1, 3], y: [0, 1] },
    grid: { x: 17, y: 9 },
    tolerance: 0.05,
  });
  assert.deepEqual(Object.keys(table.columns), ["x", "y", "u", "v"]);
  assert.equal(numbers(table, "u")[8 + 17 * 8], 2, "the middle of the lid");
  assert.ok(numbers(table, "u")[8 + 17 * 2] < 0, "the flow returns below");
  // What flows to the right flows back: ∫ u dy = 0 on every column.
  const column = Array.from({ length: 9 }, (_, j) => numbers(table, "u")[8 + 17 * j]);
  assert.ok(Math.abs(column.reduce((sum, u, j) => sum + u * (j === 0 || j === 8 ? 0.5 : 1), 0) / 8) < 0.02);
});

test("mistakes of polygons and cavities have their places", () => {
  const first = (params: object) =>
    referenceSolutionStage.check!({ coefficients: {}, grid: { x: 9, y: 9 }, tolerance: 1e-3, ...params } as never).map(
      ({ path, message }) => `${path.join(".")} ${message}`,
    )[0];
  const polygon = {
    kind: "polygon",
    equation: "u_xx + u_yy",
    boundary: "x*y",
    vertices: [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
  };
  assert.equal(first(polygon), undefined);
  assert.match(first({ ...polygon, equation: "u_xx + 2*u_yy" }), /^equation is "u_xx \+ 2\*u_yy"; expected c\*/);
  assert.match(first({ ...polygon, equation: "u_xx + u_yy + u" }), /^equation is .*; expected c\*/);
  assert.match(first({ ...polygon, boundary: "t" }), /^boundary unknown name "t"/);
  const bow = [
    [0, 0],
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  assert.match(first({ ...polygon, vertices: bow }), /^vertices sides 1 and 3 meet/);
  const cavity = { kind: "cavity", viscosity: 0.1, lid: "1", domain: { x: [0, 1], y: [0, 1] } };
  assert.equal(first(cavity), undefined);
  assert.match(first({ ...cavity, viscosity: "0/1" }), /^viscosity is 0; expected a number above 0/);
  assert.match(first({ ...cavity, lid: "sin(y)" }), /^lid unknown name "y"/);
  assert.match(first({ ...cavity, domain: { x: [1, 1], y: [0, 1] } }), /^domain\.x runs from 1 to 1/);
});
