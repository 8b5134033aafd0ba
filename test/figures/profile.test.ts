import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProfileData, profile } from "../../src/figures/profile.js";
import { renderSvg } from "../../src/figures/render.js";
import { colours, type Spec } from "../../src/figures/theme.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const scaleNamed = (spec: Spec, name: string) =>
  parts(spec).scales.find((scale: { name: string }) => scale.name === name);
/** The shapes of wells, and of dots, which have arcs; every corner of a well in pixels. */
const shapes = (spec: Spec): { path: string; fill: string }[] => parts(spec).data[0].values;
const wells = (spec: Spec) => shapes(spec).filter(({ path }) => !path.includes("a"));
const dots = (spec: Spec) => shapes(spec).filter(({ path }) => path.includes("a"));
/** Dots as marks of their own. */
const ownDots = (spec: Spec): { fill: string; vertex?: number }[] =>
  parts(spec).data.find(({ name }: { name: string }) => name === "dots")?.values ?? [];
const corners = (path: string) => [...path.matchAll(/([-\d.]+),([-\d.]+)/g)].map(([, x, y]) => [+x, +y]);
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

test("basins are drawn parents first as areas over the number of samples", () => {
  // 10 pixels a sample, 10 pixels a unit of the loss
  const spec = profile({ ...twoWells, size: { width: 80, height: 100 }, lossDomain: [0, 10] });
  assert.deepEqual(scaleNamed(spec, "x").domain, [0, 8]);
  assert.deepEqual(
    wells(spec).map(({ path }) => corners(path).length),
    [6, 6, 6],
  );
  assert.deepEqual(corners(wells(spec)[0].path), [
    [15, 50],
    [10, 40],
    [0, 20],
    [80, 20],
    [70, 40],
    [65, 50],
  ]);
  const fraction = profile({ ...twoWells, size: { width: 80, height: 100 }, lossDomain: [0, 10], across: "fraction" });
  assert.deepEqual(scaleNamed(fraction, "x").domain, [0, 1]);
  assert.deepEqual(
    wells(fraction).map(({ path }) => path),
    wells(spec).map(({ path }) => path),
  );
  assert.deepEqual(
    scaleNamed(spec, "loss").domain,
    scaleNamed(spec, "y").domain,
    "colours show the losses of the axis",
  );
});

test("minima lie on top of saddles, and the root has no dot", () => {
  const fills = ownDots(profile(twoWells)).map(({ fill }) => fill);
  assert.deepEqual(fills, [colours.saddle, colours.minimum, colours.minimum]);
});

test("marks carry the vertices of their nodes into the SVG, dots as symbols that a page can move", async () => {
  const vertex = [40, 20, 50, 60];
  const type = ["minimum", "minimum", "saddle", "root"];
  const few = { ...twoWells, basin: [2, 2, 2, 0, 0, 0, 1, 1, 1], dots: { ...twoWells.dots, vertex, type } };
  const verticesOf = async (data: ProfileData) => {
    const svg = await renderSvg(profile(data));
    const [, symbols] = /<g class="mark-symbol[^>]*>((?:<path [^>]*>)*)/.exec(svg.replace(/\n/g, "")) ?? [];
    const numbers = (text = "") => [...text.matchAll(/ data-vertex="(\d+)"/g)].map(([, found]) => Number(found));
    return { all: numbers(svg), symbols: numbers(symbols) };
  };
  assert.deepEqual(await verticesOf(few), { all: [50, 40, 20, 50, 40, 20], symbols: [50, 40, 20] });
  assert.deepEqual(await verticesOf(twoWells), { all: [], symbols: [] });

  // A crowd that a page can still link keeps a mark for each dot; of a larger one dots are drawn together.
  for (const [n, isLinked] of [
    [3000, true],
    [5000, false],
  ] as const) {
    const of = Float64Array.from({ length: n }, (_, k) => k);
    const crowd = { x: of.map((k) => (8 * k) / n), value: of.map((k) => 1 + (7 * k) / n), vertex: of };
    const { symbols } = await verticesOf({ ...few, dots: { ...crowd, type: Array.from(of, () => "minimum") } });
    assert.equal(symbols.length, isLinked ? n : 0);
  }
});

test("a given loss domain fixes the axis and the colours, and what lies beyond is counted", () => {
  const spec = profile({ ...twoWells, lossDomain: [0.01, 6.5] });
  assert.deepEqual(scaleNamed(spec, "y").domain, [0.01, 6.5]);
  assert.deepEqual(scaleNamed(spec, "loss").domain, [0.01, 6.5]);
  assert.equal(scaleNamed(spec, "y").type, "log");
  assert.ok(wells(spec).every(({ path }) => corners(path).every(([, y]) => y >= 0)));
  assert.match(subtitle(spec), /1 of 9 levels beyond the axis/);
  assert.throws(() => profile({ ...twoWells, lossDomain: [1, 1] }), /lossDomain is \[1,1\]/);
});

test("of a crowd of dots those that others hide are left out and counted", () => {
  const n = 30_000;
  const at = Float64Array.from({ length: n }, (_, k) => k / n);
  const x = at.map((share, k) => 8 * ((share * 173) % 1) + 0 * k);
  const type = Array.from(at, (_, k) => (k % 2 ? "minimum" : "saddle"));
  const spec = profile({ ...twoWells, dots: { x, value: at.map((share) => 1 + 7 * share), type } });
  assert.equal(dots(spec).length, 2, "a shape for each kind");
  const drawn = dots(spec).reduce((sum, { path }) => sum + path.split("Z").length - 1, 0);
  const [, hidden] = /([\d,]+) of 30,000 dots lie under others/.exec(subtitle(spec)) ?? [];
  assert.equal(drawn + Number(hidden.replace(",", "")), n);
  assert.ok(drawn < 29_000 && drawn > 10_000, `${drawn} drawn`);
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
  const drawn = corners(wells(spec)[0].path);
  assert.ok(drawn.length > 1600 && drawn.length < 4000, `${drawn.length} corners`);
  const [low, high] = scaleNamed(spec, "y").domain;
  const at = (loss: number) => 290 * (1 - (loss - low) / (high - low));
  assert.ok(Math.abs(drawn[0][1] - at(0)) < 0.01);
  assert.ok(drawn.some(([, y]) => Math.abs(y - at(levels[n - 1])) < 0.01));
});

test("levels and means that are not finite are drawn at the edge, in grey, and counted", () => {
  const value = [5, 6, Infinity, 1, 2, 5, 3, 4, 5];
  const spec = profile({ ...twoWells, value, meanLoss: [Infinity, Infinity, Infinity, 2, 2, 2, 3, 3, 3] });
  assert.equal(corners(wells(spec)[0].path)[2][1], 0);
  assert.match(subtitle(spec), /1 of 9 levels beyond the axis.*mean loss not finite in 1 basin \(grey\)/);
  const none = profile({ ...twoWells, value: value.map(() => Number.NaN), dots: { x: [], value: [], type: [] } });
  assert.match(subtitle(none), /0 of 9 levels finite/);
});
