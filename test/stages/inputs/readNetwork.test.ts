import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import onnxProto from "onnx-proto";
import { lanczos } from "../../../src/landscape/lanczos.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import { layoutOf } from "../../../src/models/networks/layout.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { type SupervisedOptions, supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import { readWeights } from "../../../src/models/weights/readWeights.js";
import { readNetwork } from "../../../stages/inputs/readNetwork.js";
import { npz, referencePath, withoutReference } from "../../reference.js";

const { onnx } = onnxProto;
const folder = mkdtempSync(join(tmpdir(), "cirque-onnx-"));
after(() => rmSync(folder, { recursive: true }));

interface Facts {
  parameters: number;
  loss: number;
  /** Eigenvalues of the Hessian, the outermost first. */
  largest: number[];
  smallest: number[];
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

/** The file with other numbers in place of its weights. */
function withOtherValues(bytes: Uint8Array): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  for (const { rawData, dataType } of model.graph?.initializer ?? []) {
    if (dataType === 1 && rawData)
      for (let i = 0; i < rawData.length; i += 4)
        Buffer.from(rawData.buffer, rawData.byteOffset).writeFloatLE(Math.sin(i + 1), i);
  }
  return onnx.ModelProto.encode(model).finish();
}

/** A network of the reference, its loss on the data that lie beside it, and PyTorch's derivatives. */
async function exported(name: string, variant: string) {
  const at = (ending: string) => referencePath("exports", `${name}_${ending}`);
  const facts = JSON.parse(readFileSync(referencePath("exports", "facts.json"), "utf8"))[name] as Facts;
  const path = join(folder, `${name}_${variant}.onnx`);
  const bytes = readFileSync(at(`${variant}.onnx`));
  writeFileSync(path, variant === "training" ? withOtherValues(bytes) : bytes);
  const file = (own: string) => (own.endsWith(".pt") ? at("state.pt") : path);
  const { architecture, state, notes } = await readNetwork(
    { kind: "onnx", path, ...(variant === "training" && { weights: `${name}_state.pt` }) },
    file,
  );
  const { x, y } = npz(at("data.npz"));
  const loss: SupervisedOptions["loss"] = name === "pinn" ? "mean-squared-error" : "cross-entropy";
  const samples = { inputs: x.values, targets: y.values };
  const own = supervisedLoss(architecture, samples, { loss, statistics: state!.statistics });
  return { facts, own, state: state!, notes, derivatives: npz(at("derivatives.npz")) };
}

const difference = (found: Float64Array, expected: Float64Array) => {
  const norm = (v: Float64Array) => Math.hypot(...v);
  return norm(found.map((x, i) => x - expected[i])) / norm(expected);
};

// The training export has moved the running statistics by one step, and here other weights: the checkpoint gives both.
for (const variant of ["plain", "training"]) {
  for (const name of names) {
    test(`${name}_${variant}.onnx has the loss, the gradient and the Hessian–vector product of PyTorch`, {
      skip: withoutReference("exports"),
    }, async () => {
      const { facts, own, state, derivatives } = await exported(name, variant);
      assert.equal(own.size, facts.parameters);
      const objective = await createObjective(own, { dtype: "f64" });
      const { loss, gradient } = await objective.lossAndGradient(state.weights);
      const product = await objective.hessianVectorProduct(state.weights, derivatives.v.values);
      const multiply = (v: Float64Array) => objective.hessianVectorProduct(state.weights, v);
      // The values do not depend on the file: one of the two is enough.
      for (const which of variant === "plain" ? (["largest", "smallest"] as const) : []) {
        const { values } = await lanczos(multiply, own.size, {
          count: facts[which].length,
          which,
          seed: 0,
          tolerance: 1e-9,
        });
        for (const [i, expected] of facts[which].entries())
          assert.ok(
            Math.abs(values[i] - expected) <= 1e-7 * Math.abs(expected),
            `${which} ${i}: ${values[i]}; expected ${expected}`,
          );
      }
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
    });
  }
}

test("a default export says what it has lost, and how to export instead", {
  skip: withoutReference("exports"),
}, async () => {
  const cnn = await exported("cnn_bias_bn", "eval");
  assert.match(cnn.notes.join("\n"), /590 elements are left of about 618 .*do_constant_folding=False/);
  const gpt = await exported("gpt", "eval");
  assert.match(gpt.notes.join("\n"), /equals wte\.weight: tied weights look copied, 7744 elements for 7232; export/);
  for (const { own, state, facts } of [cnn, gpt]) {
    const objective = await createObjective(own, { dtype: "f64" });
    const [loss] = await objective.loss(state.weights);
    await objective.release();
    assert.ok(Math.abs(loss / facts.loss - 1) <= 1e-6);
  }
  const folded = { kind: "onnx", path: "cnn_bias_bn_eval.onnx", weights: "cnn_bias_bn_state.pt" } as const;
  await assert.rejects(
    readNetwork(folded, (own) => referencePath("exports", own)),
    /folded or renamed\. Export it/,
  );
});

test("a ResNet with identity shortcuts of our own takes PyTorch's weights by their order", {
  skip: withoutReference("exports"),
}, async () => {
  const kind = { kind: "resnet", residual: true, batchNorm: true, shortcut: "identity" } as const;
  const architecture = { ...kind, image: [3, 16, 16], depth: 8, width: 4, classes: 10 } as const;
  const { layout, size, statistics: state } = createModel(architecture);
  const path = referencePath("exports", "resnet8_identity_state.pt");
  const stored = layoutOf([...layout, ...state!.layout]);
  const { values, notes } = await readWeights(path, "torch", stored, {}, "state.pt");
  assert.match(notes.join(), /matched by order and shape: stem\.conv\.weight = conv1\.weight, /);
  const { x, y } = npz(referencePath("exports", "resnet8_identity_data.npz"));
  const { loss: expected } = JSON.parse(readFileSync(referencePath("exports", "facts.json"), "utf8")).resnet8_identity;
  const samples = { inputs: x.values, targets: y.values };
  const own = supervisedLoss(architecture, samples, { loss: "cross-entropy", statistics: values.slice(size) });
  const objective = await createObjective(own, { dtype: "f64" });
  const [loss] = await objective.loss(values.slice(0, size));
  await objective.release();
  assert.ok(Math.abs(loss / expected - 1) <= 1e-12, `${loss}; expected ${expected}`);
});
