import assert from "node:assert/strict";
import { test } from "node:test";
import * as ort from "onnxruntime-node";
import * as f from "../../src/graph/functions.js";
import { ONNX_OPSET, toOnnx } from "../../src/graph/onnx.js";
import { constant, input } from "../../src/graph/tensor.js";

const { onnx } = (await import("onnx-proto")).default;

const x = input("x", [2, 3]);
const program = { inputs: { x }, outputs: { y: f.matmul(x, f.mul(2, x), { transposeB: true }) } };

test("the portable form uses standard operators only and states its opset", async () => {
  const model = onnx.ModelProto.decode(await toOnnx(program, { dtype: "f32" }));
  assert.deepEqual(
    model.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
    [["", ONNX_OPSET]],
  );
  assert.deepEqual(
    model.graph!.node!.map(({ opType }) => opType),
    ["Mul", "Transpose", "MatMul", "Identity"],
  );
});

test("both forms give the same numbers", async () => {
  const results: number[][] = [];
  for (const fusedMatMul of [false, true]) {
    const session = await ort.InferenceSession.create(await toOnnx(program, { dtype: "f64", fusedMatMul }));
    const { y } = await session.run({ x: new ort.Tensor("float64", Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]) });
    results.push([...(y.data as Float64Array)]);
    await session.release();
  }
  assert.deepEqual(results, [
    [28, 64, 64, 154],
    [28, 64, 64, 154],
  ]);
});

test("the same program gives the same bytes, another element type others", async () => {
  const first = await toOnnx(program, { dtype: "f32" });
  assert.deepEqual(await toOnnx(program, { dtype: "f32" }), first);
  assert.notDeepEqual(await toOnnx(program, { dtype: "f64" }), first);
});

test("constants keep 53 bits in f64 and are rounded in f32", async () => {
  const outputs = { third: f.mul(x, constant(1 / 3)) };
  const feed = {
    f32: new ort.Tensor("float32", new Float32Array(6).fill(1), [2, 3]),
    f64: new ort.Tensor("float64", new Float64Array(6).fill(1), [2, 3]),
  };
  for (const dtype of ["f32", "f64"] as const) {
    const session = await ort.InferenceSession.create(await toOnnx({ inputs: { x }, outputs }, { dtype }));
    const { third } = await session.run({ x: feed[dtype] });
    assert.equal((third.data as Float64Array)[0], dtype === "f64" ? 1 / 3 : Math.fround(1 / 3));
    await session.release();
  }
});
