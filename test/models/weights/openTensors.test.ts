import assert from "node:assert/strict";
import { test } from "node:test";
import { createModel } from "../../../src/models/networks/architecture.js";
import { readWeights, weightFormatOf } from "../../../src/models/weights/readWeights.js";
import { referencePath, withoutReference } from "../../reference.js";

test("every form of one network that PyTorch and Keras write gives the same weights", {
  skip: withoutReference("exports"),
}, async () => {
  const { layout } = createModel({ kind: "mlp", widths: [8, 16, 12, 3], activation: "relu" });
  const read = async (name: string) => {
    const path = referencePath("exports", name);
    return (await readWeights(path, weightFormatOf(name)!, layout, {}, name)).values;
  };
  const expected = await read("mlp_state.pt");
  assert.equal(expected.length, 387);
  for (const form of ["legacy.pt", "whole.pt", "lightning.ckpt", "ddp.pt", "strided.pt", "keras.weights.h5"]) {
    assert.deepEqual(await read(`mlp_${form}`), expected, form);
  }
  // Brain floats keep 8 bits of the fraction.
  const rounded = await read("mlp_bf16.pt");
  assert.ok(rounded.every((x, i) => Math.abs(x - expected[i]) <= 2 ** -8 * Math.abs(expected[i])));
});

test("whole objects with their optimizer give the network's tensors alone", {
  skip: withoutReference("checkpoints"),
}, async () => {
  const { layout, size } = createModel({ kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" });
  for (const name of ["convection_beta1.pt", "rd_nu2_rho5.pt", "reaction_rho5.pt"]) {
    const { values } = await readWeights(referencePath("checkpoints", name), "torch", layout, {}, name);
    assert.equal(values.length, size);
    assert.ok(values.some((x) => x !== 0));
  }
});
