import assert from "node:assert/strict";
import { test } from "node:test";
import { loadBackend, withBackend } from "../../../src/graph/backends/index.js";
import { backendNames } from "../../../src/graph/backends/names.js";
import * as f from "../../../src/graph/functions.js";
import { input } from "../../../src/graph/tensor.js";
import { run } from "../run.js";

const [a, b] = [input("a", [2]), input("b", [2])];
const program = { inputs: { a, b }, outputs: { sum: f.add(a, b), same: a, one: f.expand(f.constant(1), [3]) } };

for (const name of ["reference", "onnxruntime"]) {
  test(`${name} runs a program, passes inputs through and converts feeds`, async () => {
    const backend = await loadBackend(name);
    assert.equal(backend.name, name);
    assert.match(backend.version, /^\d/);
    const executable = await backend.compile(program, { dtype: "f64" });
    const feeds = { a: Float32Array.of(1, 2), b: Float64Array.of(0.1, 0.2) };
    const results = await executable.run(feeds);
    assert.deepEqual(results, {
      sum: Float64Array.of(1.1, 2.2),
      same: Float64Array.of(1, 2),
      one: Float64Array.of(1, 1, 1),
    });
    results.same[0] = 7;
    assert.equal(feeds.a[0], 1, "a result is not a view of a feed");
    await executable.release();
  });

  test(`${name} refuses feeds that are missing, unknown or of another length`, async () => {
    const executable = await (await loadBackend(name)).compile(program, { dtype: "f64" });
    const one = Float64Array.of(1);
    const two = Float64Array.of(1, 2);
    await assert.rejects(executable.run({ a: two }), /input "b" of shape \[2\] was not fed/);
    await assert.rejects(executable.run({ a: two, b: one }), /input "b" of shape \[2\] takes 2 values, found 1/);
    await assert.rejects(executable.run({ a: two, b: two, c: one }), /no input "c"; its inputs are a, b/);
    await executable.release();
  });
}

test("an element type that a backend lacks is an error", async () => {
  const backend = await loadBackend("reference");
  await assert.rejects(backend.compile(program, { dtype: "f32" }), /backend reference does not support f32, only f64/);
});

test("f32 results come back as f64 arrays of f32 numbers", async () => {
  const feeds = { a: Float64Array.of(0.1, 0.2), b: Float64Array.of(0, 0) };
  const { sum } = await run(program, feeds, { backend: "onnxruntime", dtype: "f32" });
  assert.deepEqual(sum, Float64Array.of(Math.fround(0.1), Math.fround(0.2)));
});

test("work runs on the backend of its name, by default on ONNX Runtime; an unknown or inherited name is refused", async () => {
  const nameIn = async (name?: string) => (await withBackend(name, async () => (await loadBackend()).name)).result;
  assert.equal((await loadBackend()).name, "onnxruntime");
  assert.deepEqual(await Promise.all([nameIn("reference"), nameIn()]), ["reference", "onnxruntime"]);
  await assert.rejects(
    loadBackend("onnx"),
    /unknown backend "onnx"; expected onnxruntime, webgpu, tensorflow or reference/,
  );
  await assert.rejects(loadBackend("constructor"), /unknown backend "constructor"/);
});

test("onnxruntime keeps f64 precision where a matrix product is scaled", async () => {
  // A fusion of ONNX Runtime turns the factor into an f32 attribute of the product: 0.1 would become 0.10000000149.
  const x = input("x", [1, 1]);
  const outputs = { y: f.mul(0.1, f.matmul(x, x, { transposeB: true })) };
  const { y } = await run({ inputs: { x }, outputs }, { x: Float64Array.of(1) }, { backend: "onnxruntime" });
  assert.equal(y[0], 0.1);
});

test("a misspelt name is told with the nearest one", async () => {
  await assert.rejects(loadBackend("tensorflo"), /unknown backend "tensorflo"; did you mean "tensorflow"\?/);
  assert.deepEqual(backendNames, ["onnxruntime", "webgpu", "tensorflow", "reference"]);
});

test("work is told which backends it loaded, each piece of work its own", async () => {
  const load = (name: string) => withBackend(undefined, async () => (await loadBackend(name)).name);
  const [one, two, none] = await Promise.all([load("reference"), load("onnxruntime"), withBackend(undefined, () => 7)]);
  assert.deepEqual(one, { result: "reference", backends: { reference: "1" } });
  assert.deepEqual(Object.keys(two.backends), ["onnxruntime"]);
  assert.deepEqual(none, { result: 7, backends: {} });
});
