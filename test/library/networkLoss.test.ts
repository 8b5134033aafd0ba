import assert from "node:assert/strict";
import { test } from "node:test";
import { networkLoss } from "../../src/library/networkLoss.js";

/** One weight w and one bias b: the output is w · x + b. */
const line = { kind: "mlp", widths: [1, 1] };
const squares = { kind: "supervised", loss: "mean-squared-error" };

test("the loss of a line through three samples is the mean of its squared errors, whatever the batches", async () => {
  const samples = { inputs: Float64Array.of(0, 1, 2), targets: Float64Array.of(1, 3, 7) };
  for (const options of [{}, { batchSize: 2 }]) {
    const loss = await networkLoss(
      { architecture: line, problem: squares, samples },
      { ...options, backend: "reference" },
    );
    // 2x + 1 misses the last by 2.
    const at = Float64Array.of(2, 1);
    assert.equal((await loss.loss(at))[0], 4 / 3);
    const { gradient } = await loss.lossAndGradient(at);
    // −2/3 · Σ error · (x, 1)
    for (const [i, expected] of [-8 / 3, -4 / 3].entries()) assert.ok(Math.abs(gradient[i] - expected) < 1e-12);
    assert.equal(loss.initialize(1).length, 2);
    await loss.release();
  }
});

test("samples that are missing, of no use or of another size are refused, and so is a process", async () => {
  const samples = { inputs: Float64Array.of(0, 1), targets: Float64Array.of(1, 3, 7) };
  const refused = (given: Parameters<typeof networkLoss>[0], message: RegExp) =>
    assert.rejects(networkLoss(given, { backend: "reference" }), message);
  await refused({ architecture: line, problem: squares }, /needs samples/);
  await refused({ architecture: line, problem: squares, samples }, /3 targets for 2 samples; expected 1 per sample/);
  const formula = { kind: "function", loss: "x^2" };
  const named = { kind: "parameters", names: ["x"], start: { x: 0 } };
  await refused({ architecture: named, problem: formula, samples }, /function has no samples/);
  const process = { kind: "external", command: "true" };
  await refused({ architecture: { kind: "parameters" }, problem: process }, /starts no process/);
});
