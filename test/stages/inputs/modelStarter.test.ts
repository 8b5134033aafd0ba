import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { loadPipeline } from "../../../src/pipeline/config.js";
import { plan } from "../../../src/pipeline/plan.js";
import { loadStages } from "../../../stages/index.js";
import { modelStarter } from "../../../stages/inputs/modelStarter.js";
import { npzBytes } from "../../files/weightFiles.js";
import { modelFile } from "../../graph/onnx/modelFile.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-starter-"));
test.after(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** x·Wᵀ + b with 2 inputs and 3 outputs. */
const model = file(
  "net.onnx",
  modelFile({
    nodes: [{ op: "Gemm", inputs: ["x", "fc.weight", "fc.bias"], outputs: ["y"], attributes: { transB: 1 } }],
    inputs: { x: { shape: ["n", 2] } },
    initializers: {
      "fc.weight": { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
      "fc.bias": { shape: [3], values: [0, 1, 2] },
    },
    outputs: ["y"],
  }),
);
const inputs = { shape: [4, 2], values: Float64Array.from({ length: 8 }, (_, i) => i) };

test("a model and its data make a pipeline that passes the check, with a loss that fits the targets", async () => {
  const stages = await loadStages();
  const labels = { shape: [4], values: Float64Array.of(0, 1, 1, 0) };
  const numbers = { shape: [4, 3], values: Float64Array.from({ length: 12 }, (_, i) => i / 7) };
  for (const [name, targets, words] of [
    ["labels", labels, /task: classification.*classes: \["0", "1", "2"\](.|\n)*loss: cross-entropy/],
    ["numbers", numbers, /task: regression(.|\n)*loss: mean-squared-error/],
  ] as const) {
    const data = file(`${name}.npz`, npzBytes({ x: inputs, y: targets }));
    const path = join(folder, `${name}.yaml`);
    const text = await modelStarter(path, name, model, data);
    assert.match(text, words);
    assert.match(text, /^# 9 trainable elements in 2 tensors$/m);
    writeFileSync(path, text);
    assert.ok(plan(loadPipeline(path), stages).steps.length > 8);
  }
});

test("products with the Hessian matrix of a large network are in f32, few samples at a time", async () => {
  const values = new Array(1e6).fill(0.5);
  const wide = file(
    "wide.onnx",
    modelFile({
      nodes: [
        { op: "Gemm", inputs: ["x", "a", "b"], outputs: ["h"] },
        { op: "Gemm", inputs: ["h", "c", "d"], outputs: ["y"] },
      ],
      inputs: { x: { shape: ["n", 2] } },
      initializers: {
        a: { shape: [2, 250_000], values: values.slice(0, 500_000) },
        b: { shape: [250_000], values: values.slice(0, 250_000) },
        c: { shape: [250_000, 1], values: values.slice(0, 250_000) },
        d: { shape: [1], values: [1] },
      },
      outputs: ["y"],
    }),
  );
  const data = file("wide-data.npz", npzBytes({ x: inputs, y: { shape: [4, 1], values: new Float64Array(4) } }));
  const path = join(folder, "wide.yaml");
  const text = await modelStarter(path, "wide", wide, data);
  assert.equal(text.match(/dtype: f32, batchSize: 16/g)?.length, 2);
  writeFileSync(path, text);
  assert.ok(plan(loadPipeline(path), await loadStages()).steps.length > 8);
});

test("data that do not fit the network are told with both shapes", async () => {
  const data = file(
    "wide.npz",
    npzBytes({ x: { ...inputs, shape: [2, 4] }, y: { shape: [2], values: Float64Array.of(0, 1) } }),
  );
  const wrong = /wide\.npz: the inputs are \[2, 4\], the targets \[2\]; the network takes \[N, 2\] and gives \[N, 3\]/;
  await assert.rejects(modelStarter(join(folder, "x.yaml"), "x", model, data), wrong);
  await assert.rejects(modelStarter(join(folder, "x.yaml"), "x", "net.pt", data), /net\.pt is not a \.onnx file/);
});
