import assert from "node:assert/strict";
import { test } from "node:test";
import { diffusionOperator } from "../../src/embedding/phateGraph.js";
import { type PhateOptions, phateDefaults, phatePotential } from "../../src/embedding/phatePotential.js";
import { dense } from "../../src/linalg/sparseMatrix.js";
import { type NpyArray, npz, reference, withoutReference } from "../reference.js";

const rowsOf = ({ shape, values }: NpyArray) =>
  Array.from({ length: shape[0] }, (_, i) => values.subarray(i * shape[1], (i + 1) * shape[1]));

function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(found.length, expected.length);
  let largest = 0;
  for (let i = 0; i < found.length; i++) largest = Math.max(largest, Math.abs(found[i] - expected[i]));
  return largest;
}

const sets: Record<string, number> = {
  dla_tree_n300_d20: 21,
  traj5x60_d200: 23,
};
const plain: PhateOptions = { ...phateDefaults, pcaComponents: "none" };

for (const [name, t] of Object.entries(sets)) {
  const skip = withoutReference(`phate/${name}.npz`);

  test(`${name}: kernel, operator, entropy, time and potential are those of phate 1.0.11`, { skip }, () => {
    const expected = npz(reference(`phate/${name}.npz`)!);
    const found = phatePotential({ points: rowsOf(expected.data_nu) }, plain);
    assert.ok(largestDifference(dense(found.graph.kernel), expected.kernel.values) < 1e-8);
    assert.ok(largestDifference(dense(diffusionOperator(found.graph.kernel)), expected.diff_op.values) < 1e-8);
    assert.ok(largestDifference(found.entropy, expected.vne_h.values) < 1e-8);
    assert.equal(found.t, t);
    assert.ok(largestDifference(found.potential, expected.diff_potential.values) < 1e-8);
  });
}
