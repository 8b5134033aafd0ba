import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { numbers } from "../../src/artifact/artifact.js";
import { runPipeline } from "../../src/library/runPipeline.js";

const text = `stages:
  model:
    uses: train
    with:
      architecture: { kind: parameters, names: [x, y], start: { x: 0.1, y: 0.2 } }
      problem: { kind: function, loss: "x^2 + y^2" }
      optimizer: { kind: sgd, learningRate: 0.1, iterations: 3 }
`;

test("a pipeline runs on the backend that the option names, which the record tells; the key is the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-library-"));
  writeFileSync(join(folder, "p.yaml"), text);
  const keys: string[] = [];
  for (const backend of ["reference", "onnxruntime"] as const) {
    const run = await runPipeline(join(folder, "p.yaml"), {
      ...{ backend, jobs: 1, publish: false },
      results: join(folder, backend),
    });
    const [outcome] = run.outcomes;
    assert.ok("path" in outcome);
    assert.deepEqual(Object.keys(outcome.record().provenance.backends as object), [backend]);
    // Each step of gradient descent multiplies by 1 − 2 · 0.1.
    assert.ok(Math.abs(numbers(run.artifact("model"), "loss").at(-1)! - 0.05 * 0.8 ** 6) < 1e-12);
    keys.push(outcome.record().key);
  }
  assert.equal(keys[0], keys[1]);
});

test("a backend that does not exist is refused before anything runs", async () => {
  const options = { backend: "onnxruntim" as "onnxruntime" };
  await assert.rejects(runPipeline("absent.yaml", options), /unknown backend "onnxruntim"; did you mean/);
});
