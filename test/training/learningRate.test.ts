import assert from "node:assert/strict";
import { test } from "node:test";
import { learningRate, type Schedule } from "../../src/training/learningRate.js";

const rates = (schedule: Schedule, epochs = 8, stepsPerEpoch = 1) =>
  Array.from({ length: epochs * stepsPerEpoch }, (_, step) =>
    learningRate(schedule, 0.1, { epoch: Math.floor(step / stepsPerEpoch), epochs, step, stepsPerEpoch }),
  );

function assertNear(found: number[], expected: number[]): void {
  assert.equal(found.length, expected.length);
  for (const [k, x] of expected.entries()) assert.ok(Math.abs(found[k] - x) < 1e-15, `${k}: ${found[k]} ${x}`);
}

test("the schedules of PyTorch: StepLR(3, 0.5), MultiStepLR([2, 5]), CosineAnnealingLR(8, 0.01), LinearLR(1, 0.1, 8)", () => {
  const warmup = 0;
  assertNear(rates({ kind: "step", every: 3, factor: 0.5, warmup }), [0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025]);
  assertNear(
    rates({ kind: "multi-step", at: [2, 5], factor: 0.1, warmup }),
    [0.1, 0.1, 0.01, 0.01, 0.01, 0.001, 0.001, 0.001],
  );
  assertNear(
    rates({ kind: "cosine", to: 0.01, warmup }),
    [
      0.1, 0.0965745789630079, 0.08681980515339463, 0.07222075445642905, 0.055, 0.03777924554357096,
      0.023180194846605363, 0.013425421036992097,
    ],
  );
  assertNear(
    rates({ kind: "linear", to: 0.01, warmup }),
    [0.1, 0.08875, 0.0775, 0.06625, 0.055, 0.04375, 0.0325, 0.02125],
  );
  assertNear(rates({ kind: "constant", warmup }, 3), [0.1, 0.1, 0.1]);
});

test("the rate grows step by step in the warm-up, then the schedule begins; no warm-up is longer than the training", () => {
  assertNear(rates({ kind: "constant", warmup: 2 }, 3, 2), [0.025, 0.05, 0.075, 0.1, 0.1, 0.1]);
  assertNear(rates({ kind: "linear", to: 0, warmup: 1 }, 3), [0.1, 0.1, 0.05]);
  assertNear(rates({ kind: "cosine", to: 0, warmup: 4 }, 2), [0.025, 0.05]);
});
