import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { unzipSync, zipSync } from "fflate";
import { writeHdf5 } from "../../../src/files/writeHdf5.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import { readOnnxNetwork } from "../../../src/models/weights/readOnnxNetwork.js";
import { readWeights, type WeightFormat } from "../../../src/models/weights/readWeights.js";
import { torchFile } from "../../files/torchFiles.js";
import { modelFile } from "../../graph/onnx/modelFile.js";
import { readMutations } from "../../mutations.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-damaged-"));
after(() => rmSync(folder, { recursive: true }));

const { layout } = createModel({ kind: "mlp", widths: [2, 3], activation: "tanh" });
const weight = { shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) };
const bias = { shape: [3], values: Float32Array.of(7, 8, 9) };

/** Writes the bytes, and reads them as a file of weights. */
const weights = (name: string, format: WeightFormat) => async (bytes: Uint8Array) => {
  writeFileSync(join(folder, name), bytes);
  const { values } = await readWeights(join(folder, name), format, layout, {}, name);
  assert.equal(values.length, 9);
};

const torch = torchFile({ "layer_0.weight": weight, "layer_0.bias": bias });
const keras = await writeHdf5(
  new Map([
    ["layers/dense/vars/0", { shape: [2, 3], values: Float64Array.of(1, 3, 5, 2, 4, 6), attributes: {} }],
    ["layers/dense/vars/1", { shape: [3], values: Float64Array.of(7, 8, 9), attributes: {} }],
  ]),
  {},
);
const json = Buffer.from(
  JSON.stringify({
    weightsManifest: [
      {
        paths: ["a.bin"],
        weights: [
          { name: "dense/kernel", shape: [2, 3], dtype: "float32" },
          { name: "dense/bias", shape: [3], dtype: "float32", quantization: { dtype: "uint8", scale: 1, min: 7 } },
        ],
      },
    ],
  }),
);
const shard = Buffer.concat([Buffer.from(Float32Array.of(1, 3, 5, 2, 4, 6).buffer), Buffer.from([0, 1, 2])]);
const onnx = modelFile({
  nodes: [{ op: "Gemm", inputs: ["x", "w", "b"], outputs: ["h"], attributes: { transB: 1 } }],
  inputs: { x: { shape: ["n", 2] } },
  initializers: { w: { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }, b: { shape: [3], values: [7, 8, 9] } },
  outputs: ["h"],
});

const files: Record<string, { name: string; bytes: Uint8Array; read: (bytes: Uint8Array) => unknown }> = {
  "a state dict of PyTorch": {
    name: "a.pt",
    bytes: torch,
    read: weights("a.pt", "torch"),
  },
  "the pickle of a state dict": {
    name: "a.pt",
    bytes: unzipSync(torch)["archive/data.pkl"],
    // The sums of the archive are right, so the pickle itself is read.
    read: (bytes) => weights("a.pt", "torch")(zipSync({ ...unzipSync(torch), "archive/data.pkl": bytes })),
  },
  "weights of Keras in HDF5": { name: "a.h5", bytes: keras, read: weights("a.h5", "hdf5") },
  "a file of Keras 3": {
    name: "a.keras",
    bytes: zipSync({ "model.weights.h5": keras, "config.json": Buffer.from("{}") }),
    read: weights("a.keras", "keras"),
  },
  "the index of a TensorFlow.js model": { name: "model.json", bytes: json, read: weights("model.json", "json") },
  "the shard of a TensorFlow.js model": {
    name: "model.json",
    bytes: shard,
    read: async (bytes) => {
      writeFileSync(join(folder, "a.bin"), bytes);
      await weights("model.json", "json")(json);
    },
  },
  "a network in ONNX": {
    name: "net.onnx",
    bytes: onnx,
    read: (bytes) => {
      writeFileSync(join(folder, "net.onnx"), bytes);
      readOnnxNetwork({ kind: "onnx", path: "net.onnx" }, join(folder, "net.onnx"));
    },
  },
};

for (const [what, { name, bytes, read }] of Object.entries(files)) {
  test(`${what}: damaged files are refused by name, or read, within a second and 500 MB`, async () => {
    writeFileSync(join(folder, "a.bin"), shard);
    await read(bytes);
    const refused = await readMutations(bytes, name, read);
    assert.ok(refused > 40, `${refused} refused`);
  });
}

test("an index that names a shard again and again is refused at once", async () => {
  writeFileSync(join(folder, "a.bin"), shard);
  const again = String(json).replace('["a.bin"]', JSON.stringify(Array(200_000).fill("a.bin")));
  const read = weights("again.json", "json");
  await assert.rejects(read(Buffer.from(again)), /^Error: again\.json names the file "a\.bin" twice$/);
});
