import assert from "node:assert/strict";
import { test } from "node:test";
import { predict } from "../../../src/models/evaluation/predict.js";
import { createModel } from "../../../src/models/networks/architecture.js";

test("many samples, computed in chunks, come out as each alone", async () => {
  // 65,536 numbers fit a chunk: two whole chunks of samples (x, y), and a rest.
  const architecture = { kind: "mlp", widths: [2, 3, 2], activation: "tanh" } as const;
  const theta = createModel(architecture).initialize(1);
  const count = 70_001;
  const inputs = Float64Array.from({ length: 2 * count }, (_, i) => Math.sin(i));
  const outputs = await predict(architecture, theta, inputs, { dtype: "f64" });
  assert.equal(outputs.length, 2 * count);
  for (const sample of [0, 32_767, 32_768, 65_535, 65_536, 70_000]) {
    const own = Float64Array.of(inputs[sample], inputs[count + sample]);
    const [first, second] = await predict(architecture, theta, own, { dtype: "f64" });
    assert.ok(Math.abs(outputs[sample] - first) < 1e-14, `sample ${sample}`);
    assert.ok(Math.abs(outputs[count + sample] - second) < 1e-14, `sample ${sample}`);
  }
  assert.deepEqual(await predict(architecture, theta, new Float64Array(), { dtype: "f64" }), new Float64Array());
});
