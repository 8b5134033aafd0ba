import { test } from "node:test";
import fc from "fast-check";
import * as f from "../../src/graph/functions.js";
import { type Random, randomStream } from "../../src/linalg/random.js";
import { checkDerivatives, type Example } from "./checkDerivatives.js";

const image = (random: Random) => [2, 2, 3 + random.integer(3), 3 + random.integer(3)];
const imageAnd = (...shapes: number[][]) => ({ shapes: (random: Random) => [image(random), ...shapes] });
const list = () => [[6]];
const someSize = (random: Random) => [1 + random.integer(7), 1 + random.integer(7)] as const;

/** The functions composed of operators. */
const examples: Record<string, Example> = {
  softplus: { shapes: list, build: ([x]) => f.softplus(f.mul(3, x)) },
  gelu: { shapes: list, build: ([x]) => f.gelu(f.mul(3, x)) },
  silu: { shapes: list, build: ([x]) => f.silu(x) },
  softmax: { shapes: () => [[2, 3]], build: ([x]) => f.softmax(x, -1) },
  logSoftmax: { shapes: () => [[3, 2]], build: ([x]) => f.logSoftmax(x, 0) },
  attention: {
    shapes: () => [
      [2, 3, 2],
      [2, 3, 2],
      [2, 3, 4],
    ],
    build: ([q, k, v], random) => f.attention(q, k, v, { causal: random.integer(2) === 0 }),
  },
  maxPool2d: {
    ...imageAnd(),
    build: ([x], random) =>
      f.maxPool2d(x, { kernel: 2 + random.integer(2), stride: 1 + random.integer(3), padding: 1 }),
  },
  averagePool2d: {
    ...imageAnd(),
    build: ([x], random) =>
      f.averagePool2d(x, { kernel: 2, stride: 1 + random.integer(3), padding: random.integer(2) }),
  },
  resizeNearest: { ...imageAnd(), build: ([x], random) => f.resizeNearest(x, someSize(random)) },
  resizeBilinear: {
    ...imageAnd(),
    build: ([x], random) => f.resizeBilinear(x, someSize(random), { alignCorners: random.integer(2) === 0 }),
  },
  batchNorm: {
    ...imageAnd([2], [2]),
    build: ([x, scale, shift]) => f.batchNorm(x, f.channelStatistics(x), { scale, shift }),
  },
  groupNorm: { ...imageAnd([2], [2]), build: ([x, scale, shift]) => f.groupNorm(x, 2, { scale, shift }) },
  layerNorm: {
    shapes: () => [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    build: ([x, scale, shift]) => f.layerNorm(x, { scale, shift }),
  },
};

for (const [name, example] of Object.entries(examples)) {
  test(`${name}: derivatives agree with central differences and with each other, backends agree`, async () => {
    const property = fc.asyncProperty(fc.nat(1e6), async (seed) => {
      await checkDerivatives(example, randomStream(seed, name));
    });
    await fc.assert(property, { seed: 1, numRuns: 4 });
  });
}
