import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { lower } from "../../../src/graph/lower.js";
import { type Program, schedule } from "../../../src/graph/program.js";
import { constant, constantValues, data } from "../../../src/graph/tensor.js";
import { assertClose } from "../checkDerivatives.js";
import { digest, sines } from "../digest.js";
import { valuesOf } from "../run.js";

test("a kernel is laid on every place of the image, unturned", async () => {
  // 1 2 3     1 0     1+5·2  2+6·2
  // 4 5 6  ⋆  0 2  =  4+8·2  5+9·2
  // 7 8 9
  const image = constant([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 3, 3]);
  assert.deepEqual(await valuesOf(f.conv2d(image, constant([1, 0, 0, 2], [1, 1, 2, 2]))), [11, 14, 20, 23]);
});

test("values and both gradients are PyTorch's, with stride, padding, dilation and groups", async () => {
  const x = data(constantValues(sines(2, 4, 7, 6)), [2, 4, 7, 6]);
  const w = data(constantValues(sines(6, 2, 3, 2)), [6, 2, 3, 2]);
  const y = f.conv2d(x, w, { stride: 2, padding: 2, dilation: 2, groups: 2 });
  assert.deepEqual(y.shape, [2, 6, 4, 4]);
  const [dx, dw] = gradient(f.sum(f.mul(y, y)), [x, w]);
  assertClose(await digest(y), [-0.61264849475233, 2.1925942382013544, -0.3639289705230039], 1e-12, "values");
  assertClose(await digest(dx), [0, -4.81842778943145, 86.19692288087677], 1e-12, "input gradient");
  assertClose(await digest(dw), [3.86077910158514, -1.209489278481908, 85.73153231158456], 1e-12, "weight gradient");
});

test("in f64 the forward pass and the weight gradient share the patches they multiply", () => {
  const [x, w] = [f.input("x", [2, 3, 5, 5]), f.input("w", [4, 3, 3, 3])];
  const y = f.conv2d(x, w, { padding: 1 });
  const program: Program = { inputs: { x, w }, outputs: { y, dw: gradient(f.sum(f.pow(y, 2)), [w])[0] } };
  const { order } = schedule({ inputs: program.inputs, outputs: lower(program.outputs, "f64") });
  const names = order.map(({ operator }) => operator.name);
  assert.equal(names.filter((name) => name === "concat").length, 1);
  assert.equal(names.filter((name) => name === "matmul").length, 2);
  assert.ok(!names.some((name) => name.startsWith("conv")));
});
