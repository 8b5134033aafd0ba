import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { ResnetArchitecture } from "../../../src/models/networks/resnet.js";
import { crossEntropy } from "../../../src/models/problems/losses.js";
import { assertClose } from "../../graph/checkDerivatives.js";
import { digest, sines } from "../../graph/digest.js";
import { checkNetwork, normalColumns, wholeNumbers } from "./checkNetwork.js";

const cifar: ResnetArchitecture = {
  kind: "resnet",
  image: [3, 32, 32],
  depth: 20,
  width: 16,
  classes: 10,
  residual: true,
  batchNorm: true,
};
const small: ResnetArchitecture = { ...cifar, image: [2, 7, 8], depth: 8, width: 2, classes: 3 };

test("plain networks of 20, 32 and 56 layers have the sizes of the paper, the skips add theirs", () => {
  const size = (change: Partial<ResnetArchitecture>) => createModel({ ...cifar, ...change }).size;
  // 0.27 M, 0.46 M and 0.85 M parameters (He et al. 2016, table 6)
  assert.deepEqual(
    [20, 32, 56].map((depth) => size({ depth, residual: false })),
    [269722, 464154, 853018],
  );
  // 16·32 + 32·64 weights and a norm of 32 and one of 64 channels
  assert.equal(size({}) - size({ residual: false }), 16 * 32 + 32 * 64 + 2 * (32 + 64));
  // An identity has no weights of its own; biases before the norms are one for each of their channels.
  assert.equal(size({ shortcut: "identity" }), size({ residual: false }));
  assert.equal(size({ bias: true }) - size({}), createModel(cifar).statistics!.size / 2);
  assert.equal(createModel(cifar).statistics!.size, 2 * (7 * 16 + 6 * 32 + 6 * 64 + 32 + 64));
});

const variants: Partial<ResnetArchitecture>[] = [
  { residual: true, batchNorm: true },
  { residual: false, batchNorm: false },
  { shortcut: "identity", bias: true },
];
for (const variant of variants) {
  test(`exact derivatives on every backend, ${JSON.stringify(variant)}`, async () => {
    const model = createModel({ ...small, ...variant });
    const [samples, labels] = [normalColumns(model.inputs, 3), wholeNumbers(3, 3)];
    await checkNetwork(model, (theta) => crossEntropy(model.apply(theta, samples), labels), 1e-6);
  });
}

test("exact derivatives with stored statistics", async () => {
  const model = createModel(small);
  const [samples, labels] = [normalColumns(model.inputs, 3), wholeNumbers(3, 3)];
  const theta = f.constant(model.initialize(0), [1, model.size]);
  const stored = f.stopGradient(model.statistics!.recompute(theta, f.mul(2, samples)));
  await checkNetwork(model, (point) => crossEntropy(model.apply(point, samples, stored), labels), 1e-6);
});

test("outputs are PyTorch's, with recomputed and with stored statistics", async () => {
  const model = createModel(small);
  const theta = f.reshape(sines(model.size), [1, model.size]);
  const samples = f.transpose(sines(2, model.inputs));
  const state = f.reshape(f.add(1.5, sines(model.statistics!.size)), [1, model.statistics!.size]);
  assertClose(
    await digest(f.transpose(model.apply(theta, samples))),
    [-0.8045905673226718, -2.4147911474236903, 0.10195804094922356],
    1e-10,
    "recomputed",
  );
  assertClose(
    await digest(f.transpose(model.apply(theta, samples, state))),
    [29.926491100850487, 43.900211919481336, -4.2479763918827835],
    1e-10,
    "stored",
  );
});

test("a depth that is not 6n + 2 is refused", () => {
  assert.throws(() => createModel({ ...cifar, depth: 18 }), /resnet: depth is 18, expected 6n \+ 2: 8, 14, 20/);
  assert.throws(() => createModel({ ...cifar, width: 0 }), /resnet: width is 0/);
});
