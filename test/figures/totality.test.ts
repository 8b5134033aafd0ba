import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { barcode } from "../../src/figures/barcode.js";
import { bars as barsOf } from "../../src/figures/bars.js";
import { comparison } from "../../src/figures/comparison.js";
import { confusion } from "../../src/figures/confusion.js";
import { contour } from "../../src/figures/contour.js";
import { curves } from "../../src/figures/curves.js";
import { density } from "../../src/figures/density.js";
import { diagram } from "../../src/figures/diagram.js";
import { distribution } from "../../src/figures/distribution.js";
import { entropy } from "../../src/figures/entropy.js";
import { facets } from "../../src/figures/facets.js";
import { heatmap } from "../../src/figures/heatmap.js";
import { isosurface } from "../../src/figures/isosurface.js";
import { lines } from "../../src/figures/lines.js";
import { lossScale, placeOn, scaleFraction } from "../../src/figures/lossScale.js";
import { mergeTree } from "../../src/figures/mergeTree.js";
import { profile } from "../../src/figures/profile.js";
import { renderSvg } from "../../src/figures/render.js";
import { samples } from "../../src/figures/samples.js";
import { scatter } from "../../src/figures/scatter.js";
import { segmentation } from "../../src/figures/segmentation.js";
import { solution } from "../../src/figures/solution.js";
import { spectrum } from "../../src/figures/spectrum.js";
import { surface } from "../../src/figures/surface.js";
import type { FigureText, Spec } from "../../src/figures/theme.js";
import { ticks } from "../../src/figures/ticks.js";
import { misplacedText } from "./svg.js";

// Every picture exists for any doubles: tiny, huge, of both signs, zeros among positives, one value, none at all.
const extreme = fc.constantFrom(0, -0, 5e-324, 1e-320, 1e-308, 1e-200, 1, 1e200, 1e303, 1.7e308, -1.7e308, -1e-310);
const anyNumber = fc.oneof(extreme, fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity), fc.constant(1));
const finite = fc.oneof(extreme, fc.double({ noNaN: true, noDefaultInfinity: true }));
const scaleType = fc.constantFrom("auto", "linear", "log");
const many = (length: number, of = anyNumber) =>
  fc.oneof(
    fc.array(of, { minLength: length, maxLength: length }),
    of.map((one) => Array<number>(length).fill(one)),
  );
const ascending = (length: number) =>
  fc
    .uniqueArray(
      finite.map((x) => x + 0),
      { minLength: length, maxLength: length },
    )
    .map((values) => Float64Array.from(values).sort());

/** Whatever the numbers: a picture, within a second. */
function alwaysDrawn<T>(name: string, arbitrary: fc.Arbitrary<T>, specOf: (of: T) => Spec, numRuns = 25): void {
  test(`${name} is a picture of any doubles`, async () => {
    await renderSvg(
      lines({ title: "", series: [{ label: "", x: [0], y: [0] }], xLabel: "", yLabel: "", marks: "line" }),
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, async (of) => {
        const start = process.cpuUsage();
        const svg = await renderSvg(specOf(of));
        assert.match(svg, /<svg/);
        // The time is that of the processor, because other tests run beside this one.
        const { user, system } = process.cpuUsage(start);
        assert.ok(user + system < 1e6, `took ${(user + system) / 1000} ms`);
      }),
      { numRuns },
    );
  });
}

test("a scale places every number between its ends and its ticks ascend", () => {
  fc.assert(
    fc.property(
      fc.array(anyNumber, { maxLength: 6 }),
      scaleType,
      fc.double({ min: 0, max: 0.2, noNaN: true }),
      (values, type, margin) => {
        const scale = lossScale(values, margin, type as "auto");
        if (scale === undefined) return assert.ok(!values.some(Number.isFinite));
        const [low, high] = scale.domain;
        assert.ok(Number.isFinite(low) && Number.isFinite(high) && low < high, `domain [${low}, ${high}]`);
        for (const value of values.filter(Number.isFinite)) {
          const fraction = scaleFraction(scale, value);
          assert.ok(fraction >= -1e-9 && fraction <= 1 + 1e-9, `${value} lies at ${fraction} of [${low}, ${high}]`);
          assert.ok(Number.isFinite(placeOn(scale)(value)));
        }
        for (const count of [3, 5, 7]) {
          const found = ticks(scale, count);
          assert.equal(found.values.length, found.labels.length);
          assert.ok(found.values.length <= 40, `${found.values.length} ticks`);
          assert.ok(
            found.values.every((value, i) => Number.isFinite(value) && (i === 0 || value >= found.values[i - 1])),
          );
          assert.ok(
            found.labels.every((label) => label.length <= 24 && !/NaN|Infinity/.test(label)),
            String(found.labels),
          );
        }
      },
    ),
    { numRuns: 3000 },
  );
});

const title = "";

alwaysDrawn("a contour", fc.tuple(ascending(3), ascending(4), many(12), scaleType), ([x, y, loss, lossScale]) =>
  contour({ title, x, y, loss: Float64Array.from(loss), xLabel: "x", yLabel: "y", lossScale: lossScale as "auto" }),
);

const bars = fc.tuple(many(5), many(5), scaleType).map(([birth, death, lossScale]) => ({
  title,
  dimension: [0, 0, 0, 1, 1],
  birth,
  death,
  lossScale: lossScale as "auto",
}));
alwaysDrawn("a barcode", bars, barcode);
alwaysDrawn("a diagram", bars, diagram);
alwaysDrawn("a merge tree", fc.tuple(many(5), scaleType), ([value, lossScale]) =>
  mergeTree({ title, value, parent: [3, 3, 4, 4, -1], lossScale: lossScale as "auto" }),
);

alwaysDrawn("a profile", fc.tuple(many(4), many(4), scaleType), ([value, meanLoss, lossScale]) =>
  profile({
    title,
    lossScale: lossScale as "auto",
    basin: [0, 0, 1, 1],
    value,
    left: [0, 0, 1, 1],
    right: [4, 4, 2, 3],
    meanLoss,
    dots: { x: [0.5, 1.5], value: value.slice(0, 2), type: ["minimum", "saddle"] },
  }),
);

alwaysDrawn(
  "lines",
  fc.tuple(many(5), many(5), scaleType, scaleType, fc.constantFrom("line", "point", "path")),
  ([x, y, xScale, yScale, marks]) =>
    lines({
      title,
      xLabel: "x",
      yLabel: "y",
      marks: marks as "line",
      xScale: xScale as "auto",
      yScale: yScale as "auto",
      series: [
        { label: "a", x, y, band: { low: y, high: x } },
        { label: "b", x: y, y: x },
      ],
    }),
);

alwaysDrawn("a scatter", fc.tuple(many(8), many(4), scaleType), ([coordinates, loss, lossScale]) =>
  scatter({
    title,
    lossScale: lossScale as "auto",
    maps: [
      {
        label: "m",
        coordinates,
        dimensions: 2,
        loss,
        epoch: [0, 1, 2, 3],
        trajectory: [0, 0, 0, -1],
        group: [0, 0, 0, 1],
        groups: ["a", "b"],
      },
    ],
  }),
);

alwaysDrawn("training curves", many(6), (values) =>
  curves({
    title,
    xLabel: "epoch",
    trainings: [{ label: "a", x: [1, 2, 3, 4, 5, 6], curves: [{ quantity: "loss", split: "training", values }] }],
  }),
);

alwaysDrawn(
  "a density",
  fc.tuple(
    ascending(5),
    many(5),
    many(5),
    many(2),
    fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  ),
  ([position, densities, error, top, threshold]) =>
    density({
      title,
      threshold,
      blocks: [{ name: "all", size: 10, position, density: densities, error, top, bottom: top }],
    }),
);

test("a density that is the largest double everywhere is a picture", async () => {
  const block = {
    name: "all",
    size: 10,
    position: [-1, 0, 1],
    density: Array(3).fill(Number.MAX_VALUE),
    error: [0, 0, 1],
  };
  assert.match(await renderSvg(density({ title, blocks: [{ ...block, top: [1], bottom: [-1] }] })), /<svg/);
});

alwaysDrawn("an entropy", many(6), (values) => entropy({ title, entropy: values, t: 2 }));

alwaysDrawn("a solution", fc.tuple(ascending(3), ascending(2), many(6), many(6)), ([x, y, u, exact]) =>
  solution({ title, x, y, xLabel: "x", yLabel: "t", u: Float64Array.from(u), exact: Float64Array.from(exact) }),
);

alwaysDrawn("a comparison", fc.tuple(many(9), many(3), many(3, finite)), ([distances, x, y]) =>
  comparison({
    title,
    labels: ["a", "b", "c"],
    labelTitle: "name",
    distances: Float64Array.from(distances.map(Math.abs)),
    distanceLabel: "distance",
    x: x.map((value) => (Number.isFinite(value) ? value : 0)),
    y,
    explained: 0.5,
  }),
);

alwaysDrawn("a surface", fc.tuple(ascending(3), ascending(4), many(12), scaleType), ([x, y, loss, lossScale]) =>
  surface({
    ...{ title, x, y, loss: Float64Array.from(loss), xLabel: "x", yLabel: "y", lossScale: lossScale as "auto" },
    view: { azimuth: 35, elevation: 30 },
  }),
);

alwaysDrawn(
  "an isosurface",
  fc.tuple(
    ascending(3),
    ascending(2),
    ascending(3),
    many(18),
    scaleType,
    fc.option(many(2, finite), { nil: undefined }),
  ),
  ([x, y, z, loss, lossScale, levels]) =>
    isosurface({
      ...{ title, loss: Float64Array.from(loss), lossScale: lossScale as "auto", levels },
      axes: [x, y, z].map((values, k) => ({ values, label: `axis ${k}` })),
      view: { azimuth: 35, elevation: 30 },
    }),
);

alwaysDrawn("a heat map", fc.tuple(many(6), scaleType), ([values, lossScale]) =>
  heatmap({
    ...{ title, rows: ["a", "b"], columns: ["1", "2", "3"], values, lossScale: lossScale as "auto" },
    ...{ rowLabel: "r", columnLabel: "c", valueLabel: "v" },
  }),
);

alwaysDrawn("bars", fc.tuple(many(3), many(3), many(3), scaleType), ([value, low, high, yScale]) =>
  barsOf({
    ...{ title, groups: ["a", "b", "c"], xLabel: "x", yLabel: "y", yScale: yScale as "auto" },
    series: [
      { label: "one", value, low, high },
      { label: "two", value: low },
    ],
  }),
);

alwaysDrawn(
  "a distribution",
  fc.tuple(fc.array(anyNumber, { maxLength: 9 }), many(4), scaleType, fc.constantFrom("point", "box", "violin")),
  ([some, four, yScale, marks]) =>
    distribution({
      ...{ title, xLabel: "x", yLabel: "y", yScale: yScale as "auto", marks: marks as "box" },
      groups: [
        { label: "some", values: some },
        { label: "four", values: four },
        { label: "none", values: [] },
      ],
    }),
);

alwaysDrawn(
  "a spectrum",
  fc.tuple(fc.array(anyNumber, { maxLength: 6 }), many(3), scaleType),
  ([top, bottom, yScale]) => spectrum({ title, top, bottom, yScale: yScale as "auto" }),
);

const count = fc.oneof(fc.nat(), fc.constantFrom(0, 1e15, Number.MAX_SAFE_INTEGER));
alwaysDrawn("a confusion matrix", fc.tuple(many(4, count), many(2, count)), ([counts, unpredicted]) =>
  confusion({ title, classes: ["a", "b"], counts: [counts.slice(0, 2), counts.slice(2)], unpredicted }),
);

const dataset = (values: number[], side: number, task: "classification" | "segmentation" | "regression") => ({
  ...{ task, inputShape: side > 0 ? [1, side, side] : [2], targetShape: task === "segmentation" ? [side, side] : [] },
  ...{ classes: ["a", "b"], inputs: Float64Array.from(values), offset: [0], scale: [1] },
});

alwaysDrawn("samples", fc.tuple(many(8), fc.boolean()), ([values, isImage]) => {
  const targets = Int32Array.from(isImage ? [0, 1] : [0, 1, 0, 1]);
  return samples({ title, dataset: { ...dataset(values, isImage ? 2 : 0, "classification"), targets } });
});

alwaysDrawn("samples of numbers", fc.tuple(many(8), many(4)), ([values, targets]) => {
  const of = {
    ...dataset(values, 0, "regression"),
    classes: [],
    targetShape: [1],
    targets: Float64Array.from(targets),
  };
  return samples({ title, dataset: of });
});

alwaysDrawn("a segmentation", fc.tuple(many(8), many(8, fc.constantFrom(-1, 0, 1))), ([values, labels]) =>
  segmentation({
    title,
    dataset: { ...dataset(values, 2, "segmentation"), targets: Int32Array.from(labels, Math.abs) },
    prediction: Int32Array.from(labels),
  }),
);

alwaysDrawn("panels with one scale", fc.tuple(many(3), many(3), scaleType), ([a, b, yScale]) => {
  const cell = (y: number[]) => ({
    label: "panel",
    draw: (text: FigureText) =>
      lines({
        ...{ ...text, xLabel: "x", yLabel: "y", marks: "line" as const, yScale: yScale as "auto" },
        series: [{ label: "a", x: [0, 1, 2], y }],
      }),
  });
  return facets({ title }, [cell(a), { label: "none", missing: "failed" }, cell(b)], { columns: 2, share: "all" });
});

test("a fine heat map, and many points, are pictures within a second, and labels do not reach the title of their axis", async () => {
  const names = Array.from({ length: 300 }, (_, k) => `${k} ${"long name ".repeat(8)}`);
  const values = Float64Array.from({ length: 90_000 }, (_, k) => (k % 91) - 45);
  const labels = { rowLabel: "r", columnLabel: "the title", valueLabel: "v" };
  const fine = heatmap({ title, rows: names, columns: names, values, ...labels });
  const x = Array.from({ length: 20_000 }, (_, k) => k);
  const dense = lines({ title, xLabel: "x", yLabel: "y", marks: "point", series: [{ label: "a", x, y: x }] });
  for (const spec of [fine, dense]) {
    const start = process.cpuUsage();
    const svg = await renderSvg(spec);
    const { user, system } = process.cpuUsage(start);
    assert.ok(user + system < 1e6, `took ${(user + system) / 1000} ms`);
    assert.ok(svg.length < 2e6, `${svg.length} bytes`);
    assert.deepEqual(
      (await misplacedText(svg)).filter((fault) => fault.includes("title")),
      [],
    );
  }
});

test("level sets of losses that their axis cannot show, and a map without places, are pictures", async () => {
  const loss = Float64Array.from({ length: 27 }, (_, k) => [-1e308, 0.05, 1e308][k % 3]);
  const axis = (label: string) => ({ values: Float64Array.of(-1, 0, 1), label });
  const box = { title, loss, axes: [axis("x"), axis("y"), axis("z")], view: { azimuth: 35, elevation: 30 } };
  const lossDomain: [number, number] = [1e-320, 7];
  const ranged = { lossScale: "log" as const, lossDomain, levels: [0.1] };
  assert.match(await renderSvg(isosurface({ ...box, ...ranged })), /<svg/);
  const pair = { labels: ["a", "b"], labelTitle: "name", distances: Float64Array.of(0, 1, 1, 0), distanceLabel: "d" };
  assert.match(await renderSvg(comparison({ title, ...pair, x: [0, 1], y: [0, Number.NaN], explained: 1 })), /no map/);
});
