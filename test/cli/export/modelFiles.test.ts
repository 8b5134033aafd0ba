import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../../src/artifact/artifact.js";
import { exportArtifact } from "../../../src/cli/exportArtifact.js";
import { openNpz } from "../../../src/files/npz.js";
import { openSafetensors } from "../../../src/files/safetensors.js";

test("a model becomes tensors by name, its last checkpoint, in npz and safetensors alike", async () => {
  const layout = [
    { name: "layer.weight", role: "weight", shape: [2, 2], offset: 0 },
    { name: "layer.bias", role: "bias", shape: [2], offset: 4 },
  ];
  const stateLayout = [
    { name: "norm.mean", role: "mean", shape: [1], offset: 0 },
    { name: "norm.variance", role: "variance", shape: [1], offset: 1 },
  ];
  const weights = { width: 6, values: Float32Array.of(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6.1) };
  const model = artifact(
    "model",
    {
      step: Int32Array.of(0, 9),
      loss: Float64Array.of(2, 1),
      weights,
      state: { width: 2, values: Float32Array.of(0, 1, 7, 8) },
    },
    { layout, stateLayout, architecture: { kind: "cnn" } },
  );
  const expected = {
    "layer.weight": [[2, 2], Float32Array.of(1, 2, 3, 4)],
    "layer.bias": [[2], Float32Array.of(5, 6.1)],
    "norm.running_mean": [[1], Float32Array.of(7)],
    "norm.running_var": [[1], Float32Array.of(8)],
  };
  const read = (arrays: Map<string, () => { shape: number[]; values: unknown }>) =>
    Object.fromEntries([...arrays].map(([name, array]) => [name, [array().shape, array().values]]));
  assert.deepEqual(read(openNpz(await exportArtifact(model, "npz"), "a.npz")), expected);
  assert.deepEqual(read(openSafetensors(await exportArtifact(model, "safetensors"), "a.safetensors")), expected);
});

test("the statistics of an imported graph keep its names", async () => {
  const norms = [{ name: "bn", mean: "bn/moving_mean", variance: "bn/moving_variance" }];
  const model = artifact(
    "model",
    {
      step: Int32Array.of(0),
      loss: Float64Array.of(2),
      weights: { width: 1, values: Float32Array.of(3) },
      state: { width: 2, values: Float32Array.of(4, 5) },
    },
    {
      layout: [{ name: "bn/gamma", role: "scale", shape: [1], offset: 0 }],
      stateLayout: [
        { name: "bn.mean", role: "mean", shape: [1], offset: 0 },
        { name: "bn.variance", role: "variance", shape: [1], offset: 1 },
      ],
      architecture: { kind: "onnx", network: { norms } },
    },
  );
  const tensors = openNpz(await exportArtifact(model, "npz"), "a.npz");
  assert.deepEqual([...tensors.keys()], ["bn/gamma", "bn/moving_mean", "bn/moving_variance"]);
});
