import assert from "node:assert/strict";
import { test } from "node:test";
import { createModel } from "../../../src/models/networks/architecture.js";
import { functionFaults } from "../../../src/models/problems/functionProblem.js";
import { lossFunction } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { validateModel } from "../../../src/models/problems/validateModel.js";
import { muellerBrown, muellerBrownMinima, muellerBrownSaddles, plane } from "../landscapes.js";
import { convection } from "./convection.js";

const faults = (...[architecture, problem]: Parameters<typeof validateModel>) =>
  validateModel(architecture, problem).map(({ path, message }) => `${path.join(".")}: ${message}`);

test("the Müller–Brown surface has its published energies, and no slope, at its minima and saddles", async () => {
  const objective = await createObjective(lossFunction(plane, muellerBrown), { dtype: "f64" });
  try {
    for (const [x, y, energy] of [...muellerBrownMinima, ...muellerBrownSaddles]) {
      const { loss, gradient } = await objective.lossAndGradient(Float64Array.of(x, y));
      // Places are published to 6 digits: half of the last one times the largest curvature, about 2000, is 1e-3.
      assert.ok(Math.abs(loss - energy) < 1e-7, `${loss} at (${x}, ${y})`);
      assert.ok(Math.hypot(...gradient) < 2e-3, `slope ${gradient} at (${x}, ${y})`);
    }
  } finally {
    await objective.release();
  }
});

test("gradients and Hessians of functions are exact", async () => {
  // f = exp(x·y) + a·sin(x) / y: f_x = y e^xy + a cos(x)/y, f_xy = (1 + xy) e^xy − a cos(x)/y², …
  const a = 1.5;
  const problem = { kind: "function", loss: "exp(x*y) + a*sin(x)/y", coefficients: { a } } as const;
  const objective = await createObjective(lossFunction(plane, problem), { dtype: "f64" });
  try {
    const [x, y] = [0.7, -1.3];
    const e = Math.exp(x * y);
    const { loss, gradient } = await objective.lossAndGradient(Float64Array.of(x, y));
    const near = (found: ArrayLike<number>, expected: number[]) => {
      for (const [i, value] of expected.entries())
        assert.ok(Math.abs(found[i] - value) < 1e-13, `${found[i]}, ${value}`);
    };
    near([loss], [e + (a * Math.sin(x)) / y]);
    near(gradient, [y * e + (a * Math.cos(x)) / y, x * e - (a * Math.sin(x)) / y ** 2]);
    const product = await objective.hessianVectorProduct(Float64Array.of(x, y), Float64Array.of(0, 1));
    near(product, [(1 + x * y) * e - (a * Math.cos(x)) / y ** 2, x * x * e + (2 * a * Math.sin(x)) / y ** 3]);
    const many = Float64Array.from({ length: 2 * 37 }, (_, i) => Math.cos(i));
    const losses = await objective.loss(many);
    for (const [i, found] of losses.entries()) {
      const [alone] = await objective.loss(many.slice(2 * i, 2 * i + 2));
      // Exponentials of several numbers at once round the last digit in another way than one alone.
      assert.ok(Math.abs(found - alone) <= 1e-14 * Math.abs(alone), `${found} together, ${alone} alone`);
    }
  } finally {
    await objective.release();
  }
});

test("parameters begin where they are told, or drawn by the seed", () => {
  const model = createModel({ kind: "parameters", names: ["x", "y", "z"], start: { x: 3, y: [10, 11] } });
  const [x, y, z] = model.initialize(4);
  assert.equal(x, 3);
  assert.ok(y >= 10 && y < 11 && z >= -1 && z < 1);
  assert.deepEqual(model.initialize(4), Float64Array.of(x, y, z));
  assert.notEqual(model.initialize(5)[1], y);
  assert.deepEqual(
    model.layout.map(({ name, shape, offset }) => ({ name, shape, offset })),
    ["x", "y", "z"].map((name, offset) => ({ name, shape: [1], offset })),
  );
});

test("functions that cannot be computed are refused with a reason", () => {
  const of = (loss: string, coefficients = {}) => faults(plane, { kind: "function", loss, coefficients });
  assert.deepEqual(of("(x^2 - 1)^2 + y"), []);
  assert.match(of("x + z")[0], /^problem\.loss: unknown name "z" at character 5/);
  assert.match(of("x +")[0], /^problem\.loss: expected a number, a name/);
  assert.match(of("2 * a", { a: 1 })[0], /^problem\.loss: "2 \* a" depends on none of x, y/);
  assert.match(of("x^y")[0], /^problem\.loss: the power at character 2 needs a constant exponent/);
  assert.match(
    of("x + y", { a: 1 })[0],
    /^problem\.coefficients\.a: "a" is in no part of the loss, so it has no effect/,
  );
  assert.match(of("x", { y: 1 })[0], /^problem\.coefficients\.y: "y" already has a meaning/);
  const named = (names: string[], start = {}) => faults({ kind: "parameters", names, start }, muellerBrown);
  assert.match(named(["pi"])[0], /^architecture\.names\.0: "pi" already has a meaning/);
  assert.match(named(["x", "x"])[0], /^architecture: parameters: two of them are called "x"/);
  assert.match(named(["x", "y"], { z: 1 })[0], /^architecture: parameters: start has "z"/);
  assert.match(faults(plane, convection)[0], /^architecture\.kind: is parameters, but the problem is pinn/);
  const mlp = { kind: "mlp", widths: [2, 1], activation: "tanh" } as const;
  assert.match(faults(mlp, muellerBrown)[0], /^architecture\.kind: is mlp, but the problem is function/);
});

test("coefficients are numbers or constant expressions", () => {
  const names = ["x", "y"];
  const loss = "a * x + y";
  const own = (a: number | string) => functionFaults({ kind: "function", loss, coefficients: { a } }, names);
  assert.deepEqual(own("0.01/pi"), []);
  assert.deepEqual(own("1/0"), [
    { path: ["problem", "coefficients", "a"], message: "is Infinity; expected a finite number" },
  ]);
  assert.match(own("1 +")[0].message, /expected a number, a name or \( at character 4/);
});

test("expressions that are finite nowhere are faults, with their place", () => {
  const of = (loss: string) => functionFaults({ kind: "function", loss }, ["x"]).map(({ message }) => message);
  assert.deepEqual(of("x/0 + 1"), ["the part at character 2 divides by 0; expected a finite value"]);
  assert.deepEqual(of("x + 0/0"), ["the part at character 6 divides by 0; expected a finite value"]);
  assert.deepEqual(of("x + log(-1)"), ["the part at character 5 is NaN; expected a finite value"]);
  assert.deepEqual(of("x * 1e999"), ["the number 1e999 at character 5 is too large; expected at most 1e308"]);
  assert.match(of("x^x^x^x")[0], /needs a constant exponent/);
});

test("a sum of thousands of terms is as good as a short one", async () => {
  const terms = Array.from({ length: 7000 }, (_, i) => `(x-${i})^2`);
  assert.deepEqual(functionFaults({ kind: "function", loss: terms.join(" + ") }, ["x"]), []);
  assert.match(functionFaults({ kind: "function", loss: "x + ".repeat(30_000) }, ["x"])[0].message, /at most 100000/);
});
