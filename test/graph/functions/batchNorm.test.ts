import assert from "node:assert/strict";
import { test } from "node:test";
import { gradient } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import { schedule } from "../../../src/graph/program.js";
import { input } from "../../../src/graph/tensor.js";
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
