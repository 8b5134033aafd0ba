import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Backend } from "../../../src/graph/backend.js";
import { checkedBackend } from "../../../src/graph/backends/checked.js";
import { onnxruntimeBackend } from "../../../src/graph/backends/onnxruntime.js";
import * as f from "../../../src/graph/functions.js";
import { input } from "../../../src/graph/tensor.js";

const x = input("x", [3]);
const program = { inputs: { x }, outputs: { doubled: f.add(x, x), sine: f.sin(x) } };

/** ONNX Runtime with something done to its results. */
async function faulty(spoil: (results: Record<string, Float64Array>, run: number) => void): Promise<Backend> {
  const cpu = await onnxruntimeBackend();
  return {
    ...cpu,
    name: "faulty",
    async compile(...given) {
      const executable = await cpu.compile(...given);
      let runs = 0;
      return {
        async run(feeds, into = {}) {
          const results = await executable.run(feeds);
          spoil(results, ++runs);
          for (const [name, place] of Object.entries(into)) place.set(results[name]);
          return results;
        },
        release: executable.release,
      };
    },
  };
}

async function compiled(spoil: Parameters<typeof faulty>[0]) {
  return checkedBackend(await faulty(spoil), onnxruntimeBackend).compile(program, { dtype: "f32" });
}

test("a wrong number ends the run with both numbers, their place and the tolerance", async () => {
  const executable = await compiled(({ doubled }) => {
    doubled[1] = 5;
  });
  await assert.rejects(executable.run({ x: Float64Array.of(1, 2, 3) }), {
    message:
      'backend faulty computes wrong numbers here: its "doubled"[1] is 5, on the CPU (onnxruntime, f64) it is 4; ' +
      "expected a difference of at most 3.0e-2; update its driver, or use the backend onnxruntime",
  });
});

test("a number that is missing or infinite is wrong where the CPU has a finite one", async () => {
  for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const executable = await compiled(({ sine }) => {
      sine[0] = wrong;
    });
    await assert.rejects(executable.run({ x: Float64Array.of(1, 2, 3) }), /its "sine"\[0\] is (NaN|Infinity)/);
  }
});

test("results that are written in place are compared, too", async () => {
  const executable = await compiled(({ doubled }) => {
    doubled.fill(0);
  });
  const place = new Float32Array(3);
  await assert.rejects(executable.run({ x: Float64Array.of(1, 2, 3) }, { doubled: place }), /its "doubled"\[0\] is 0,/);
});

test("runs 1, 2, 4, 8, … are compared: an error that begins later is found at the next of them", async () => {
  const executable = await compiled(({ doubled }, run) => {
    if (run >= 5) doubled[0] += 1;
  });
  const run = () => executable.run({ x: Float64Array.of(1, 2, 3) });
  for (let i = 1; i < 8; i++) await run();
  await assert.rejects(run(), /computes wrong numbers/);
});

test("rounding and NaN of the input's own pass, whatever the input", async () => {
  const backend = checkedBackend(await faulty(() => {}), onnxruntimeBackend);
  const value = fc.double({ min: -1e30, max: 1e30, noNaN: false });
  await fc.assert(
    fc.asyncProperty(fc.tuple(value, value, value), async (values) => {
      const executable = await backend.compile({ inputs: { x }, outputs: { y: f.mul(x, x) } }, { dtype: "f32" });
      const { y } = await executable.run({ x: Float64Array.from(values) });
      for (const [i, v] of values.entries())
        assert.ok(Object.is(y[i], Math.fround(Math.fround(v) ** 2)) || Number.isNaN(v));
      await executable.release();
    }),
    { numRuns: 60 },
  );
});
