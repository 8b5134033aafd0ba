import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createModel } from "../../../src/models/networks/architecture.js";
import { layoutOf } from "../../../src/models/networks/layout.js";
import { readWeights, type WeightFormat, type WeightNames } from "../../../src/models/weights/readWeights.js";
import { npyBytes, npzBytes, safetensorsBytes, type WrittenArray } from "../../files/weightFiles.js";

const { layout, size } = createModel({ kind: "mlp", widths: [2, 3, 1], activation: "tanh" });
const weights = Float64Array.from({ length: size }, (_, i) => i + 1);

/** The tensors of the network, under other names if given. */
const tensors = (rename = (name: string) => name): Record<string, WrittenArray> => ({
  [rename("layer_0.weight")]: { shape: [3, 2], values: Float64Array.of(1, 2, 3, 4, 5, 6) },
  [rename("layer_0.bias")]: { shape: [3], values: Float64Array.of(7, 8, 9) },
  [rename("layer_1.weight")]: { shape: [1, 3], values: Float64Array.of(10, 11, 12) },
  [rename("layer_1.bias")]: { shape: [1], values: Float64Array.of(13) },
});

const folder = mkdtempSync(join(tmpdir(), "cirque-weights-"));
after(() => rmSync(folder, { recursive: true }));

/** What is read from a file of these bytes for a network. */
async function read(bytes: Uint8Array, format: WeightFormat, names: WeightNames = {}, of = layout) {
  const path = join(folder, `w.${format}`);
  writeFileSync(path, bytes);
  return readWeights(path, format, of, names, `w.${format}`);
}

const fromNpz = async (arrays: Record<string, WrittenArray>, names: WeightNames = {}) =>
  (await read(npzBytes(arrays), "npz", names)).values;
const fromNpy = async (array: WrittenArray, fortran = false) => (await read(npyBytes(array, fortran), "npy")).values;

test("one flat vector, alone or by its name", async () => {
  const flat = { shape: [13], values: weights };
  assert.deepEqual(await fromNpy(flat), weights);
  const beside = { theta: flat, other: { shape: [1], values: weights.subarray(0, 1) } };
  assert.deepEqual(await fromNpz(beside, { key: "theta" }), weights);
  await assert.rejects(fromNpz({ arr_0: flat }), /w\.npz holds one array, "arr_0"; set key: "arr_0" if it has all/);
  await assert.rejects(fromNpz({ theta: flat }, { key: "thta" }), /w\.npz has no array "thta"; did you mean "theta"\?/);
  await assert.rejects(fromNpz({ theta: flat }, { key: "weights" }), /w\.npz has no array "weights"; it has theta$/);
});

test("a matrix is a trajectory, a row for each checkpoint, in either order of memory", async () => {
  const values = Float64Array.of(...weights, ...weights.map((w) => -w));
  assert.deepEqual(await fromNpy({ shape: [2, 13], values }), values);
  const columns = Float64Array.from(values, (_, i) => values[(i % 2) * 13 + Math.floor(i / 2)]);
  assert.deepEqual(await fromNpy({ shape: [2, 13], values: columns }, true), values);
});

test("a vector of another length says which length would do, and which tensors that is", async () => {
  for (const shape of [[12], [13, 1], [0, 13], [1, 1, 13]]) {
    const count = shape.reduce((product, n) => product * n, 1);
    await assert.rejects(fromNpy({ shape, values: new Float64Array(count) }), ({ message }: Error) => {
      const expected = `w.npy has shape [${shape.join(", ")}]; expected [13], the parameters of the network in the order of its layers`;
      return message.startsWith(expected) && message.includes("\n  layer_1.weight [1, 3]\n");
    });
  }
});

test("tensors by name: as they are, after a prefix, or called otherwise", async () => {
  assert.deepEqual(await fromNpz(tensors()), weights);
  assert.deepEqual((await read(safetensorsBytes(tensors()), "safetensors")).values, weights);
  const step = { shape: [1], values: Float64Array.of(3) };
  const prefixed = { ...tensors((name) => `dnn.${name}`), "optimizer.step": step };
  assert.deepEqual(await fromNpz(prefixed, { prefix: "dnn." }), weights);
  const odd = tensors((name) => (name === "layer_1.bias" ? "out" : name));
  assert.deepEqual(await fromNpz(odd, { names: { "layer_1.bias": "out" } }), weights);
  const names = Object.fromEntries(layout.map(({ name }) => [name, name.toUpperCase()]));
  const renamed = { ...tensors((name) => name.toUpperCase()), step };
  assert.deepEqual(await fromNpz(renamed, { names, ignore: ["st*"] }), weights);
  await assert.rejects(fromNpz(renamed, { names }), /"step" \[1\] belongs to no tensor of the network/);
});

test("prefixes of wrappers and of a module are dropped where all names then fit, and the log says so", async () => {
  for (const prefix of ["module.", "_orig_mod.module.", "dnn.layers."]) {
    const { values, notes } = await read(npzBytes(tensors((name) => prefix + name)), "npz");
    assert.deepEqual(values, weights);
    assert.deepEqual(notes, [`dropped the prefix "${prefix}" of the names in the file`]);
  }
});

test("without a name that fits, the order and the shapes of a file decide, if one order alone fits", async () => {
  const rename = (name: string) => name.replace("layer_0", "fc1").replace("layer_1", "out");
  const { values, notes } = await read(npzBytes(tensors(rename)), "npz");
  assert.deepEqual(values, weights);
  assert.match(notes[0], /^matched by order and shape: layer_0\.weight = fc1\.weight, layer_0\.bias = fc1\.bias, /);
  // In another order each of these shapes still has one place.
  const turned = Object.fromEntries(Object.entries(tensors(rename)).reverse());
  assert.deepEqual((await read(npzBytes(turned), "npz")).values, weights);
  // Two square layers are told apart by their order, which a file that is sorted by name does not have.
  const square = createModel({ kind: "mlp", widths: [2, 2, 2], activation: "tanh" }).layout;
  const own = (name: string) => rename(name).replace("fc1", "hidden");
  const arrays = Object.fromEntries(
    square.map(({ name, shape }, i) => [
      own(name),
      { shape: [...shape], values: new Float64Array(shape.length * 2).fill(i) },
    ]),
  );
  const ordered = await read(npzBytes(arrays), "npz", {}, square);
  assert.deepEqual(ordered.values.slice(6, 12), Float64Array.of(2, 2, 2, 2, 3, 3));
  await assert.rejects(read(safetensorsBytes(arrays), "safetensors", {}, square), /lacks "layer_0\.weight" \[2, 2\]/);
});

test("every tensor that does not fit is told at once, with both lists side by side", async () => {
  const { "layer_0.weight": _, "layer_1.weight": __, ...others } = tensors();
  const arrays = {
    ...others,
    "layer_0.weigth": { shape: [3, 2], values: new Float64Array(6) },
    "layer_1.weight": { shape: [3, 1], values: new Float64Array(3) },
    step: { shape: [1], values: new Float64Array(1) },
  };
  await assert.rejects(fromNpz(arrays), {
    message: [
      "w.npz does not fit the architecture (tensors match by name, by order and shape, or by names; ignore leaves out those of the file):",
      'lacks "layer_0.weight" [3, 2]; did you mean "layer_0.weigth"?',
      '"layer_1.weight" is [3, 1]; expected [1, 3], its transpose: save it as [out, in]',
      '"layer_0.weigth" [3, 2] belongs to no tensor of the network',
      '"step" [1] belongs to no tensor of the network',
      "the network has        the file has",
      "layer_0.weight [3, 2]  —",
      "layer_0.bias [3]       layer_0.bias [3]",
      "layer_1.weight [1, 3]  layer_1.weight [3, 1]",
      "layer_1.bias [1]       layer_1.bias [1]",
      "—                      layer_0.weigth [3, 2]",
      "—                      step [1]",
    ].join("\n  "),
  });
  await assert.rejects(
    fromNpz({ ...tensors(), "layer_0.bias": { shape: [4], values: new Float64Array(4) } }),
    /"layer_0\.bias" is \[4\]; expected \[3\]$/m,
  );
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`x${i}`, { shape: [1], values: new Float64Array(1) }]),
  );
  await assert.rejects(
    fromNpz({ ...tensors(), ...many }),
    /"x7" \[1\] belongs to no tensor of the network\n {2}and 12 more\n/,
  );
});

test("biases of convolutions before batch norms are subtracted from their means; counters of batches are nobody's", async () => {
  const image = [1, 4, 4] as const;
  const blocks = [{ channels: 2, kernel: 3, stride: 1, pool: "none" as const }];
  const cnn = createModel({ kind: "cnn", image, blocks, dense: [], classes: 3, activation: "relu", batchNorm: true });
  const own = [...cnn.layout, ...cnn.statistics!.layout];
  const stored = layoutOf(own);
  const filled = (shape: readonly number[], value: number) => ({
    shape: [...shape],
    values: new Float64Array(shape.reduce((product, n) => product * n, 1)).fill(value),
  });
  const arrays = {
    "conv.weight": filled([2, 1, 3, 3], 1),
    "conv.bias": { shape: [2], values: Float64Array.of(0.5, -2) },
    "bn.weight": filled([2], 3),
    "bn.bias": filled([2], 4),
    "bn.running_mean": filled([2], 5),
    "bn.running_var": filled([2], 6),
    "bn.num_batches_tracked": filled([1], 7),
    "fc.weight": filled([3, 32], 8),
    "fc.bias": filled([3], 9),
  };
  const { values, notes } = await read(npzBytes(arrays), "npz", {}, stored);
  assert.deepEqual(values.slice(-4), Float64Array.of(4.5, 7, 6, 6));
  assert.match(notes.join("\n"), /conv\.bias is subtracted from block_0\.norm\.mean/);
});
