import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Artifact } from "../../../src/artifact/artifact.js";
import { lossSampler } from "../../../stages/inputs/lossSampler.js";

/** A loss on one direction, a² and its half, that counts its points and may take a while. */
function parabola(milliseconds = 0, pointsPerRun = 1) {
  const asked: number[] = [];
  return {
    asked,
    pointsPerRun,
    async at(coefficients: Float64Array) {
      asked.push(coefficients.length);
      const end = performance.now() + milliseconds * coefficients.length;
      while (performance.now() < end);
      return { loss: coefficients.map((a) => a * a), half: coefficients.map((a) => (a * a) / 2) };
    },
    release: async () => {},
  };
}

const noState = { load: () => undefined, save: () => {} };
const line = (start: number, count: number) => Float64Array.from({ length: count }, (_, i) => start + i);

test("a sampler that is stopped anywhere goes on there: no point is evaluated twice, and the losses are the same", () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 9 }),
      async (sizes, stopAfter) => {
        const firsts = sizes.map((_, i) => sizes.slice(0, i).reduce((sum, size) => sum + size, 0));
        const total = firsts[sizes.length - 1] + sizes[sizes.length - 1];
        let [state, told] = [undefined as Artifact | undefined, 0];
        const resume = {
          load: () => state,
          save(make: () => Artifact) {
            state = structuredClone(make());
            if (++told % stopAfter === 0) throw new Error("stopped");
          },
        };
        const onSpan = parabola();
        let found: Float64Array[] | undefined;
        while (found === undefined) {
          const sample = lossSampler(onSpan, { resume, progress: () => {} });
          const parts: Float64Array[] = [];
          try {
            for (const [i, size] of sizes.entries()) {
              const { loss, half } = await sample(size, (start, count) => line(firsts[i] + start, count));
              assert.deepEqual(
                half,
                loss.map((value) => value / 2),
              );
              parts.push(loss);
            }
            found = parts;
          } catch (error) {
            assert.equal((error as Error).message, "stopped");
          }
        }
        assert.equal(
          onSpan.asked.reduce((sum, count) => sum + count, 0),
          total,
        );
        assert.deepEqual(
          found.flatMap((part) => [...part]),
          [...line(0, total)].map((a) => a * a),
        );
      },
    ),
    { numRuns: 60, seed: 7 },
  ));

test("where a point takes long, few are evaluated between two reports; where it takes no time, whole runs of up to 16", async () => {
  const slow = parabola(300);
  await lossSampler(slow, { resume: noState, progress: () => {} }, 4)(4, line);
  assert.deepEqual(slow.asked, [1, 1, 1, 1]);
  const fast = parabola(0, 4);
  await lossSampler(fast, { resume: noState, progress: () => {} }, 60)(60, line);
  assert.deepEqual(fast.asked, [4, 8, 16, 16, 16]);
  await lossSampler(fast, { resume: noState, progress: () => {} }, 16)(16, line);
  assert.equal(fast.asked.at(-1), 16, "the next piece begins with the size that suited the last");
});

test("progress tells the points, and their share where the number of all is known", async () => {
  const told: unknown[] = [];
  const progress = (...what: unknown[]) => told.push(what);
  await lossSampler(parabola(), { resume: noState, progress }, 3)(3, line);
  await lossSampler(parabola(), { resume: noState, progress })(1, line);
  assert.deepEqual(told, [
    [1 / 3, { done: 1, unit: "points" }],
    [1, { done: 3, unit: "points" }],
    [undefined, { done: 1, unit: "points" }],
  ]);
});
