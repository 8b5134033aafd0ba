import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { kernelTraces } from "../../../src/models/problems/kernelTraces.js";
import { equationLoss } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { termNames } from "../../../src/models/problems/pinnConditions.js";
import { pinnPoints } from "../../../src/models/problems/pinnPoints.js";
import { sines } from "./pytorch.js";

/** Traces of J·Jᵀ with dense Jacobians by PyTorch, from fixtures/kernels.py. */
const published: Record<string, Record<string, number>> = JSON.parse(
  readFileSync("test/fixtures/kernels.json", "utf8"),
);

/** Collocation points from sines, the same as in the script. */
function inside(domain: Record<string, readonly [number, number]>, count: number): Record<string, number[]> {
  const steps = [1.1, 2.3, 3.7];
  const entries = Object.entries(domain).map(([name, [lower, upper]], i) => {
    const values = [...sines(count, steps[i])].map((s) => (lower + upper) / 2 + 0.45 * (upper - lower) * s);
    return [name, values];
  });
  return Object.fromEntries(entries);
}

const square: Record<string, readonly [number, number]> = { x: [0, 1], t: [0, 1] };
const places = inside(square, 6);

interface Case {
  network: Partial<Architecture>;
  /** The values of unknown coefficients. */
  coefficients?: number[];
  problem: Omit<PinnProblem, "kind" | "collocation">;
}

const cases: Record<string, Case> = {
  heat: {
    network: { widths: [3, 6, 5, 1], activation: "tanh" },
    problem: {
      ...{ equation: "u_t - 0.3*(u_xx + u_yy) + u_yx*u", initial: "cos(y)", grid: { x: 4, y: 5, t: 3 } },
      domain: { x: [0, 1], y: [0, "2*pi"], t: [0, 1] },
      boundary: { x: { lower: "u_x = cos(y)*t", upper: "none" }, y: "periodic" },
      points: { collocation: inside({ x: [0, 1], y: [0, 2 * Math.PI], t: [0, 1] }, 13) },
    },
  },
  schroedinger: {
    network: { widths: [2, 6, 5, 2], activation: "tanh" },
    problem: {
      outputs: ["u", "v"],
      equation: {
        real: "-v_t + 0.5*u_xx + (u^2 + v^2)*u = 0",
        imaginary: "u_t + 0.5*v_xx + (u^2 + v^2)*v = 0",
      },
      ...{ domain: { x: [-5, 5], t: [0, "pi/2"] }, grid: { x: 9, t: 4 }, boundary: { x: "periodic" } },
      initial: { u: "2/cosh(x)", v: "0" },
      points: { collocation: inside({ x: [-5, 5], t: [0, Math.PI / 2] }, 11) },
    },
  },
  hard: {
    network: {
      ...{ widths: [2, 5, 4, 1], activation: "sin", fourierFeatures: { count: 3, scale: 0.5, seed: 7 } },
    },
    problem: {
      ...{ equation: "u_tt - u_xx + u^3", domain: square, grid: { x: 5, t: 4 } },
      ...{ transform: "sin(pi*x) + x*t^2*N", initial: { u_t: "0" } },
      boundary: { x: { lower: "none", upper: "u_x = t" } },
      points: { collocation: inside(square, 10) },
    },
  },
  inverse: {
    ...{ network: { widths: [2, 6, 5, 1], activation: "tanh" }, coefficients: [0.3, -0.7] },
    problem: {
      ...{ equation: "u_t + u*u_x = nu*u_xx", domain: square, grid: { x: 5, t: 4 }, initial: "0" },
      ...{ boundary: { x: { lower: "none", upper: "u_x + h*u = 1" } }, unknowns: { nu: 1, h: "1/2" } },
      points: {
        collocation: inside(square, 10),
        data: { ...places, u: places.x.map((x, i) => Math.sin(3 * x) * places.t[i]) },
      },
    },
  },
};

for (const [name, { network, coefficients = [], problem: given }] of Object.entries(cases)) {
  test(`${name}: the traces of PyTorch's dense Jacobians`, async () => {
    const problem: PinnProblem = { kind: "pinn", collocation: { points: 1, seed: 0 }, ...given };
    const architecture = { kind: "mlp", ...network } as Architecture;
    const { size } = equationLoss(architecture, problem);
    const theta = Float64Array.of(...sines(size - coefficients.length, 1.7).map((s) => 0.8 * s), ...coefficients);
    const traces = await kernelTraces(architecture, problem, { dtype: "f64" });
    const found = await traces.at(theta);
    await traces.release();
    assert.deepEqual(termNames(problem), Object.keys(published[name]));
    for (const [i, [term, expected]] of Object.entries(published[name]).entries()) {
      assert.ok(Math.abs(found[i].sum - expected) <= 1e-10 * expected, `${term}: ${found[i].sum}, not ${expected}`);
    }
  });
}

/** u_t + c·u_x = 0 on a small periodic grid: 4 points at the start, 3 pairs on the faces, the rest anywhere. */
function convection(points: number): PinnProblem {
  return {
    ...{ kind: "pinn", equation: "u_t + c*u_x", coefficients: { c: 2 }, domain: { x: [0, "2*pi"], t: [0, 1] } },
    ...{ grid: { x: 4, t: 3 }, initial: "sin(x)", boundary: "periodic" },
    collocation: { points, method: "uniform", seed: 0 },
  };
}
const small: Architecture = { kind: "mlp", widths: [2, 3, 1], activation: "tanh" };

test("for any weights and number of points, the trace is the sum of ‖∇(r²)‖² / 4r² over the points", async () => {
  const pointCounts = fc.integer({ min: 1, max: 20 });
  const weights = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 13, maxLength: 13 });
  await fc.assert(
    fc.asyncProperty(pointCounts, weights, async (count, values) => {
      const problem = convection(count);
      const theta = Float64Array.from(values, (value) => value + 0.01);
      const traces = await kernelTraces(small, problem, { dtype: "f64", backend: "reference" });
      const [, , residual] = await traces.at(theta);
      await traces.release();
      const points = pinnPoints(problem);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const alone = { x: points.collocation.x.slice(i, i + 1), t: points.collocation.t.slice(i, i + 1) };
        const only = { ...problem, weights: { initial: 0, boundary: 0 } };
        const loss = equationLoss(small, only, { points: { ...points, collocation: alone } });
        const objective = await createObjective(loss, { dtype: "f64", backend: "reference" });
        const { loss: square, gradient } = await objective.lossAndGradient(theta);
        sum += gradient.reduce((total, g) => total + g * g, 0) / (4 * square);
      }
      assert.ok(Math.abs(residual.sum - sum) <= 1e-9 * sum, `${residual.sum}, not ${sum}`);
      assert.ok(Math.abs(residual.mean - residual.sum / count) <= 1e-12 * residual.sum);
    }),
    { numRuns: 10 },
  );
});

test("f32 gives the same traces to its precision, and the same bytes again", async () => {
  const problem = convection(11);
  const theta = sines(13, 1.3);
  const at = async (dtype: "f32" | "f64") => {
    const traces = await kernelTraces(small, problem, { dtype });
    const found = await traces.at(theta);
    await traces.release();
    return found;
  };
  const [exact, rounded] = [await at("f64"), await at("f32")];
  for (const [i, { sum }] of rounded.entries()) assert.ok(Math.abs(sum - exact[i].sum) < 1e-5 * exact[i].sum);
  assert.deepEqual(await at("f32"), rounded);
});
