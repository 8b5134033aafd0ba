import assert from "node:assert/strict";
import { test } from "node:test";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { pointWeightFaults } from "../../../stages/training/pointWeightFaults.js";
import type { SelfAdaptiveBalance } from "../../../stages/training/selfAdaptiveTraining.js";

const problem: PinnProblem = {
  ...{ kind: "pinn", equation: "u_t + u_x", domain: { x: [0, 1], t: [0, 1] }, grid: { x: 4, t: 3 } },
  ...{ initial: "x", boundary: "none", collocation: { points: 3, seed: 0 } },
};
const given = {
  kind: "self-adaptive",
  power: 2,
  learningRate: 0.1,
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  seed: 0,
} as const;

function faultsOf(changes: Partial<SelfAdaptiveBalance>): string[] {
  const faults = pointWeightFaults(problem, { ...given, terms: { residual: 1 }, ...changes });
  return faults.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

test("unknown terms, weights that cannot move, empty intervals and a seed that draws nothing are refused", () => {
  assert.deepEqual(faultsOf({}), []);
  assert.deepEqual(faultsOf({ terms: { residual: { uniform: [0, 1] } }, seed: 5 }), []);
  assert.deepEqual(faultsOf({ terms: { residual: 0 }, power: 1 }), []);
  assert.deepEqual(faultsOf({ terms: { residuals: 1 } }), [
    'balance.terms.residuals: "residuals" is not a term of the loss; expected initial, residual; did you mean "residual"?',
  ]);
  assert.deepEqual(faultsOf({ terms: { residual: 0 } }), [
    "balance.terms.residual: is 0, where λ^2 has no slope, so the weights stay 0; expected more than 0",
  ]);
  assert.deepEqual(faultsOf({ terms: { initial: { uniform: [2, 2] } } }), [
    "balance.terms.initial: runs from 2 to 2; expected a lower bound below the upper one",
  ]);
  assert.deepEqual(faultsOf({ seed: 4 }), ["balance.seed: is 4, but no first λ is drawn; leave it out"]);
});
