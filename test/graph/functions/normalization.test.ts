import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { schedule } from "../../../src/graph/program.js";
import { input } from "../../../src/graph/tensor.js";
import { assertClose } from "../checkDerivatives.js";
import { digest, sines } from "../digest.js";
import { run } from "../run.js";

const [x, w] = [input("x", [2, 3, 4, 5]), input("w", [4, 3, 3, 3])];
const [scale, shift] = [input("scale", [4]), input("shift", [4])];
const inputs = { x, w, scale, shift };
const stored = { mean: f.constant([1, -2, 0.5, 3]), variance: f.constant([1, 4, 0.25, 9]) };
const z = f.conv2d(x, w, { padding: 1 });

function withGradient(y: f.Tensor) {
  const [dx, dw, dscale, dshift] = gradient(f.sum(f.mul(y, y)), [x, w, scale, shift]);
  return { y, dx, dw, dscale, dshift };
}

test("stored statistics scale the weights of a convolution rather than its result", async () => {
  const outputs = withGradient(f.batchNorm(z, stored, { scale, shift }));
  const perChannel = (tensor: f.Tensor) => f.reshape(tensor, [4, 1, 1]);
  const deviation = f.sqrt(f.add(perChannel(stored.variance), 1e-5));
  const standard = f.div(f.sub(z, perChannel(stored.mean)), deviation);
  const plain = withGradient(f.add(f.mul(standard, perChannel(scale)), perChannel(shift)));
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }], i) => [
      name,
      Float64Array.from({ length: shape.reduce((n, length) => n * length, 1) }, (_, k) => Math.sin(7 * k + i)),
    ]),
  );
  const [found, expected] = [await run({ inputs, outputs }, feeds), await run({ inputs, outputs: plain }, feeds)];
  for (const [name, values] of Object.entries(expected)) {
    for (const [i, value] of values.entries()) {
      assert.ok(Math.abs(found[name][i] - value) < 1e-11 * Math.max(1, Math.abs(value)), `${name}[${i}]`);
    }
  }
  const { order } = schedule({ inputs, outputs: { y: outputs.y } });
  assert.deepEqual(
    order.filter(({ shape }) => shape.length === 4 && shape[0] === 2).map(({ operator }) => operator.name),
    ["input", "conv2d", "add"],
  );
});

test("the statistics of the convolution itself need its result, which is computed once", () => {
  const y = f.batchNorm(z, f.channelStatistics(z), { scale, shift });
  const { order } = schedule({ inputs, outputs: { y } });
  assert.equal(order.filter(({ operator }) => operator.name === "conv2d").length, 1);
});

test("normalisations are PyTorch's", async () => {
  const x = sines(2, 4, 3, 2);
  const affine = { scale: f.add(sines(4), 2), shift: sines(4) };
  const stored = { mean: sines(4), variance: f.add(f.pow(sines(4), 2), 0.1) };
  const cases: [f.Tensor, number[]][] = [
    [f.batchNorm(x, f.channelStatistics(x), affine), [4.42305960630668, 13.621031092626206, 65.92664844073262]],
    [f.batchNorm(x, stored, affine), [1.05586574346456, -44.140591471396796, 71.81754570044006]],
    [f.groupNorm(x, 2, affine), [4.45174881319917, 13.573885604200425, 65.89722269115885]],
    [
      f.layerNorm(x, { scale: sines(3, 2), shift: sines(3, 2) }),
      [2.07694718550124, 15.178939478504503, 17.73503239085081],
    ],
  ];
  for (const [i, [tensor, expected]] of cases.entries())
    assertClose(await digest(tensor), expected, 1e-12, `case ${i}`);
});
