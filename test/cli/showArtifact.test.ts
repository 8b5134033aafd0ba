import assert from "node:assert/strict";
import { test } from "node:test";
import { showArtifact } from "../../src/cli/showArtifact.js";
import { modelArtifact } from "../../stages/artifacts/model.js";

test("a model is shown with the names and shapes of its tensors", () => {
  const model = modelArtifact(
    {
      architecture: { kind: "mlp", widths: [2, 3], activation: "tanh" },
      problem: { kind: "supervised", loss: "mean-squared-error", labelSmoothing: 0, weightPenalty: 0 },
      dtype: "f64",
    },
    { step: Int32Array.of(0), loss: Float64Array.of(1), weights: new Float64Array(9) },
    {},
    {},
  );
  const found = { path: "m.arrow", object: "0", record: () => ({ bytes: 1, provenance: {} }) };
  assert.match(
    showArtifact(model, found as never, 1),
    /\ntensors:\n {2}layer_0\.weight \[3, 2\]\n {2}layer_0\.bias \[3\]\n/,
  );
});
