import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createModel } from "../../../src/models/networks/architecture.js";
import { readWeights, weightFormatOf } from "../../../src/models/weights/readWeights.js";
import { shardsOf } from "../../../src/models/weights/tensorIndex.js";
import { safetensorsBytes } from "../../files/weightFiles.js";

const folder = mkdtempSync(join(tmpdir(), "cirque-shards-"));
after(() => rmSync(folder, { recursive: true }));

const { layout } = createModel({ kind: "mlp", widths: [2, 3], activation: "tanh" });
/** W = [[1, 2], [3, 4], [5, 6]], b = [7, 8, 9]. */
const expected = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

async function read(name: string, content: object) {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return (await readWeights(join(folder, name), weightFormatOf(name)!, layout, {}, name)).values;
}

test("shards of a TensorFlow.js model are one list of weights; kernels are turned, whole numbers scaled", async () => {
  // Keras has [in, out].
  const values = Float32Array.of(1, 3, 5, 2, 4, 6);
  const bytes = Buffer.concat([Buffer.from(values.buffer), Buffer.from([0, 1, 2])]);
  writeFileSync(join(folder, "a.bin"), bytes.subarray(0, 10));
  writeFileSync(join(folder, "b.bin"), bytes.subarray(10));
  const weights = [
    { name: "dense/kernel", shape: [2, 3], dtype: "float32" },
    { name: "dense/bias", shape: [3], dtype: "float32", quantization: { dtype: "uint8", scale: 1, min: 7 } },
  ];
  const manifest = (paths: string[]) => ({ weightsManifest: [{ paths, weights }] });
  assert.deepEqual(await read("model.json", manifest(["a.bin", "b.bin"])), expected);
  await assert.rejects(
    read("model.json", manifest(["a.bin"])),
    /^Error: model\.json: dense\/kernel is cut short in a\.bin/,
  );
  await assert.rejects(
    read("model.json", manifest(["../a.bin"])),
    /model\.json names the file "\.\.\/a\.bin"; expected one in/,
  );
  await assert.rejects(read("model.json", manifest(["c.bin"])), /names the file "c\.bin", which is not beside it/);
});

test("an index of safetensors gives the tensors of all its files, and names the files that enter the key", async () => {
  const w = { shape: [3, 2], values: expected.slice(0, 6) };
  const b = { shape: [3], values: expected.slice(6) };
  writeFileSync(join(folder, "1.safetensors"), safetensorsBytes({ "layer_0.weight": w }));
  writeFileSync(join(folder, "2.safetensors"), safetensorsBytes({ "layer_0.bias": b }));
  const map = { "layer_0.weight": "1.safetensors", "layer_0.bias": "2.safetensors" };
  assert.deepEqual(await read("model.safetensors.index.json", { weight_map: map }), expected);
  assert.deepEqual(shardsOf(Buffer.from(JSON.stringify({ weight_map: map })), "x"), ["1.safetensors", "2.safetensors"]);
  const wrong = { weight_map: { ...map, "layer_1.bias": "1.safetensors" } };
  await assert.rejects(
    read("x.json", wrong),
    /x\.json places "layer_1\.bias" in 1\.safetensors, which does not have it/,
  );
  await assert.rejects(read("x.json", { a: 1 }), /x\.json has neither a weight_map nor a weightsManifest/);
});
