import assert from "node:assert/strict";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import onnxProto from "onnx-proto";
import { randomStream } from "../../../src/linalg/random.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { type SupervisedOptions, supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import { validateModel } from "../../../src/models/problems/validateModel.js";
import { type ReadNetwork, readOnnxNetwork } from "../../../src/models/weights/readOnnxNetwork.js";
import { modelFile, type Node } from "../../graph/onnx/modelFile.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-onnx-"));
after(() => rmSync(folder, { recursive: true }));

function read(bytes: Uint8Array, options: object = {}) {
  const path = join(folder, "net.onnx");
  writeFileSync(path, bytes);
  return readOnnxNetwork({ kind: "onnx", path: "net.onnx", ...options }, path);
}

const gemm: Node = { op: "Gemm", inputs: ["x", "w", "b"], outputs: ["h"], attributes: { transB: 1 } };
const tensors = {
  w: { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] },
  b: { shape: [3], values: [7, 8, 9] },
};
const plain = { nodes: [gemm], inputs: { x: { shape: ["n", 2] as const } }, initializers: tensors, outputs: ["h"] };

test("parameters are the tensors that layers use; trainable chooses among them", () => {
  const all = read(modelFile(plain));
  assert.deepEqual(all.state.weights, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
  assert.deepEqual(all.notes, ["9 trainable elements in 2 tensors"]);
  const some = read(modelFile(plain), { trainable: ["b*"] });
  assert.deepEqual(some.state.weights, Float64Array.of(7, 8, 9));
  assert.match(some.notes.join(), /not trained: w; set trainable: \[names\] to choose others/);
  assert.throws(
    () => read(modelFile(plain), { trainable: ["c"] }),
    /net\.onnx: trainable names "c", which is not a tensor/,
  );
});

test("equal tensors that the exporter merged are parameters of their own, with a checkpoint, too", () => {
  // PyTorch stores the first of several equal tensors, and the others are its Identity.
  const merged = (values: number[]) =>
    modelFile({
      nodes: [
        { op: "Identity", inputs: ["norm1.weight"], outputs: ["norm2.weight"] },
        { op: "Mul", inputs: ["x", "norm1.weight"], outputs: ["h"] },
        { op: "Mul", inputs: ["h", "norm2.weight"], outputs: ["y"] },
      ],
      inputs: { x: { shape: ["n", 2] } },
      initializers: { "norm1.weight": { shape: [2], values } },
      outputs: ["y"],
    });
  const fresh = read(merged([1, 1]));
  assert.deepEqual(fresh.state.weights, Float64Array.of(1, 1, 1, 1));
  assert.match(fresh.notes.join(), /4 trainable elements.*merged equal tensors; 1 of them .* again: norm2\.weight/);
  // The shifts of the two norms that a residual block adds have equal gradients, so they stay equal in training.
  assert.deepEqual(read(merged([1, 2])).state.weights, Float64Array.of(1, 2, 1, 2));

  const path = join(folder, "net.onnx");
  const withCheckpoint = (file: number[], first: number[], second: number[]) => {
    writeFileSync(path, merged(file));
    const checkpoint = new Map([
      ["norm1.weight", { shape: [2], values: first }],
      ["norm2.weight", { shape: [2], values: second }],
    ]);
    return [...readOnnxNetwork({ kind: "onnx", path: "net.onnx", weights: "w" }, path, checkpoint).state.weights];
  };
  assert.deepEqual(withCheckpoint([1, 1], [3, 4], [5, 6]), [3, 4, 5, 6]);
  assert.deepEqual(withCheckpoint([1, 2], [3, 4], [5, 6]), [3, 4, 5, 6]);
  assert.deepEqual(withCheckpoint([1, 1], [3, 4], [3, 4]), [3, 4, 3, 4]);
});

test("an operator that is not supported is named with its node and what is", () => {
  const odd: Node = { op: "StringNormalizer", inputs: ["h"], outputs: ["y"] };
  const file = modelFile({ ...plain, nodes: [gemm, odd], outputs: ["y"] });
  assert.throws(
    () => read(file),
    /net\.onnx: node "y" \(StringNormalizer\) uses the operator StringNormalizer, .*supported are Abs, /,
  );
  assert.throws(() => read(modelFile({ ...plain, opset: 7 })), /net\.onnx has opset 7; expected 9 to 23/);
});

const data = { inputs: Float64Array.of(1, 2, -1, 0.5, 0.3, 3), targets: Float64Array.of(2, 0, 1) };

/** The loss, gradient and a Hessian–vector product of a network at the weights of its file. */
async function derivatives({ architecture, state }: ReadNetwork, loss: SupervisedOptions["loss"], batchSize = 3) {
  const objective = await createObjective(supervisedLoss(architecture, data, { loss, batchSize }), { dtype: "f64" });
  const weights = state.weights.map((value) => value / 10);
  const { loss: value, gradient } = await objective.lossAndGradient(weights);
  const product = await objective.hessianVectorProduct(weights, weights.map(Math.cos));
  await objective.release();
  return [value, ...gradient, ...product];
}

const near = (found: readonly number[], expected: readonly number[]) => {
  assert.equal(found.length, expected.length);
  for (const [i, x] of expected.entries())
    assert.ok(Math.abs(found[i] - x) <= 1e-13, `${i}: ${found[i]}; expected ${x}`);
};

test("a loss that is an output of the graph itself is the loss, whole or of each sample, in batches of any size", async () => {
  const expected = await derivatives(read(modelFile(plain)), "cross-entropy");
  const withLoss = (reduction: string) =>
    modelFile({
      nodes: [
        gemm,
        { op: "SoftmaxCrossEntropyLoss", inputs: ["h", "y"], outputs: ["loss"], attributes: { reduction } },
      ],
      inputs: { x: { shape: ["n", 2] }, y: { shape: ["n"], type: "int64" } },
      initializers: tensors,
      outputs: ["loss", "h"],
    });
  for (const reduction of ["mean", "none"]) {
    const own = read(withLoss(reduction), { targets: "y" });
    near(await derivatives(own, "output"), expected);
    near(await derivatives(own, "output", 2), expected);
  }
  near(await derivatives(read(withLoss("mean"), { output: "h" }), "cross-entropy"), expected);
  assert.throws(
    () => read(withLoss("mean")),
    /has 2 inputs \(x \[n, 2\], y \[n\]\).*the one of the labels .* under targets/,
  );
  assert.throws(() => read(withLoss("mean"), { targets: "z" }), /no input that the output depends on is called "z"/);
  const { architecture } = read(withLoss("mean"), { targets: "y" });
  const problem = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0 } as const;
  assert.match(validateModel(architecture, problem)[0].message, /expected the problem supervised with loss: output/);
  const other = read(modelFile(plain)).architecture;
  assert.match(validateModel(other, { ...problem, loss: "output" })[0].message, /the network gives no loss/);
});

test("several inputs of a graph are the parts of a sample, in the order that the architecture says", async () => {
  const both = (order: string[]) => ({
    nodes: [{ op: "Concat", inputs: order, outputs: ["x"], attributes: { axis: 1 } }, gemm],
    inputs: { left: { shape: ["n", 1] as const }, right: { shape: ["n", 1] as const } },
    initializers: tensors,
    outputs: ["h"],
  });
  const expected = await derivatives(read(modelFile(plain)), "cross-entropy");
  const inputs = ["right", "left"];
  near(await derivatives(read(modelFile(both(inputs)), { inputs }), "cross-entropy"), expected);
  assert.throws(() => read(modelFile(both(inputs))), /has 2 inputs .*under inputs/);
  assert.throws(() => read(modelFile(both(inputs)), { inputs: ["left"] }), /has 2 inputs/);
});

test("a convolution between transposes and a dense layer with a bias of its own, as tf2onnx writes Keras, keep all parameters", () => {
  const name = (layer: string, of: string) => `StatefulPartitionedCall/net/${layer}/${of}/ReadVariableOp:0`;
  const [kernel, weight, bias] = [name("conv", "Conv2D"), name("dense", "MatMul"), name("dense", "BiasAdd")];
  const found = read(
    modelFile({
      nodes: [
        { op: "Transpose", inputs: ["x"], outputs: ["chw"], attributes: { perm: [0, 3, 1, 2] } },
        {
          op: "Conv",
          inputs: ["chw", kernel, "fused"],
          outputs: ["c"],
          attributes: { kernel_shape: [3, 3], auto_pad: "VALID" },
        },
        { op: "Relu", inputs: ["c"], outputs: ["r"] },
        { op: "Transpose", inputs: ["r"], outputs: ["hwc"], attributes: { perm: [0, 2, 3, 1] } },
        { op: "Reshape", inputs: ["hwc", "const_shape"], outputs: ["flat"] },
        { op: "MatMul", inputs: ["flat", weight], outputs: ["m"] },
        { op: "Add", inputs: ["m", bias], outputs: ["y"] },
      ],
      inputs: { x: { shape: ["n", 4, 4, 1] } },
      initializers: {
        [kernel]: { shape: [2, 1, 3, 3], values: Array.from({ length: 18 }, Math.sin) },
        fused: { shape: [2], values: [0.1, 0.2] },
        const_shape: { shape: [2], values: [-1, 8], type: "int64" },
        [weight]: { shape: [8, 3], values: Array.from({ length: 24 }, (_, i) => Math.cos(i)) },
        [bias]: { shape: [3], values: [1, 2, 3] },
      },
      outputs: ["y"],
    }),
  );
  assert.deepEqual(found.notes, ["47 trainable elements in 4 tensors"]);
});

test("a batch of one fixed size is refused with the remedy", () => {
  const fixed: Node = { op: "Reshape", inputs: ["h", "shape"], outputs: ["y"] };
  const file = modelFile({
    nodes: [gemm, fixed],
    inputs: { x: { shape: [4, 2] } },
    initializers: { ...tensors, shape: { shape: [2], values: [4, 3], type: "int64" } },
    outputs: ["y"],
  });
  assert.throws(() => read(file), /the file has a fixed batch size of 4; export it with a free batch axis/);
});

/** The model with one tensor in another file. */
function outside(location: string, offset = 0): Uint8Array {
  const { onnx } = onnxProto;
  const model = onnx.ModelProto.decode(modelFile(plain));
  const [w] = model.graph!.initializer!;
  w.rawData = new Uint8Array();
  const facts = { location, offset: String(offset), length: "24" };
  w.externalData = Object.entries(facts).map(([key, value]) => ({ key, value }));
  w.dataLocation = 1;
  const bytes = onnx.ModelProto.encode(model).finish();
  return bytes;
}

test("tensors in other files lie in the model's folder, and nowhere else", () => {
  writeFileSync(join(folder, "net.bin"), Buffer.from(Float32Array.of(0, 6, 5, 4, 3, 2, 1).buffer));
  assert.deepEqual(read(outside("net.bin", 4)).state.weights.slice(0, 6), Float64Array.of(6, 5, 4, 3, 2, 1));
  assert.throws(() => read(outside("net.bin", 8)), /net\.onnx: its tensors are in "net\.bin", which has 28 bytes/);
  assert.throws(() => read(outside("../net.bin")), /net\.onnx: .*expected a file in the folder of the model/);
  assert.throws(() => read(outside("/etc/passwd")), /net\.onnx: .*expected a file in the folder of the model/);
  symlinkSync("/etc/passwd", join(folder, "link.bin"));
  assert.throws(() => read(outside("link.bin")), /net\.onnx: .*expected a file in its folder/);
});

test("400 damaged files give an error with the file's name, or a network, within a second each", () => {
  const random = randomStream(3, "mutations");
  const whole = modelFile(plain);
  for (let round = 0; round < 400; round++) {
    const damaged = Uint8Array.from(whole);
    const end = round % 4 === 0 ? Math.floor(random.uniform() * whole.length) : whole.length;
    for (let k = 0; k < 1 + (round % 5); k++)
      damaged[Math.floor(random.uniform() * end)] = Math.floor(random.uniform() * 256);
    const start = performance.now();
    try {
      read(damaged.subarray(0, end));
    } catch (error) {
      assert.match((error as Error).message, /^net\.onnx/);
    }
    assert.ok(performance.now() - start < 1000, `round ${round}`);
  }
});
