import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProfileData, profile } from "../../src/figures/profile.js";
import type { Spec } from "../../src/figures/theme.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const scaleNamed = (spec: Spec, name: string) =>
  parts(spec).scales.find((scale: { name: string }) => scale.name === name);
const outlines = (spec: Spec): { basin: number; value: number; left: number; right: number }[] =>
  parts(spec).data[0].values;
const subtitle = (spec: Spec): string => parts(spec).title.subtitle?.join(" ") ?? "";

/** Two wells of 3 and 2 samples under a root of 8. */
const twoWells: ProfileData = {
  title: "profile",
  //     root      left well  right well
  basin: [9, 9, 9, 4, 4, 4, 2, 2, 2],
  value: [5, 6, 8, 1, 2, 5, 3, 4, 5],
  left: [1.5, 1, 0, 3.1, 2, 1.5, 5.5, 4.5, 4.5],
  right: [6.5, 7, 8, 3.9, 4, 4.5, 6.5, 6.5, 6.5],
  meanLoss: [4, 4, 4, 2, 2, 2, 3, 3, 3],
  dots: { x: [3.5, 6, 4, 4], value: [1, 3, 5, 8], type: ["minimum", "minimum", "saddle", "root"] },
};

test("basins are drawn parents first as horizontal areas over the number of samples", () => {
  const spec = profile(twoWells);
  assert.deepEqual(scaleNamed(spec, "x").domain, [0, 8]);
  assert.deepEqual([...new Set(outlines(spec).map(({ basin }) => basin))], [0, 1, 2]);
  assert.deepEqual(
    outlines(spec)
      .filter(({ basin }) => basin === 0)
      .map(({ value, left, right }) => [value, left, right]),
    [
      [5, 1.5, 6.5],
      [6, 1, 7],
      [8, 0, 8],
    ],
  );
  const area = parts(spec).marks[0].marks[0];
  assert.equal(area.type, "area");
  assert.deepEqual(area.encode.update.orient, { value: "horizontal" });
  assert.deepEqual(
    scaleNamed(spec, "loss").domain,
    scaleNamed(spec, "y").domain,
    "colours show the losses of the axis",
  );
});

test("minima lie on top of saddles, and the root has no dot", () => {
  const labels = parts(profile(twoWells)).data[1].values.map(({ label }: { label: string }) => label);
  assert.deepEqual(labels, ["saddle", "minimum", "minimum"]);
});

test("a given loss domain fixes the axis and the colours, and what lies beyond is counted", () => {
  const spec = profile({ ...twoWells, lossDomain: [0.01, 6.5] });
  assert.deepEqual(scaleNamed(spec, "y").domain, [0.01, 6.5]);
  assert.deepEqual(scaleNamed(spec, "loss").domain, [0.01, 6.5]);
  assert.equal(scaleNamed(spec, "y").type, "log");
  assert.ok(outlines(spec).every(({ value }) => value <= 6.5));
  assert.match(subtitle(spec), /1 of 9 levels beyond the axis/);
  assert.throws(() => profile({ ...twoWells, lossDomain: [1, 1] }), /lossDomain is \[1,1\]/);
});

test("levels closer than a quarter pixel are thinned, the ends stay", () => {
  const n = 100_000;
  const levels = Float64Array.from({ length: n }, (_, k) => k / n);
  const spec = profile({
    title: "one well",
    basin: new Int32Array(n),
    value: levels,
    left: levels.map((level) => (n * (1 - level)) / 2),
    right: levels.map((level) => (n * (1 + level)) / 2),
    meanLoss: new Float64Array(n).fill(0.5),
    dots: { x: [n / 2], value: [0], type: ["minimum"] },
  });
  const drawn = outlines(spec);
  assert.ok(drawn.length > 800 && drawn.length < 2000, `${drawn.length} levels`);
  assert.equal(drawn[0].value, 0);
  assert.equal(drawn[drawn.length - 1].value, levels[n - 1]);
});

test("levels and means that are not finite are drawn at the edge, in grey, and counted", () => {
  const value = [5, 6, Infinity, 1, 2, 5, 3, 4, 5];
  const spec = profile({ ...twoWells, value, meanLoss: [Infinity, Infinity, Infinity, 2, 2, 2, 3, 3, 3] });
  assert.equal(outlines(spec)[2].value, scaleNamed(spec, "y").domain[1]);
  assert.match(subtitle(spec), /1 of 9 levels beyond the axis.*mean loss not finite in 1 basin \(grey\)/);
  const none = profile({ ...twoWells, value: value.map(() => Number.NaN), dots: { x: [], value: [], type: [] } });
  assert.match(subtitle(none), /0 of 9 levels finite/);
});
