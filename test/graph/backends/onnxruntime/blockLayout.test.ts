import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import * as runtime from "onnxruntime-node";
import { blockConvolutions } from "../../../../src/graph/backends/onnxruntime/blockLayout.js";
import { blockSize } from "../../../../src/graph/backends/onnxruntime/blockSize.js";
import { onnxruntimeBackend } from "../../../../src/graph/backends/onnxruntime.js";
import { gradient, hessianVectorProduct } from "../../../../src/graph/differentiate.js";
import * as f from "../../../../src/graph/functions.js";
import { toOnnx } from "../../../../src/graph/onnx.js";
import type { Program } from "../../../../src/graph/program.js";
import { sizeOf } from "../../../../src/graph/shape.js";
import { input, type Tensor } from "../../../../src/graph/tensor.js";
import { randomStream } from "../../../../src/linalg/random.js";
import { type Network, resnet20, unet } from "../../../bench/networks.js";
import { run } from "../../run.js";

const { onnx } = (await import("onnx-proto")).default;
const block = await blockSize(runtime);
const skip = block === undefined && "no blocked convolution kernels here";

/** Normally distributed feeds for every input. */
function feedsOf(inputs: Record<string, Tensor>, seed: number): Record<string, Float64Array> {
  const random = randomStream(seed, "feeds");
  const entries = Object.entries(inputs).map(([name, { shape }]) => [
    name,
    Float64Array.from({ length: sizeOf(shape) }, () => Math.fround(random.normal())),
  ]);
  return Object.fromEntries(entries);
}

async function runOn(blocked: boolean, program: Program, feeds: Record<string, Float64Array>) {
  const executable = await (await onnxruntimeBackend({ blocked })).compile(program, { dtype: "f32" });
  try {
    return await executable.run(feeds);
  } finally {
    await executable.release();
  }
}

/** Largest difference of two results over the largest element. */
function difference(a: Float64Array, b: Float64Array): number {
  assert.equal(a.length, b.length);
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0) / largest;
}

async function operatorsIn(program: Program): Promise<Record<string, number>> {
  const optimize = (own: Program) => blockConvolutions(own, block!);
  const model = onnx.ModelProto.decode(await toOnnx(program, { dtype: "f32", optimize }));
  const counts: Record<string, number> = {};
  for (const { opType, domain } of model.graph!.node!) {
    const name = domain ? `${domain}.${opType}` : opType!;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function lossProgram(network: Network, images: number) {
  const shapes = network.shapes(images);
  const theta = input("theta", [network.size]);
  const v = input("v", [network.size]);
  const [x, target] = [input("x", shapes.x), input("target", shapes.target)];
  const loss = network.loss(theta, x, target);
  const inputs = { theta, v, x, target };
  const outputs = { loss, gradient: gradient(loss, [theta])[0], product: hessianVectorProduct(loss, theta, v) };
  const feeds = feedsOf(inputs, 5);
  feeds.theta = feeds.theta.map((value) => 0.2 * value);
  feeds.target = feeds.target.map((value) => (value > 0 ? 1 : 0));
  return { inputs, outputs, feeds };
}

test("where the kernels put a value tells the block size", { skip }, () => {
  assert.ok(block === 8 || block === 16, `found ${block}`);
});

test("a residual block is three nodes of the runtime's own and two changes of layout", { skip }, async () => {
  const [x, v, w] = [input("x", [2, 16, 6, 6]), input("v", [16, 16, 3, 3]), input("w", [16, 16, 3, 3])];
  const shift = input("shift", [16, 1, 1]);
  const inner = f.relu(f.add(f.conv2d(x, v, { padding: 1 }), shift));
  const y = f.relu(f.add(f.conv2d(inner, w, { padding: 1 }), x));
  const counts = await operatorsIn({ inputs: { x, v, w, shift }, outputs: { y } });
  assert.equal(counts["com.microsoft.nchwc.Conv"], 2);
  assert.equal(counts["com.microsoft.nchwc.ReorderInput"], 1);
  assert.equal(counts["com.microsoft.nchwc.ReorderOutput"], 1);
  for (const name of ["Conv", "Add", "Relu"]) assert.equal(counts[name], undefined, `${name} is part of the others`);
});

test("a convolution with its derivatives equals the reference, whatever its shape", async () => {
  const cases = fc.record({
    channels: fc.constantFrom(1, 3, 8, 16, 20, 32),
    out: fc.constantFrom(1, 3, 8, 16, 24, 32),
    images: fc.constantFrom(1, 4, 8, 16),
    height: fc.integer({ min: 5, max: 9 }),
    width: fc.integer({ min: 5, max: 9 }),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ channels, out, images, height, width, kernel, ...options }) => {
      const x = input("x", [images, channels, height, width]);
      const w = input("w", [out, channels, ...kernel]);
      const bias = input("bias", [out, 1, 1]);
      const z = f.add(f.conv2d(x, w, options), bias);
      const y = f.relu(f.add(z, f.tanh(z)));
      const [dx, dw, db] = gradient(f.sum(f.mul(y, y)), [x, w, bias]);
      const program = { inputs: { x, w, bias }, outputs: { y, dx, dw, db } };
      const feeds = feedsOf(program.inputs, channels + 10 * out);
      const expected = await run(program, feeds);
      const found = await runOn(true, program, feeds);
      for (const name of Object.keys(expected)) {
        const error = difference(found[name], expected[name]);
        assert.ok(error < 1e-5, `${name} differs by ${error}`);
      }
    }),
    { seed: 3, numRuns: 40 },
  );
});

for (const [name, network, images] of [
  ["ResNet", resnet20({ size: 8, blocks: 1, width: 16 }), 8],
  ["UNet", unet({ size: 8, width: 16 }), 1],
] as const) {
  test(`loss, gradient and Hessian–vector product of a small ${name} equal the reference in both layouts`, async () => {
    const { inputs, outputs, feeds } = lossProgram(network, images);
    const expected = await run({ inputs, outputs }, feeds);
    for (const blocked of [false, true]) {
      const found = await runOn(blocked, { inputs, outputs }, feeds);
      for (const result of Object.keys(outputs)) {
        const error = difference(found[result], expected[result]);
        assert.ok(error < 1e-5, `${result} with blocked: ${blocked} differs by ${error}`);
      }
    }
  });
}

test("what is not a number stays so through a convolution with bias, sum and relu", async () => {
  const [x, w, shift] = [input("x", [1, 16, 4, 4]), input("w", [16, 16, 1, 1]), input("shift", [16, 1, 1])];
  const y = f.relu(f.add(f.add(f.conv2d(x, w), shift), x));
  const program = { inputs: { x, w, shift }, outputs: { y, dx: gradient(f.sum(y), [x])[0] } };
  const feeds = feedsOf(program.inputs, 2);
  feeds.x[5] = Number.NaN;
  feeds.x[6] = Number.POSITIVE_INFINITY;
  const expected = await run(program, feeds);
  const found = await runOn(true, program, feeds);
  for (const name of Object.keys(expected)) {
    assert.deepEqual([...found[name]].map(Number.isNaN), [...expected[name]].map(Number.isNaN), name);
  }
});

test("a program in f64 keeps its precision", async () => {
  const [x, w] = [input("x", [1, 16, 3, 3]), input("w", [16, 16, 3, 3])];
  const program = { inputs: { x, w }, outputs: { y: f.conv2d(x, w, { padding: 1 }) } };
  const feeds = feedsOf(program.inputs, 1);
  const found = await run(program, feeds, { backend: "onnxruntime", dtype: "f64" });
  assert.ok(difference(found.y, (await run(program, feeds)).y) < 1e-14);
});

test("factors and terms of the channels are convolutions with one tap, and equal the reference", { skip }, async () => {
  const shape = [3, 32, 5, 7];
  const [x, w] = [input("x", shape), input("w", [32, 32, 3, 3])];
  const [factors, terms] = [input("factors", [32, 1, 1]), input("terms", [32, 1, 1])];
  const y = f.conv2d(x, w, { padding: 1 });
  // Batch norms do the same: the sum and the difference stay apart from the convolution, which has two readers.
  const scaled = f.add(f.mul(y, factors), terms);
  const centred = f.relu(f.sub(y, terms));
  const program = { inputs: { x, w, factors, terms }, outputs: { scaled, centred } };
  const counts = await operatorsIn(program);
  assert.equal(counts["com.microsoft.nchwc.Conv"], 3, "the convolution, and one node for each form");
  for (const name of ["Mul", "Add", "Sub", "Relu"])
    assert.equal(counts[name], undefined, `${name} is part of the others`);
  const feeds = feedsOf(program.inputs, 11);
  const [expected, found] = [await run(program, feeds), await runOn(true, program, feeds)];
  for (const name of Object.keys(expected)) {
    // Sums of 288 products in f32: relative errors of 1e-6.
    const error = difference(found[name], expected[name]);
    assert.ok(error < 1e-5, `${name} differs by ${error}`);
  }
});

test("weight gradients of large images are summed in pieces, turned where x has more channels, and equal those in f64", async () => {
  const backend = await onnxruntimeBackend();
  for (const [images, channels, out, side, stride, padding] of [
    [8, 16, 16, 64, 1, 1],
    [3, 48, 16, 32, 1, 1],
    [8, 48, 16, 64, 1, 0],
    [32, 32, 32, 32, 2, 1],
    [2, 32, 16, 128, 1, 2],
  ]) {
    const x = input("x", [images, channels, side, side]);
    const w = input("w", [out, channels, 3, 3]);
    const y = f.conv2d(x, w, { stride, padding });
    const t = input("t", y.shape);
    const program = { inputs: { x, w, t }, outputs: { gradient: gradient(f.sum(f.mul(y, t)), [w])[0] } };
    const feeds = feedsOf(program.inputs, images);
    const results = [];
    for (const dtype of ["f32", "f64"] as const) {
      const executable = await backend.compile(program, { dtype });
      results.push((await executable.run(feeds)).gradient);
      await executable.release();
    }
    // Sums of up to 32768 products of f32 numbers.
    const error = difference(results[0], results[1]);
    assert.ok(error < 1e-5, `${channels} to ${out} channels, ${images} images: ${error}`);
  }
});
