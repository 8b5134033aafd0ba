import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../../src/graph/functions.js";
import { schedule } from "../../src/graph/program.js";
import { input } from "../../src/graph/tensor.js";

test("equal computations are done once, whatever the order of their operands, and unused ones not at all", () => {
  const [x, y] = [input("x", [2]), input("y", [2])];
  f.exp(x); // not needed by any output
  const outputs = { sum: f.add(f.mul(x, y), f.mul(y, x)) };
  const { order } = schedule({ inputs: { x, y }, outputs });
  assert.deepEqual(
    order.map(({ operator }) => operator.name),
    ["input", "input", "mul", "add"],
  );
});

test("different attributes, constants and inputs are kept apart", () => {
  const [x, y] = [input("x", [2, 2]), input("y", [2, 2])];
  const outputs = {
    a: f.sum(x, [0]),
    b: f.sum(x, [1]),
    c: f.mul(0.5, x),
    d: f.mul(0.25, x),
    e: f.exp(x),
    f: f.exp(y),
    g: f.sub(x, y),
    h: f.sub(y, x),
  };
  const { outputs: kept } = schedule({ inputs: { x, y }, outputs });
  assert.equal(new Set(Object.values(kept)).size, 8);
});

test("images that are resized twice by equal matrices are resized once", () => {
  const x = input("x", [1, 1, 32, 32]);
  const outputs = { once: f.resizeBilinear(x, [64, 64]), again: f.exp(f.resizeBilinear(x, [64, 64])) };
  const { order } = schedule({ inputs: { x }, outputs });
  assert.equal(order.filter(({ operator }) => operator.name === "matmul").length, 2, "rows and columns");
});

test("a program must list the inputs it uses", () => {
  const [x, y] = [input("x", []), input("y", [])];
  const program = { inputs: { x }, outputs: { sum: f.add(x, y) } };
  assert.throws(() => schedule(program), /input "y" is used by the program but not listed/);
  assert.throws(() => schedule({ inputs: { x: f.exp(x) }, outputs: {} }), /program input "x" is not an input tensor/);
  assert.throws(() => schedule({ inputs: { x }, outputs: { x } }), /"x" names both an input and an output/);
  assert.throws(() => schedule({ inputs: { x }, outputs: { b: f.greater(x, 0) } }), /program output "b" is bool/);
});
