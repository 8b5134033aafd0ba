import assert from "node:assert/strict";
import { test } from "node:test";
import { type Architecture, createModel } from "../../../src/models/networks/architecture.js";
import type { Initialization } from "../../../src/models/networks/initialization.js";
import { tensorView } from "../../../src/models/networks/layout.js";

const network: Architecture = {
  kind: "cnn",
  image: [8, 8, 8],
  blocks: [{ channels: 32, kernel: 3, stride: 1, pool: "max" }],
  dense: [64],
  classes: 16,
  activation: "relu",
  batchNorm: false,
};
const model = createModel(network);
const named = (initialization: Initialization | undefined, seed = 0) => {
  const theta = model.initialize(seed, initialization);
  return Object.fromEntries(model.layout.map((tensor) => [tensor.name, tensorView(theta, tensor)]));
};
const variance = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0) / x.length;
const largest = (x: Float64Array) => x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** What PyTorch calls fan_in and fan_out of the kernels: [32, 8, 3, 3], [64, 512], [16, 64]. */
const fans: Record<string, [number, number]> = {
  "block_0.conv.weight": [8 * 9, 32 * 9],
  "dense_0.weight": [32 * 16, 64],
  "head.weight": [64, 16],
};

test("the variances of the named initialisations, and the bounds of the uniform ones", () => {
  const rules: [Initialization, (fanIn: number, fanOut: number) => number, boolean][] = [
    ["default", (fanIn) => 1 / (3 * fanIn), true],
    ["kaiming-uniform", (fanIn) => 2 / fanIn, true],
    ["kaiming-normal", (fanIn) => 2 / fanIn, false],
    ["xavier-uniform", (fanIn, fanOut) => 2 / (fanIn + fanOut), true],
    ["xavier-normal", (fanIn, fanOut) => 2 / (fanIn + fanOut), false],
  ];
  for (const [initialization, expected, isUniform] of rules) {
    const tensors = named(initialization);
    for (const [name, [fanIn, fanOut]] of Object.entries(fans)) {
      const [found, wanted] = [variance(tensors[name]), expected(fanIn, fanOut)];
      assert.ok(Math.abs(found / wanted - 1) < 0.15, `${initialization} ${name}: ${found} ${wanted}`);
      const reach = largest(tensors[name]) / Math.sqrt(3 * wanted);
      assert.ok(isUniform ? reach <= 1 && reach > 0.99 : reach > 1, `${initialization} ${name}: ${reach}`);
    }
    const biases = largest(tensors["dense_0.bias"]);
    assert.ok(
      initialization === "default" ? biases > 0.9 / Math.sqrt(512) && biases <= 1 / Math.sqrt(512) : biases === 0,
    );
  }
});

test("orthogonal: W Wᵀ = 1 where rows are fewer, Wᵀ W = 1 where columns are; a kernel is a matrix [out, the rest]", () => {
  const tensors = named("orthogonal");
  const gram = (matrix: Float64Array, rows: number, byRows: boolean) => {
    const columns = matrix.length / rows;
    const [count, length] = byRows ? [rows, columns] : [columns, rows];
    const at = (k: number, i: number) => (byRows ? matrix[k * columns + i] : matrix[i * columns + k]);
    let worst = 0;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
        worst = Math.max(worst, Math.abs(product - (a === b ? 1 : 0)));
      }
    }
    return worst;
  };
  assert.ok(gram(tensors["block_0.conv.weight"], 32, true) < 1e-12);
  assert.ok(gram(tensors["dense_0.weight"], 64, true) < 1e-12);
  const tall = createModel({ kind: "mlp", widths: [5, 20, 3], activation: "tanh" });
  assert.ok(gram(tensorView(tall.initialize(0, "orthogonal"), tall.layout[0]), 20, false) < 1e-12);
});

test("a tensor's numbers come from its name and the seed: other layers before it do not change them", () => {
  for (const initialization of ["default", "kaiming-normal", "orthogonal"] as const) {
    const deeper = createModel({ ...network, blocks: [network.blocks[0], network.blocks[0]] } as Architecture);
    const other = deeper.initialize(0, initialization);
    const first = tensorView(other, deeper.layout[0]);
    assert.deepEqual(first, named(initialization)["block_0.conv.weight"]);
    const head = deeper.layout.find(({ name }) => name === "head.weight")!;
    assert.deepEqual(tensorView(other, head), named(initialization)["head.weight"]);
    assert.notDeepEqual(named(initialization, 1)["head.weight"], named(initialization)["head.weight"]);
  }
});

test("norms begin as the identity and embeddings normal with deviation 0.02, whatever the name", () => {
  const transformer = createModel({
    kind: "transformer",
    task: "classification",
    vocabulary: 50,
    length: 10,
    width: 32,
    heads: 2,
    depth: 1,
    hidden: 64,
    classes: 4,
  });
  for (const initialization of ["default", "xavier-uniform"] as const) {
    const theta = transformer.initialize(0, initialization);
    const tensor = (name: string) => tensorView(theta, transformer.layout.find((own) => own.name === name)!);
    assert.ok(tensor("norm.weight").every((x) => x === 1) && tensor("norm.bias").every((x) => x === 0));
    assert.ok(Math.abs(Math.sqrt(variance(tensor("tokens.weight"))) / 0.02 - 1) < 0.1);
  }
});

test("siren: ±1/fan_in in the first layer, ±√(6/fan_in)/ω₀ in the others, biases as by default", () => {
  const made = (omega: number | { first: number; hidden: number }) => {
    const siren = createModel({ kind: "mlp", widths: [3, 256, 128, 64, 2], activation: "sin", omega });
    const theta = siren.initialize(5, "siren");
    return siren.layout.map((tensor) => ({ ...tensor, values: tensorView(theta, tensor) }));
  };
  for (const [omega, hidden] of [[30, 30] as const, [{ first: 30, hidden: 7 }, 7] as const]) {
    for (const { name, shape, values } of made(omega)) {
      const fanIn = name.endsWith("weight") ? shape[1] : { layer_0: 3, layer_1: 256, layer_2: 128 }[name.slice(0, 7)]!;
      const ofWeight = name.startsWith("layer_0") ? 1 / 3 : Math.sqrt(6 / fanIn) / hidden;
      const bound = name.endsWith("weight") ? ofWeight : 1 / Math.sqrt(fanIn);
      if (name === "layer_3.bias") continue;
      const sorted = values.map((value) => (value / bound + 1) / 2).sort();
      assert.ok(sorted[0] >= 0 && sorted[sorted.length - 1] <= 1, name);
      // Kolmogorov and Smirnov: the largest distance from the uniform distribution, at 0.1 %.
      const distance = sorted.reduce((most, p, i) => Math.max(most, Math.abs(p - (i + 0.5) / sorted.length)), 0);
      assert.ok(distance * Math.sqrt(sorted.length) < 1.95, `${name}: ${distance}`);
    }
  }
});

test("siren: the preactivations of hidden layers have variance near 1 at any depth, as the paper says", async () => {
  const widths = [1, ...new Array<number>(6).fill(256), 1];
  const siren = { kind: "mlp", widths, activation: "sin", omega: 30 } as const;
  const theta = createModel(siren).initialize(0, "siren");
  let h = [...Array(200).keys()].map((i) => [-1 + (2 * (i + 0.5)) / 200]);
  for (const [k, { shape, offset }] of createModel(siren).layout.entries()) {
    if (k % 2 === 1 || k === 12) continue;
    const [rows, columns] = shape;
    const z = h.map((row) =>
      Array.from({ length: rows }, (_, i) => {
        const own = theta.subarray(offset + i * columns, offset + (i + 1) * columns);
        return 30 * (row.reduce((sum, value, j) => sum + value * own[j], 0) + theta[offset + rows * columns + i]);
      }),
    );
    const all = z.flat();
    const second = all.reduce((sum, value) => sum + value * value, 0) / all.length;
    // The biases of the authors' code add a little: 30² / (3·256).
    if (k > 0) assert.ok(Math.abs(second - 1 - 900 / 768) < 0.35, `layer ${k / 2}: ${second}`);
    h = z.map((row) => row.map(Math.sin));
  }
});

test("siren is for sines with their factor", () => {
  const plain = createModel({ kind: "mlp", widths: [2, 8, 1], activation: "sin" });
  assert.throws(() => plain.initialize(0, "siren"), /needs sines with omega/);
  assert.throws(() => model.initialize(0, "siren"), /is for an mlp of sines with omega/);
  const others = [
    { widths: [2, 8, 1], activation: "tanh" },
    { widths: [2, 1], activation: "sin" },
  ] as const;
  assert.throws(() => createModel({ kind: "mlp", omega: 30, ...others[0] }), /sines, .*; found the activation tanh/);
  assert.throws(() => createModel({ kind: "mlp", omega: 30, ...others[1] }), /found no hidden layer/);
});
