import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { UnetArchitecture } from "../../../src/models/networks/unet.js";
import { crossEntropy } from "../../../src/models/problems/losses.js";
import { assertClose } from "../../graph/checkDerivatives.js";
import { digest, sines } from "../../graph/digest.js";
import { run } from "../../graph/run.js";
import { checkNetwork, normalColumns, wholeNumbers } from "./checkNetwork.js";

const small: UnetArchitecture = {
  kind: "unet",
  image: [2, 6, 9],
  depth: 3,
  width: 2,
  classes: 3,
  batchNorm: true,
  crf: true,
};

test("outputs are logits for every pixel, also where halves are not whole", () => {
  const { outputs, outputShape, statistics: state } = createModel(small);
  assert.deepEqual([outputs, outputShape, state!.size], [162, [3, 6, 9], 2 * 2 * (2 + 4 + 8 + 4 + 2)]);
});

test("the network of the paper on pets: depth 5, base width 16", () => {
  const { size } = createModel({ ...small, image: [3, 224, 224], depth: 5, width: 16, crf: false });
  const [widths, twice] = [[16, 32, 64, 128, 256], (from: number, to: number) => 9 * (from * to + to * to) + 4 * to];
  const down = widths.reduce((total, width, i) => total + twice(i === 0 ? 3 : widths[i - 1], width), 0);
  const up = widths.slice(0, -1).reduce((total, width, i) => total + twice(width + widths[i + 1], width), 0);
  assert.equal(size, down + up + 3 * 16 + 3);
});

for (const [crf, batchNorm] of [
  [true, true],
  [false, false],
]) {
  test(`exact derivatives on every backend, per pixel, mean field ${crf}, batch norm ${batchNorm}`, async () => {
    const model = createModel({ ...small, image: [1, 5, 6], crf, batchNorm });
    const [samples, labels] = [normalColumns(model.inputs, 2), wholeNumbers(3, 30, 2)];
    const loss = (theta: f.Tensor) => crossEntropy(f.reshape(model.apply(theta, samples), [1, 3, 30, 2]), labels);
    await checkNetwork(model, loss, 1e-6);
  });
}

test("without smoothness the mean field leaves the logits as they are", async () => {
  const [plain, withCrf] = [false, true].map((crf) => createModel({ ...small, crf }));
  const theta = withCrf.initialize(0);
  theta[withCrf.layout.find(({ name }) => name === "crf.smoothness")!.offset] = 0;
  const samples = normalColumns(plain.inputs, 2);
  const outputs = async (model: typeof plain) => {
    const point = f.input("theta", [1, model.size]);
    const program = { inputs: { point }, outputs: { y: model.apply(point, samples) } };
    return (await run(program, { point: theta.slice(0, model.size) })).y;
  };
  assertClose(await outputs(withCrf), await outputs(plain), 0, "logits");
});

test("outputs are PyTorch's, with the mean field as five filters of all pixels", async () => {
  const model = createModel(small);
  const theta = f.reshape(sines(model.size), [1, model.size]);
  const samples = f.transpose(sines(2, model.inputs));
  const state = f.reshape(f.add(1.5, sines(model.statistics!.size)), [1, model.statistics!.size]);
  assertClose(
    await digest(f.transpose(model.apply(theta, samples, state))),
    [-3.367892197907035, 1881.7861048537313, -521.5107173456903],
    1e-10,
    "outputs",
  );
});

test("an image too small to be halved is refused", () => {
  assert.throws(() => createModel({ ...small, depth: 4 }), /unet: an image of \[2,6,9\] cannot be halved 3 times/);
});
