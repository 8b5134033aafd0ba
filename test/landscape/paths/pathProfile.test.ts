import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { arcLengths, lengthAt, pointAt, spreadEvenly, withPoints } from "../../../src/landscape/paths/pathPlaces.js";
import { pathProfile, topOf } from "../../../src/landscape/paths/pathProfile.js";
import { worstGaps } from "../../../src/landscape/paths/worstGaps.js";

const line = (...xs: number[]) => xs.map((x) => Float64Array.of(x));
const along = (f: (x: number) => number) => async (points: readonly Float64Array[]) => points.map(([x]) => f(x));

test("a narrow top between interpolants is found, as exactly as it is asked for", async () => {
  // Points at 0, 1 and 2; interpolants at quarters; a top of height 3 at 0.65 that is a tenth wide.
  const narrow = (x: number) => 3 * Math.exp(-(((x - 0.65) / 0.1) ** 2));
  for (const resolution of [1e-2, 1e-4, 1e-8]) {
    const profile = await pathProfile(line(0, 1, 2), along(narrow), { resolution });
    const { place, loss } = topOf(profile);
    assert.ok(3 - loss <= 3 * resolution, `${loss}`);
    assert.ok(Math.abs(place - 0.65) < 0.1 * Math.sqrt(resolution) + 1e-9);
    assert.deepEqual(
      [...profile.places].sort((a, b) => a - b),
      profile.places,
    );
  }
});

test("a slope and a plateau need no more than three interpolants a gap", async () => {
  for (const f of [(x: number) => x, (x: number) => -x, () => 7]) {
    const { places } = await pathProfile(line(0, 1, 3), along(f), { resolution: 1e-6 });
    assert.deepEqual(places, [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
  }
});

test("the worst gap is the one that rises highest above both its ends", () => {
  //            3
  //  0  1  1   |   2  2.5  3      the first gap rises by 2, the second by none
  //    gap 0       gap 1
  const profile = { places: [0, 0.5, 1, 1.5, 2], losses: [0, 3, 1, 2.5, 4] };
  assert.deepEqual(worstGaps(profile, 1), [0.5]);
  assert.deepEqual(worstGaps(profile, 2), [0.5, 1.5]);
  // Without a rise the gap with the highest inside; NaN is as high as can be.
  assert.deepEqual(worstGaps({ places: [0, 0.5, 1, 1.5, 2], losses: [0, 1, 2, 3, 4] }, 1), [1.5]);
  assert.deepEqual(worstGaps({ places: [0, 0.5, 1, 1.5, 2], losses: [0, Number.NaN, 2, 9, 4] }, 1), [0.5]);
});

const paths = fc.array(
  fc
    .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 })
    .map((x) => Float64Array.from(x)),
  { minLength: 2, maxLength: 8 },
);

test("points that are put into gaps leave the path the curve it was", () => {
  fc.assert(
    fc.property(paths, fc.nat(), (path, at) => {
      const gap = at % (path.length - 1);
      const refined = withPoints(path, [gap + 0.5]);
      assert.equal(refined.length, path.length + 1);
      assert.deepEqual(refined[gap + 1], pointAt(path, gap + 0.5));
      const [before, after] = [arcLengths(path), arcLengths(refined)];
      assert.ok(Math.abs(before[path.length - 1] - after[path.length]) < 1e-12);
      assert.ok(Math.abs(lengthAt(before, gap + 0.5) - after[gap + 1]) < 1e-12);
    }),
    { seed: 1 },
  );
});

test("points that are spread evenly are equally far apart along the path they were on, the ends as before", () => {
  fc.assert(
    fc.property(paths, (path) => {
      const even = spreadEvenly(path);
      const last = path.length - 1;
      assert.deepEqual([even[0], even[last]], [path[0], path[last]]);
      const lengths = arcLengths(path);
      for (const [k, point] of even.entries()) {
        const wanted = (lengths[last] * k) / last;
        const gap = Math.max(0, lengths.findIndex((length) => length >= wanted - 1e-12) - 1);
        const share = lengths[gap + 1] > lengths[gap] ? (wanted - lengths[gap]) / (lengths[gap + 1] - lengths[gap]) : 0;
        const expected = pointAt(path, gap + Math.min(1, share));
        for (const [i, x] of point.entries()) assert.ok(Math.abs(x - expected[i]) < 1e-9);
      }
    }),
    { seed: 1 },
  );
});
