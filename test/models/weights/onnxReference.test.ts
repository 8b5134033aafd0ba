import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { type SupervisedOptions, supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import { readOnnxNetwork } from "../../../src/models/weights/readOnnxNetwork.js";
import { npz, referencePath, withoutReference } from "../../reference.js";

interface Facts {
  parameters: number;
  loss: number;
}

const names = [
  "activations",
  "cnn_bias_bn",
  "gpt",
  "mlp",
  "pinn",
  "resnet8_identity",
  "unet_bilinear",
  "unet_convt",
  "vit",
];

/** A network of the reference, its loss on the data that lie beside it, and PyTorch's derivatives. */
function exported(name: string, variant: string) {
  const at = (ending: string) => referencePath("exports", `${name}_${ending}`);
  const facts = JSON.parse(readFileSync(referencePath("exports", "facts.json"), "utf8"))[name] as Facts;
  const { architecture, state, notes } = readOnnxNetwork(
    { kind: "onnx", path: `${name}_${variant}.onnx` },
    at(`${variant}.onnx`),
  );
  const { x, y } = npz(at("data.npz"));
  const loss: SupervisedOptions["loss"] = name === "pinn" ? "mean-squared-error" : "cross-entropy";
  const samples = { inputs: x.values, targets: y.values };
  const own = supervisedLoss(architecture as Architecture, samples, { loss, statistics: state.statistics });
  return { facts, own, state, notes, derivatives: npz(at("derivatives.npz")) };
}

const difference = (found: Float64Array, expected: Float64Array) => {
  const norm = (v: Float64Array) => Math.hypot(...v);
  return norm(found.map((x, i) => x - expected[i])) / norm(expected);
};

for (const variant of ["plain", "training"]) {
  for (const name of names) {
    test(
      `${name}_${variant}.onnx has the loss, the gradient and the Hessian–vector product of PyTorch`,
      { skip: withoutReference("exports") },
      async () => {
        const { facts, own, state, derivatives } = exported(name, variant);
        assert.equal(own.size, facts.parameters);
        const objective = await createObjective(own, { dtype: "f64" });
        const { loss, gradient } = await objective.lossAndGradient(state.weights);
        const product = await objective.hessianVectorProduct(state.weights, derivatives.v.values);
        await objective.release();
        const inSingle = await createObjective(own, { dtype: "f32" });
        const [rounded] = await inSingle.loss(state.weights);
        await inSingle.release();
        const relative = Math.abs(loss / facts.loss - 1);
        if (process.env.SHOW)
          console.log(
            name,
            relative,
            Math.abs(rounded / facts.loss - 1),
            difference(gradient, derivatives.gradient.values),
            difference(product, derivatives.hv.values),
          );
        assert.ok(relative <= 1e-12, `loss ${loss}; expected ${facts.loss}`);
        assert.ok(Math.abs(rounded / facts.loss - 1) <= 1e-6, `loss in f32 ${rounded}; expected ${facts.loss}`);
        assert.ok(difference(gradient, derivatives.gradient.values) <= 1e-10);
        assert.ok(difference(product, derivatives.hv.values) <= 1e-9);
      },
    );
  }
}
