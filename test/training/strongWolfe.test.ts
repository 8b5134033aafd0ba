import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cubicMinimizer, strongWolfe } from "../../src/training/strongWolfe.js";

import { torchStrongWolfe } from "./torchLbfgs.js";

type Curve = (t: number) => { loss: number; slope: number };

async function search(curve: Curve, firstStep: number) {
  const point = (t: number) => ({ t, ...curve(t), payload: t });
  const origin = point(0);
  const found = await strongWolfe(async (t) => point(t), origin, { firstStep, directionSize: 1 });
  return { ...found, origin };
}

test("the minimizer of a cubic is found from two points and their slopes", () => {
  // t³ − 3t has its minimum at 1.
  const at = (t: number) => ({ t, loss: t ** 3 - 3 * t, slope: 3 * t * t - 3 });
  assert.ok(Math.abs(cubicMinimizer(at(0), at(3), 0, 3) - 1) < 1e-15);
  assert.ok(Math.abs(cubicMinimizer(at(3), at(0), 0, 3) - 1) < 1e-15);
  assert.equal(cubicMinimizer(at(0), at(3), 2, 3), 2, "clamped to the interval");
});

test("without a minimizer, or with an end that is not finite, the interval is halved", () => {
  const falling = (t: number) => ({ t, loss: -(t ** 3) - t, slope: -3 * t * t - 1 });
  assert.equal(cubicMinimizer(falling(0), falling(2), 2, 20), 11);
  assert.equal(cubicMinimizer(falling(0), { t: 4, loss: Infinity, slope: Number.NaN }, 0, 4), 2);
});

test("on curves with several valleys the step satisfies both conditions", async () => {
  const amplitude = fc.double({ min: 0, max: 5, noNaN: true });
  const frequency = fc.double({ min: 0.3, max: 6, noNaN: true });
  const firstStep = fc.constantFrom(1e-3, 0.1, 1, 7, 100);
  await fc.assert(
    fc.asyncProperty(amplitude, frequency, firstStep, async (a, w, first) => {
      const curve: Curve = (t) => ({
        loss: 0.5 * (t - 2) ** 2 + a * Math.sin(w * t + 2),
        slope: t - 2 + a * w * Math.cos(w * t + 2),
      });
      const { point, origin, trials } = await search(curve, first);
      assert.ok(point.loss <= origin.loss + 1e-4 * point.t * origin.slope);
      assert.ok(Math.abs(point.slope) <= 0.9 * -origin.slope);
      assert.equal(point.payload, point.t, "the payload belongs to the point");
      assert.ok(trials <= 26);
    }),
    { seed: 6, numRuns: 300 },
  );
});

test("the trials are those of PyTorch, one by one, on kinks, cliffs and waves and from steps far too short or long", async () => {
  const height = fc.double({ min: -9, max: 9, noNaN: true });
  const place = fc.double({ min: 0, max: 10, noNaN: true });
  const width = fc.constantFrom(1, 0.3, 0.1, 1e-2, 1e-4);
  const feature = fc.tuple(height, place, width, fc.constantFrom<"kink" | "cliff" | "wave">("kink", "cliff", "wave"));
  const firstStep = fc.constantFrom(1e-4, 1e-2, 0.1, 1, 10);
  await fc.assert(
    fc.asyncProperty(fc.array(feature, { maxLength: 3 }), firstStep, async (features, first) => {
      const curve: Curve = (t) => {
        let loss = (t - 5) ** 2 / 50 - 0.2 * t;
        let slope = (t - 5) / 25 - 0.2;
        for (const [a, b, w, kind] of features) {
          const z = (t - b) / w;
          const root = Math.sqrt((t - b) ** 2 + w);
          loss += a * { kink: root, cliff: Math.tanh(z), wave: Math.sin(b * t + a) }[kind];
          slope +=
            a * { kink: (t - b) / root, cliff: (1 - Math.tanh(z) ** 2) / w, wave: b * Math.cos(b * t + a) }[kind];
        }
        return { loss, slope };
      };
      const { loss, slope } = curve(0);
      fc.pre(slope < -1e-9);
      const record = (trials: number[]) => (t: number) => {
        trials.push(t);
        return curve(t);
      };
      const ours: number[] = [];
      const theirs: number[] = [];
      const found = await search(record(ours), first);
      const theirCurve = record(theirs);
      const expected = torchStrongWolfe(
        (t) => {
          const { loss, slope } = theirCurve(t);
          return { loss, grad: [slope] };
        },
        first,
        [1],
        loss,
        [slope],
        slope,
      );
      assert.deepEqual(ours.slice(1), theirs);
      assert.equal(found.point.t, expected.t);
    }),
    {
      seed: 11,
      numRuns: 2000,
      examples: [
        [[[3.9, 9.5, 0.01, "cliff"]], 10], // two trials in a row next to an edge
        [[[2.6, 5.1, 1, "kink"]], 1], // the second trial is higher than the first, but low enough
        [[[2.6, 1, 0.3, "wave"]], 10], // zoom meets a point that is low enough, but higher than the low end
      ],
    },
  );
});

test("a slope that never eases costs 26 trials and gives the farthest point", async () => {
  const { point, trials, blocked } = await search((t) => ({ loss: -t, slope: -1 }), 1);
  assert.equal(trials, 26);
  assert.ok(point.t > 1e2 && !blocked);
});

test("where only the origin is finite it comes back, blocked", async () => {
  const { point, origin, blocked, trials } = await search(
    (t) => (t > 0 ? { loss: Number.NaN, slope: 1 } : { loss: 1, slope: -1 }),
    1,
  );
  assert.equal(point, origin);
  assert.equal(blocked, true);
  assert.equal(trials, 26);
});

test("a curve that only rises gives the origin back without being blocked", async () => {
  const { point, origin, blocked } = await search((t) => ({ loss: t, slope: t > 0 ? 1 : -1 }), 1);
  assert.equal(point, origin);
  assert.equal(blocked, false);
});
