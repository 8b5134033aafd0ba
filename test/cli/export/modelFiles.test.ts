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
  const stateLayout = [{ name: "norm.running_mean", role: "norm", shape: [1], offset: 0 }];
  const weights = { width: 6, values: Float32Array.of(0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6.1) };
  const model = artifact(
    "model",
    {
      step: Int32Array.of(0, 9),
      loss: Float64Array.of(2, 1),
      weights,
      state: { width: 1, values: Float32Array.of(0, 7) },
    },
    { layout, stateLayout },
  );
  const expected = {
    "layer.weight": [[2, 2], Float32Array.of(1, 2, 3, 4)],
    "layer.bias": [[2], Float32Array.of(5, 6.1)],
    "norm.running_mean": [[1], Float32Array.of(7)],
  };
  const read = (arrays: Map<string, () => { shape: number[]; values: unknown }>) =>
    Object.fromEntries([...arrays].map(([name, array]) => [name, [array().shape, array().values]]));
  assert.deepEqual(read(openNpz(await exportArtifact(model, "npz"), "a.npz")), expected);
  assert.deepEqual(read(openSafetensors(await exportArtifact(model, "safetensors"), "a.safetensors")), expected);
});
