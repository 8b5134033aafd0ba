import assert from "node:assert/strict";
import { test } from "node:test";
import { createModel } from "../../../src/models/networks/architecture.js";
import { readWeights, type WeightNames } from "../../../src/models/weights/readWeights.js";
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

const fromNpz = (arrays: Record<string, WrittenArray>, names: WeightNames = {}) =>
  readWeights(npzBytes(arrays), "npz", layout, names, "w.npz");

test("one flat vector, alone or by its name", () => {
  const flat = { shape: [13], values: weights };
  assert.deepEqual(readWeights(npyBytes(flat), "npy", layout, {}, "w.npy"), weights);
  assert.deepEqual(
    fromNpz({ theta: flat, other: { shape: [1], values: weights.subarray(0, 1) } }, { key: "theta" }),
    weights,
  );
  assert.throws(() => fromNpz({ arr_0: flat }), /w\.npz holds one array, "arr_0"; give key: "arr_0" if it has all/);
  assert.throws(() => fromNpz({ theta: flat }, { key: "thta" }), /w\.npz has no array "thta"; did you mean "theta"\?/);
  assert.throws(() => fromNpz({ theta: flat }, { key: "weights" }), /w\.npz has no array "weights"; it has theta$/);
});

test("a matrix is a trajectory, a row for each checkpoint, in either order of memory", () => {
  const values = Float64Array.of(...weights, ...weights.map((w) => -w));
  const read = (array: WrittenArray, fortran = false) =>
    readWeights(npyBytes(array, fortran), "npy", layout, {}, "w.npy");
  assert.deepEqual(read({ shape: [2, 13], values }), values);
  const columns = Float64Array.from(values, (_, i) => values[(i % 2) * 13 + Math.floor(i / 2)]);
  assert.deepEqual(read({ shape: [2, 13], values: columns }, true), values);
});

test("a vector of another length says which length would do", () => {
  for (const shape of [[12], [13, 1], [0, 13], [1, 1, 13]]) {
    const count = shape.reduce((product, n) => product * n, 1);
    assert.throws(() => readWeights(npyBytes({ shape, values: new Float64Array(count) }), "npy", layout, {}, "w.npy"), {
      message: `w.npy has shape [${shape.join(", ")}]; expected [13], the parameters of the network in the order of its layers, or [T, 13], a row for each of T checkpoints`,
    });
  }
});

test("tensors by name: as they are, after a prefix, or called otherwise", () => {
  assert.deepEqual(fromNpz(tensors()), weights);
  assert.deepEqual(readWeights(safetensorsBytes(tensors()), "safetensors", layout, {}, "w"), weights);
  const prefixed = {
    ...tensors((name) => `dnn.${name}`),
    "optimizer.step": { shape: [1], values: Float64Array.of(3) },
  };
  assert.deepEqual(fromNpz(prefixed, { prefix: "dnn." }), weights);
  const odd = tensors((name) => (name === "layer_1.bias" ? "out" : name));
  assert.deepEqual(fromNpz(odd, { names: { "layer_1.bias": "out" } }), weights);
  const renamed = tensors((name) => name.toUpperCase());
  const names = Object.fromEntries(layout.map(({ name }) => [name, name.toUpperCase()]));
  const extra = { ...renamed, step: { shape: [1], values: Float64Array.of(3) } };
  assert.deepEqual(fromNpz(extra, { names }), weights, "who names all tensors chooses among them");
});

test("every tensor that does not fit is told at once", () => {
  const { "layer_0.weight": _, "layer_1.weight": __, ...others } = tensors();
  const arrays = {
    ...others,
    "layer_0.weigth": { shape: [3, 2], values: new Float64Array(6) },
    "layer_1.weight": { shape: [3, 1], values: new Float64Array(3) },
    step: { shape: [1], values: new Float64Array(1) },
  };
  assert.throws(() => fromNpz(arrays), {
    message: [
      "w.npz does not fit the architecture:",
      'lacks "layer_0.weight" [3, 2]; did you mean "layer_0.weigth"?',
      '"layer_1.weight" is [3, 1]; expected [1, 3], its transpose: save it as [out, in]',
      '"layer_0.weigth" belongs to no tensor of the network',
      '"step" belongs to no tensor of the network',
    ].join("\n  "),
  });
  assert.throws(
    () => fromNpz({ ...others, "layer_0.bias": { shape: [4], values: new Float64Array(4) } }),
    /"layer_0\.bias" is \[4\]; expected \[3\]$/m,
  );
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`x${i}`, { shape: [1], values: new Float64Array(1) }]),
  );
  assert.throws(() => fromNpz({ ...tensors(), ...many }), /"x7" belongs to no tensor of the network\n {2}and 12 more$/);
});
