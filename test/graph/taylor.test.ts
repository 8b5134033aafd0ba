import assert from "node:assert/strict";
import { test } from "node:test";
import { jvp } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { schedule } from "../../src/graph/program.js";
import { directionalDerivatives } from "../../src/graph/taylor.js";
import { run } from "./run.js";

const at = Float64Array.of(0.3, 0.7, 1.9);
const ORDER = 5;

async function derivativesOf(of: (x: f.Tensor) => f.Tensor, order = ORDER) {
  const x = f.input("x", [3]);
  const made = directionalDerivatives(of(x), x, f.expand(f.constant(1), [3]), order);
  const outputs = Object.fromEntries(made.map((tensor, i) => [i + 1, tensor]));
  return run({ inputs: { x }, outputs }, { x: at });
}

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-11 * Math.max(1, Math.abs(b));

test("the derivatives of elementary functions are their closed forms", async () => {
  const closed: [string, (x: f.Tensor) => f.Tensor, (x: number, k: number) => number][] = [
    ["exp 2x", (x) => f.exp(f.mul(2, x)), (x, k) => 2 ** k * Math.exp(2 * x)],
    ["sin 3x", (x) => f.sin(f.mul(3, x)), (x, k) => 3 ** k * Math.sin(3 * x + (k * Math.PI) / 2)],
    ["cos x", f.cos, (x, k) => Math.cos(x + (k * Math.PI) / 2)],
    ["1/x", (x) => f.div(1, x), (x, k) => ((-1) ** k * [1, 1, 2, 6, 24, 120][k]) / x ** (k + 1)],
    ["log x", f.log, (x, k) => ((-1) ** (k - 1) * [0, 1, 1, 2, 6, 24][k]) / x ** k],
    ["x³", (x) => f.pow(x, 3), (x, k) => [0, 3 * x * x, 6 * x, 6, 0, 0][k]],
    ["x²", (x) => f.pow(x, 2), (x, k) => [0, 2 * x, 2, 0, 0, 0][k]],
    ["√x", f.sqrt, (x, k) => [0, 0.5, -0.25, 0.375, -0.9375, 3.28125][k] * x ** (0.5 - k)],
    ["x^-2", (x) => f.pow(x, -2), (x, k) => (-1) ** k * [0, 2, 6, 24, 120, 720][k] * x ** (-2 - k)],
    ["constant", () => f.constant([1, 2, 3]), () => 0],
  ];
  for (const [name, of, expected] of closed) {
    const found = await derivativesOf(of);
    for (let k = 1; k <= ORDER; k++) {
      for (const [i, x] of at.entries()) {
        assert.ok(near(found[k][i], expected(x, k)), `${name}, order ${k} at ${x}: ${found[k][i]}, ${expected(x, k)}`);
      }
    }
  }
});

test("every operator agrees with forward mode, nested", async () => {
  const c = f.constant([0.4, -1.2, 0.6]);
  const functions: Record<string, (x: f.Tensor) => f.Tensor> = {
    tanh: f.tanh,
    sigmoid: f.sigmoid,
    gelu: f.gelu,
    silu: f.silu,
    softplus: f.softplus,
    relu: (x) => f.mul(f.relu(f.sub(x, 1)), f.sin(x)),
    abs: (x) => f.pow(f.abs(f.sub(x, 1)), 3),
    quotient: (x) => f.div(f.sin(x), f.add(2, f.pow(x, 2))),
    product: (x) => f.mul(f.mul(c, x), f.neg(f.tanh(f.mul(x, x)))),
    moved: (x) => f.concat([f.slice(f.exp(x), 0, 1, 3), f.reshape(f.mean(f.sin(x), [0]), [1])], 0),
    matmul: (x) =>
      f.reshape(f.matmul(f.constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]), f.reshape(f.sin(x), [3, 1])), [3]),
    // Both factors move, which has no rule.
    square: (x) => f.reshape(f.matmul(f.reshape(f.sin(x), [3, 1]), f.reshape(f.slice(x, 0, 0, 1), [1, 1])), [3]),
    softmax: (x) => f.softmax(f.mul(x, x), 0),
  };
  for (const [name, of] of Object.entries(functions)) {
    const x = f.input("x", [3]);
    const outputs: Record<string, f.Tensor> = {};
    let last = of(x);
    for (let k = 1; k <= 4; k++) {
      [last] = jvp([last], [x], [f.expand(f.constant(1), [3])]);
      outputs[k] = last;
    }
    const expected = await run({ inputs: { x }, outputs }, { x: at });
    const found = await derivativesOf(of, 4);
    for (let k = 1; k <= 4; k++) {
      for (const i of at.keys()) {
        const [a, b] = [found[k][i], expected[k][i]];
        assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${name}, order ${k}: ${a}, ${b}`);
      }
    }
  }
});

test("the work grows with the square of the order, not exponentially", () => {
  const nodes = (order: number) => {
    const x = f.input("x", [3]);
    const made = directionalDerivatives(f.tanh(f.tanh(x)), x, f.expand(f.constant(1), [3]), order);
    return schedule({ inputs: { x }, outputs: { y: made[order - 1] } }).order.length;
  };
  assert.ok(nodes(8) < 4.5 * nodes(4), `${nodes(4)}, ${nodes(8)}`);
});
