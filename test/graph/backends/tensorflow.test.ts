import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { loadBackend } from "../../../src/graph/backends/index.js";
import { loadTensorflow } from "../../../src/graph/backends/tensorflowLibrary.js";
import { translationOf } from "../../../src/graph/backends/tensorflowOperators.js";
import * as f from "../../../src/graph/functions.js";
import { lower } from "../../../src/graph/lower.js";
import { operators } from "../../../src/graph/operators.js";
import { topologicalOrder } from "../../../src/graph/tensor.js";
import { randomStream } from "../../../src/linalg/random.js";
import { assertClose } from "../checkDerivatives.js";
import { examples } from "../examples.js";
import { run } from "../run.js";
import { exampleProgram } from "./exampleProgram.js";
import { modelPrograms } from "./modelPrograms.js";

const tensorflow = { backend: "tensorflow", dtype: "f32" } as const;
const { tf, from } = await loadTensorflow();

test("its version says which package computes", async () => {
  const { name, version } = await loadBackend("tensorflow");
  assert.equal(name, "tensorflow");
  assert.match(version, /^\d+\.\d+\.\d+ \(@tensorflow\/tfjs(-node(-gpu)?)?, \w+\)$/);
  assert.ok(version.includes(`(${from}, `));
});

test("every operator is in its table, but those that are always lowered to others", () => {
  const always = ["input", "constant", "data", "convInput", "convWeight"];
  const missing = Object.keys(operators).filter((name) => !translationOf(name) && !always.includes(name));
  assert.deepEqual(missing, [], "operators without an entry in tensorflowOperators.ts");
  assert.equal(translationOf("constructor"), undefined);
});

for (const [name, example] of Object.entries(examples)) {
  test(`${name}: value, gradient and Hessian-vector product agree with the reference to 1e-5`, async () => {
    let seen = 0;
    for (let seed = 0; seed < 12; seed++) {
      const { program, feeds } = exampleProgram(example, randomStream(seed, name));
      const [actual, expected] = [await run(program, feeds, tensorflow), await run(program, feeds)];
      for (const key of Object.keys(expected)) assertClose(actual[key], expected[key], 1e-5, `${key} of seed ${seed}`);
      const before = topologicalOrder(Object.values(program.outputs));
      const after = topologicalOrder(Object.values(lower(program.outputs, "f32")));
      seen += [...before, ...after].filter(({ operator }) => operator.name === name).length;
    }
    assert.ok(seen > 0, "the operator occurs in its own example");
  });
}

test("a dilated convolution with a stride, and neighbours put apart along several axes", async () => {
  const x = f.input("x", [2, 4, 9, 8]);
  const w = f.input("w", [6, 2, 3, 2]);
  const convolved = f.conv2d(x, w, { stride: 3, dilation: 2, padding: 2, groups: 2 });
  const apart = f.pad(x, [1, 0, 2, 0], [0, 1, 0, 3], [2, 0, 1, 3]);
  const random = randomStream(0);
  const draw = (length: number) => Float64Array.from({ length }, () => random.normal());
  const program = { inputs: { x, w }, outputs: { convolved, apart } };
  const feeds = { x: draw(2 * 4 * 9 * 8), w: draw(6 * 2 * 3 * 2) };
  const [actual, expected] = [await run(program, feeds, tensorflow), await run(program, feeds)];
  assertClose(actual.convolved, expected.convolved, 1e-5, "convolution");
  assert.deepEqual(actual.apart, expected.apart.map(Math.fround));
});

test("NaN and infinities come through", async () => {
  const x = f.input("x", [3]);
  const functions = { relu: f.relu, abs: f.abs, tanh: f.tanh, exp: f.exp, sigmoid: f.sigmoid, erf: f.erf, square };
  function square(y: f.Tensor) {
    return f.pow(y, 2);
  }
  const outputs = Object.fromEntries(Object.entries(functions).map(([name, of]) => [name, of(x)]));
  const feeds = { x: Float64Array.of(NaN, Infinity, -Infinity) };
  const program = { inputs: { x }, outputs };
  assert.deepEqual(await run(program, feeds, tensorflow), await run(program, feeds));
});

test("feeds are converted, inputs pass through, results are not views of feeds, and bad feeds are refused", async () => {
  const [a, b, unused] = [f.input("a", [2]), f.input("b", [2]), f.input("c", [1])];
  const outputs = { sum: f.add(a, b), same: a, again: a, one: f.expand(f.constant(1), [3]) };
  const executable = await (await loadBackend("tensorflow")).compile(
    { inputs: { a, b, unused }, outputs },
    { dtype: "f32" },
  );
  const feeds = { a: Float32Array.of(1, 2), b: Float64Array.of(0.5, 0.1), unused: Float64Array.of(0) };
  const results = await executable.run(feeds);
  assert.deepEqual(results, {
    sum: Float64Array.of(1.5, Math.fround(2 + Math.fround(0.1))),
    same: Float64Array.of(1, 2),
    again: Float64Array.of(1, 2),
    one: Float64Array.of(1, 1, 1),
  });
  results.same[0] = 7;
  assert.equal(feeds.a[0], 1);
  await assert.rejects(executable.run({ a: feeds.a, unused: feeds.unused }), /input "b" of shape \[2\] was not fed/);
  await executable.release();
});

test("200 runs leave no tensors behind, and release frees the constants", async () => {
  const before = tf.memory().numTensors;
  const { program, feeds } = exampleProgram(examples.matmul, randomStream(1, "matmul"));
  const executable = await (await loadBackend("tensorflow")).compile(program, { dtype: "f32" });
  const compiled = tf.memory().numTensors;
  assert.ok(compiled > before, "constants are kept between runs");
  for (let i = 0; i < 200; i++) await executable.run(feeds);
  assert.equal(tf.memory().numTensors, compiled);
  await executable.release();
  assert.equal(tf.memory().numTensors, before);
});

test("f64, an operator it lacks and a missing package are errors that say what would do", async () => {
  const backend = await loadBackend("tensorflow");
  const x = f.input("x", [1]);
  await assert.rejects(
    backend.compile({ inputs: { x }, outputs: { y: f.exp(x) } }, { dtype: "f64" }),
    /^Error: backend tensorflow does not support f64, only f32: set dtype f32, or choose the backend onnxruntime/,
  );
  const node = f.exp(x);
  const odd = { ...node, operator: { ...node.operator, name: "besselJ" } };
  await assert.rejects(
    backend.compile({ inputs: { x }, outputs: { y: odd } }, { dtype: "f32" }),
    /backend tensorflow cannot compute the operator besselJ; choose the backend onnxruntime or reference/,
  );
  await assert.rejects(
    loadTensorflow(["@tensorflow/absent"]),
    /none of @tensorflow\/absent is installed; run "npm install @tensorflow\/tfjs-node"/,
  );
  // A package that is there but is not TensorFlow.js stands for one whose native part does not load.
  await assert.rejects(
    loadTensorflow(["@tensorflow/absent", "yaml"]),
    /yaml is installed but does not work on Node \d.*reinstall it/,
  );
});

test("it starts without a greeting", () => {
  const script = `import { loadTensorflow } from ${JSON.stringify(new URL("../../../src/graph/backends/tensorflowLibrary.js", import.meta.url).href)}; await loadTensorflow();`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
});

test("the loss, gradient and Hessian-vector product of every model agree with the reference to 1e-5", async () => {
  for (const [name, { program, feeds }] of Object.entries(modelPrograms())) {
    const [actual, expected] = [await run(program, feeds, tensorflow), await run(program, feeds)];
    for (const key of Object.keys(expected)) assertClose(actual[key], expected[key], 1e-5, `${name}: ${key}`);
  }
});
