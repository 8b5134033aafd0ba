import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient, hessianVectorProduct, jvp } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { schedule } from "../../src/graph/program.js";
import { constant, input, type Tensor } from "../../src/graph/tensor.js";
import { run } from "./run.js";

const names = (outputs: Record<string, Tensor>, inputs: Record<string, Tensor>) =>
  schedule({ inputs, outputs }).order.map(({ operator }) => operator.name);

test("the derivatives of x³ are 3x², 6x and 6", async () => {
  const x = input("x", []);
  const first = gradient(f.pow(x, 3), [x])[0];
  const second = gradient(first, [x])[0];
  const third = jvp([second], [x], [constant(1)])[0];
  const results = await run({ inputs: { x }, outputs: { first, second, third } }, { x: Float64Array.of(2) });
  assert.deepEqual(results, { first: Float64Array.of(12), second: Float64Array.of(12), third: Float64Array.of(6) });
});

test("one run gives the gradient of every element of a batch", async () => {
  const x = input("x", [2, 2]);
  const losses = f.sum(f.mul(x, x), [1]);
  const { g } = await run(
    { inputs: { x }, outputs: { g: gradient(losses, [x])[0] } },
    { x: Float64Array.of(1, 2, 3, 4) },
  );
  assert.deepEqual([...g], [2, 4, 6, 8]);
});

test("where nothing depends the derivative is zero, and no nodes are made for it", () => {
  const [x, y] = [input("x", [2]), input("y", [2])];
  const [dx, dy] = gradient(f.tanh(x), [x, y]);
  assert.deepEqual(names({ dy }, { x, y }), ["constant", "expand"]);
  // one minus the square of tanh: no sum with zeros
  assert.deepEqual(names({ dx }, { x, y }).sort(), ["constant", "input", "pow", "sub", "tanh"]);
});

test("forward and reverse derivatives share what a function's derivative needs", () => {
  const x = input("x", [2]);
  const v = input("v", [2]);
  const y = f.tanh(x);
  const order = names({ g: gradient(f.mul(y, v), [x])[0], t: jvp([y], [x], [v])[0] }, { x, v });
  assert.equal(order.filter((name) => name === "pow").length, 1);
});

test("the gradient of a vector that was cut into pieces is put together by one concat", () => {
  const theta = input("theta", [2, 10]);
  const pieces = [f.slice(theta, 1, 6, 10), f.slice(theta, 1, 0, 2), f.slice(theta, 1, 2, 6)];
  const loss = pieces.map((piece) => f.sum(f.exp(piece), [1])).reduce((a, b) => f.add(a, b));
  const order = names({ g: gradient(loss, [theta])[0] }, { theta });
  assert.deepEqual(
    order.filter((name) => ["pad", "add", "concat"].includes(name)),
    ["concat"],
  );
});

test("pieces that overlap or leave gaps add up", async () => {
  // 1 1 . . .        0…2
  // . 1 1 . .        1…3
  // . . . . 1        4…5
  const x = input("x", [5]);
  const pieces = [f.slice(x, 0, 0, 2), f.slice(x, 0, 1, 3), f.slice(x, 0, 4, 5)];
  const total = pieces.map((piece) => f.sum(piece)).reduce((a, b) => f.add(a, b));
  const { g } = await run({ inputs: { x }, outputs: { g: gradient(total, [x])[0] } }, { x: new Float64Array(5) });
  assert.deepEqual([...g], [1, 2, 1, 0, 1]);
});

test("the Hessian of xᵀAx is A + Aᵀ", async () => {
  const a = constant([1, 2, 3, 4, 5, 6, 7, 8, 10], [3, 3]);
  const [x, v] = [input("x", [3, 1]), input("v", [3, 1])];
  const form = f.matmul(x, f.matmul(a, x), { transposeA: true });
  const outputs = { hv: hessianVectorProduct(form, x, v) };
  const { hv } = await run(
    { inputs: { x, v }, outputs },
    { x: Float64Array.of(5, 6, 7), v: Float64Array.of(1, 0, -1) },
  );
  assert.deepEqual([...hv], [2 - 10, 6 - 14, 10 - 20]);
});

test("wrong tangents are refused", () => {
  const x = input("x", [2]);
  assert.throws(() => jvp([x], [x], []), /1 tensors but 0 tangents/);
  assert.throws(() => jvp([x], [x], [constant(1)]), /tangent 0 has shape \[\], expected \[2\]/);
  assert.throws(() => gradient(f.greater(x, 0), [x]), /gradient: expected real tensors, found bool/);
});

test("one may differentiate by given data, whose functions are not folded", async () => {
  const x = f.data([1, 2]);
  const slope = jvp([f.mul(x, x)], [x], [constant([1, 1])])[0];
  assert.deepEqual((await run({ inputs: {}, outputs: { slope } })).slope, Float64Array.of(2, 4));
});
