import assert from "node:assert/strict";
import { test } from "node:test";
import { type Evolution, solveEvolution } from "../../src/solvers/evolution.js";

const linspace = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** The largest |value − exact(x, t)|. */
function error(values: Float64Array, x: Float64Array, times: Float64Array, exact: (x: number, t: number) => number) {
  return values.reduce((most, value, i) => {
    const at = exact(x[i % x.length], times[Math.floor(i / x.length)]);
    return Math.max(most, Math.abs(value - at));
  }, 0);
}

const map = (x: Float64Array, of: (x: number) => number) => x.map((value) => of(value));

test("a soliton of the Korteweg–de Vries equation keeps its shape and speed", () => {
  // u_t + 6 u u_x + u_xxx = 0: u = c/2 sech²(√c (x − ct)/2)
  const c = 4;
  const soliton = (x: number, t: number) => c / 2 / Math.cosh((Math.sqrt(c) * (x - c * t)) / 2) ** 2;
  const problem: Evolution = {
    interval: [-20, 20],
    boundary: "periodic",
    initial: (x) => [map(x, (at) => soliton(at, 0))],
    linear: [[[0, 0, 0, -1]]],
    nonlinear: (u) => {
      const [value, slope] = [u(0, 0), u(0, 1)];
      return [value.map((at, i) => -6 * at * slope[i])];
    },
  };
  const [x, times] = [linspace(-10, 10, 81), linspace(0, 1, 5)];
  const { values, estimatedError } = solveEvolution(problem, { x, times, tolerance: 1e-7 });
  const off = error(values[0], x, times, soliton);
  assert.ok(off < 2e-7, `error ${off}`);
  assert.ok(estimatedError < 2e-7);
});

test("a soliton of the nonlinear Schrödinger equation, as two reals", () => {
  // i ψ_t + ½ ψ_xx + |ψ|² ψ = 0: ψ = sech(x − vt) e^{i(vx + (1 − v²)t/2)}
  const v = 1;
  const phase = (x: number, t: number) => v * x + ((1 - v * v) * t) / 2;
  const re = (x: number, t: number) => Math.cos(phase(x, t)) / Math.cosh(x - v * t);
  const im = (x: number, t: number) => Math.sin(phase(x, t)) / Math.cosh(x - v * t);
  const problem: Evolution = {
    interval: [-8 * Math.PI, 8 * Math.PI],
    boundary: "periodic",
    initial: (x) => [map(x, (at) => re(at, 0)), map(x, (at) => im(at, 0))],
    linear: [
      [[], [0, 0, -1 / 2]],
      [[0, 0, 1 / 2], []],
    ],
    nonlinear: (u) => {
      const [a, b] = [u(0, 0), u(1, 0)];
      const size = a.map((value, i) => value ** 2 + b[i] ** 2);
      return [b.map((value, i) => -size[i] * value), a.map((value, i) => size[i] * value)];
    },
  };
  const [x, times] = [linspace(-5, 5, 41), linspace(0, 1.5, 4)];
  const { values } = solveEvolution(problem, { x, times, tolerance: 1e-8 });
  assert.ok(error(values[0], x, times, re) < 1e-8);
  assert.ok(error(values[1], x, times, im) < 1e-8);
});

/** u_t + u u_x = ν u_xx from −sin(πx), by the Cole–Hopf transform and the trapezoidal rule (Basdevant et al. 1986). */
function coleHopf(nu: number) {
  return (x: number, t: number) => {
    if (t === 0) return -Math.sin(Math.PI * x);
    let [above, below] = [0, 0];
    const spread = Math.sqrt(4 * nu * t);
    for (let k = -4000; k <= 4000; k++) {
      const eta = (k / 4000) * 12;
      const y = x - spread * eta;
      const weight = Math.exp(-eta * eta - (Math.cos(Math.PI * y) + 1) / (2 * Math.PI * nu));
      above -= Math.sin(Math.PI * y) * weight;
      below += weight;
    }
    return above / below;
  };
}

for (const boundary of ["periodic", "fixed"] as const) {
  test(`Burgers' equation agrees with the Cole–Hopf transform, with ${boundary} ends`, () => {
    const nu = boundary === "periodic" ? 0.01 / Math.PI : 0.1 / Math.PI;
    const problem: Evolution = {
      interval: [-1, 1],
      boundary,
      initial: (x) => [map(x, (at) => -Math.sin(Math.PI * at))],
      linear: [[[0, 0, nu]]],
      nonlinear: (u) => {
        const [value, slope] = [u(0, 0), u(0, 1)];
        return [value.map((at, i) => -at * slope[i])];
      },
    };
    const [x, times] = [linspace(-1, 1, 65), linspace(0, 1, 5)];
    const { values } = solveEvolution(problem, { x, times, tolerance: 1e-6 });
    const off = error(values[0], x, times, coleHopf(nu));
    assert.ok(off < 1e-6, `error ${off}`);
  });
}

test("ends that are not zero stay as they are", () => {
  // u_t = u_xx with u(0) = 1, u(1) = 3: u = 1 + 2x + e^{−π²t} sin πx
  const exact = (x: number, t: number) => 1 + 2 * x + Math.exp(-(Math.PI ** 2) * t) * Math.sin(Math.PI * x);
  const problem: Evolution = {
    interval: [0, 1],
    boundary: "fixed",
    initial: (x) => [map(x, (at) => exact(at, 0))],
    linear: [[[0, 0, 1]]],
  };
  const [x, times] = [linspace(0, 1, 11), linspace(0, 0.2, 3)];
  const { values } = solveEvolution(problem, { x, times, tolerance: 1e-9 });
  assert.ok(error(values[0], x, times, exact) < 1e-9);
});

test("a solution that blows up is an error", () => {
  const problem: Evolution = {
    interval: [0, 1],
    boundary: "periodic",
    initial: (x) => [map(x, () => 1)],
    linear: [[[]]],
    nonlinear: (u) => [u(0, 0).map((at) => at * at)],
  };
  const options = { x: Float64Array.of(0), times: Float64Array.of(0, 2), tolerance: 1e-6 };
  assert.throws(() => solveEvolution(problem, options), /is infinite at 1024 points and 2048 steps/);
});

test("the Kuramoto–Sivashinsky equation, as scipy's BDF solves the same operator", () => {
  // solve_ivp(method="BDF", rtol=1e-9, atol=1e-11), scipy 1.10, 128 points: u(0, 10), u(0, 20), and 0 at a quarter
  const length = 16 * Math.PI;
  const problem: Evolution = {
    interval: [0, length],
    boundary: "periodic",
    initial: (x) => [map(x, (at) => Math.cos(at / 8) * (1 + Math.sin(at / 8)))],
    linear: [[[0, 0, -1, 0, -1]]],
    nonlinear: (u) => {
      const [value, slope] = [u(0, 0), u(0, 1)];
      return [value.map((at, i) => -at * slope[i])];
    },
  };
  const [x, times] = [Float64Array.of(0, length / 4), Float64Array.of(0, 10, 20)];
  const { values } = solveEvolution(problem, { x, times, tolerance: 1e-7 });
  for (const [i, expected] of [1, 0, 0.4311638, 0, 0.3956991, 0].entries()) {
    assert.ok(Math.abs(values[0][i] - expected) < 2e-7, `${values[0]}`);
  }
});

test("times that are not equidistant are refused", () => {
  const problem: Evolution = {
    interval: [0, 1],
    boundary: "periodic",
    initial: (x) => [x],
    linear: [[[]]],
  };
  const options = { x: Float64Array.of(0), times: Float64Array.of(0, 1, 3), tolerance: 1e-6 };
  assert.throws(() => solveEvolution(problem, options), /expected ascending, equidistant times; found 0, 1, 3/);
});
