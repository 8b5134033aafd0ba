import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Activation } from "../../../src/models/networks/activations.js";
import { lossFunction } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { lossNames } from "../../../src/models/problems/pinnLoss.js";
import { boundValue } from "../../../src/models/problems/pinnPoints.js";
import { validateProblem } from "../../../src/models/problems/validateProblem.js";
import { type Published, requirePyTorch, sines } from "./pytorch.js";

/** Terms, gradients and Hessian-vector products by PyTorch's autograd, from fixtures/pinns.py. */
const published: Record<string, Published> = JSON.parse(readFileSync("test/fixtures/pinns.json", "utf8"));

/** Collocation points from sines, the same as in the script. */
function inside(domain: PinnProblem["domain"], order: readonly string[], count: number): Record<string, number[]> {
  const steps = [1.1, 2.3, 3.7];
  const of = (name: string, i: number) => {
    const [lower, upper] = domain[name].map(boundValue);
    return [...sines(count, steps[i])].map((s) => (lower + upper) / 2 + 0.45 * (upper - lower) * s);
  };
  return Object.fromEntries(order.map((name, i) => [name, of(name, i)]));
}

/** u = sin(3x)·t at such points. */
function seen(domain: PinnProblem["domain"], count: number) {
  const { x, t } = inside(domain, ["x", "t"], count);
  return { x, t, u: x.map((value, i) => Math.sin(3 * value) * t[i]) };
}

interface Case {
  widths: number[];
  activation: Activation;
  count: number;
  /** The values of unknown coefficients. */
  coefficients?: number[];
  fourierFeatures?: { count: number; scale: number; seed: number };
  omega?: { first: number; hidden: number };
  /** Bounds of the collocation points. Default: the domain. */
  within?: PinnProblem["domain"];
  problem: Pick<PinnProblem, "equation" | "domain" | "grid" | "boundary"> & Partial<PinnProblem>;
}

const cases: Record<string, Case> = {
  kdv: {
    ...{ widths: [2, 6, 5, 1], activation: "tanh", count: 11 },
    problem: {
      ...{ equation: "u_t + u*u_x + c*u_xxx", coefficients: { c: 0.0025 }, initial: "cos(pi*x)", boundary: "periodic" },
      ...{ domain: { x: [-1, 1], t: [0, 1] }, grid: { x: 8, t: 5 } },
    },
  },
  kuramoto: {
    ...{ widths: [2, 6, 5, 1], activation: "sin", count: 9 },
    problem: {
      ...{ equation: "u_t + u*u_x + a*u_xx + b*u_xxxx = 0", coefficients: { a: 0.7, b: 0.1 } },
      ...{ initial: "cos(x)*(1 + sin(x))", boundary: "periodic" },
      ...{ domain: { x: [0, "2*pi"], t: [0, 0.5] }, grid: { x: 7, t: 4 } },
    },
  },
  biharmonic: {
    ...{ widths: [2, 5, 4, 1], activation: "tanh", count: 10 },
    problem: {
      ...{ equation: "u_xxxx + 2*u_xxyy + u_yyyy = sin(pi*x)*sin(pi*y)", domain: { x: [0, 1], y: [0, 2] } },
      ...{ grid: { x: 5, y: 4 } },
      boundary: {
        x: { lower: ["u = 0", "u_xx = 0"], upper: ["u", "u_xx = 0.1*x"] },
        y: { lower: ["u", "u_yy"], upper: ["u = 0", "u_yy = 0.1*y"] },
      },
    },
  },
  wave: {
    ...{ widths: [2, 6, 1], activation: "sigmoid", count: 12 },
    problem: {
      ...{ equation: "u_tt = (1 + x^2)*u_xx - exp(-t)", domain: { x: [0, 1], t: [0, 2] }, grid: { x: 6, t: 5 } },
      initial: { u: "sin(pi*x)", u_t: "x" },
      boundary: { x: { lower: "u = sin(t)", upper: "u_x + 2*u = 1" } },
    },
  },
  heat: {
    ...{ widths: [3, 6, 5, 1], activation: "tanh", count: 13 },
    problem: {
      ...{ equation: "u_t - 0.3*(u_xx + u_yy) + u_yx*u", initial: "cos(y)", grid: { x: 4, y: 5, t: 3 } },
      domain: { x: [0, 1], y: [0, "2*pi"], t: [0, 1] },
      boundary: { x: { lower: "u_x = cos(y)*t", upper: "none" }, y: "periodic" },
    },
  },
  seventh: {
    ...{ widths: [1, 5, 4, 1], activation: "gelu", count: 8 },
    problem: {
      ...{ equation: "u_xxxxxxx - u_xxxxx*u", domain: { x: [-1, 1] }, grid: { x: 12 } },
      boundary: { x: { lower: "u_xxxxxx = 1", upper: "u = 0" } },
    },
  },
};

/** Several outputs and several equations. */
const systems: typeof cases = {
  "navier-stokes": {
    ...{ widths: [2, 6, 5, 3], activation: "tanh", count: 10 },
    problem: {
      outputs: ["u", "v", "p"],
      equation: {
        momentum_x: "u*u_x + v*u_y + p_x = nu*(u_xx + u_yy)",
        momentum_y: "u*v_x + v*v_y + p_y = nu*(v_xx + v_yy)",
        continuity: "u_x + v_y",
      },
      ...{ coefficients: { nu: 0.05 }, domain: { x: [0, 1], y: [0, 1] }, grid: { x: 5, y: 4 } },
      boundary: {
        x: { lower: ["u = 0", "v = 0"], upper: ["u = 0", "v = 0"] },
        y: { lower: ["u = 0", "v = 0"], upper: ["u = 1", "v = 0"] },
      },
    },
  },
  schroedinger: {
    ...{ widths: [2, 6, 5, 2], activation: "tanh", count: 11 },
    problem: {
      outputs: ["u", "v"],
      equation: {
        real: "-v_t + 0.5*u_xx + (u^2 + v^2)*u = 0",
        imaginary: "u_t + 0.5*v_xx + (u^2 + v^2)*v = 0",
      },
      ...{ domain: { x: [-5, 5], t: [0, "pi/2"] }, grid: { x: 9, t: 4 }, boundary: { x: "periodic" } },
      initial: { u: "2/cosh(x)", v: "0" },
    },
  },
};

/** Transforms, Fourier features, factors in sines, weights, and a region with an edge. */
const shaped: typeof cases = {
  siren: {
    ...{ widths: [2, 6, 5, 4, 1], activation: "sin", omega: { first: 5, hidden: 3 }, count: 12 },
    problem: cases.wave.problem,
  },
  hard: {
    ...{ widths: [2, 5, 4, 1], activation: "sin", count: 10, fourierFeatures: { count: 3, scale: 0.5, seed: 7 } },
    problem: {
      ...{ equation: "u_tt - u_xx + u^3", domain: { x: [0, 1], t: [0, 1] }, grid: { x: 5, t: 4 } },
      ...{ transform: "sin(pi*x) + x*t^2*N", initial: { u_t: "0" } },
      boundary: { x: { lower: "none", upper: "u_x = t" } },
      weights: { initial_u_t: 100, boundary: 10, residual: 0.5 },
    },
  },
  periodic: {
    ...{ widths: [3, 6, 5, 1], activation: "tanh", count: 11 },
    problem: {
      ...{ equation: "u_t + u*u_x + c*u_xxx", coefficients: { c: 0.0025, rate: 2 }, initial: "cos(pi*x)" },
      ...{ features: ["cos(pi*x)", "sin(pi*x)", "exp(-rate*t)"], boundary: "none" },
      ...{ domain: { x: [-1, 1], t: [0, 1] }, grid: { x: 8, t: 5 } },
    },
  },
  disk: {
    ...{ widths: [2, 6, 5, 1], activation: "tanh", count: 9, within: { x: [-0.7, 0.7], y: [-0.7, 0.7] } },
    problem: {
      ...{ equation: "u_xx + u_yy + 4", domain: { x: [-1, 1], y: [-1, 1] }, grid: { x: 5, y: 5 }, boundary: "none" },
      ...{ inside: "x^2 + y^2 < 1", edge: "u = x*y", weights: { boundary: 7 } },
    },
  },
};

/** Coefficients that are trained, and data. */
const measured: typeof cases = {
  inverse: {
    ...{ widths: [2, 6, 5, 1], activation: "tanh", count: 10, coefficients: [0.3, -0.7] },
    problem: {
      ...{ equation: "u_t + u*u_x = nu*u_xx", domain: { x: [0, 1], t: [0, 1] }, grid: { x: 5, t: 4 }, initial: "0" },
      ...{ boundary: { x: { lower: "none", upper: "u_x + h*u = 1" } }, unknowns: { nu: 1, h: "1/2" } },
      points: { data: seen({ x: [0, 1], t: [0, 1] }, 6) },
    },
  },
};

for (const [name, { count, problem, within, coefficients = [], ...network }] of Object.entries({
  ...cases,
  ...systems,
  ...shaped,
  ...measured,
})) {
  test(`${name}: PyTorch's loss with its terms, gradient and Hessian-vector product`, async () => {
    const order = Object.keys(problem.domain);
    const points = { ...problem.points, collocation: inside(within ?? problem.domain, order, count) };
    const whole: PinnProblem = { kind: "pinn", collocation: { points: 1, seed: 0 }, ...problem, points };
    assert.deepEqual(validateProblem(whole), []);
    const loss = lossFunction({ kind: "mlp", ...network }, whole);
    const objective = await createObjective(loss, { dtype: "f64" });
    const weights = [...sines(loss.size - coefficients.length, 1.7)].map((s) => 0.8 * s);
    const theta = Float64Array.of(...weights, ...coefficients);
    const expected = published[name];
    const found = await requirePyTorch(objective, theta, expected);
    const names = Object.keys(expected.terms);
    const others = [
      ...(problem.weights ? names.map((term) => `weight_${term}`) : []),
      ...Object.keys(problem.unknowns ?? {}).map((own) => `coefficient_${own}`),
    ];
    assert.deepEqual(found, [...names, ...others]);
    assert.deepEqual(found, lossNames(whole));
    await objective.release();
  });
}
