import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinesData, lines } from "../../src/figures/lines.js";

const figure = (data: Partial<LinesData>) =>
  // biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
  lines({ title: "lines", series: [], xLabel: "depth", yLabel: "score", marks: "line", ...data }) as any;

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const valuesOf = (spec: any, name: string) => spec.data.find((one: { name: string }) => one.name === name).values;

test("a line joins the means at each x in order, and every row is a dot", () => {
  // (1, 2) and (1, 4) have the mean 3; then (2, 5); x comes unordered
  const spec = figure({ series: [{ label: "a", x: [2, 1, 1], y: [5, 2, 4] }] });
  const dots: { x: number; y: number }[] = valuesOf(spec, "dots");
  assert.equal(dots.length, 3);
  const path = [...valuesOf(spec, "curves")[0].path.matchAll(/[ML]([\d.]+),([\d.]+)/g)].map(([, x, y]) => [+x, +y]);
  assert.equal(path.length, 2);
  const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 0.1, `${a}, ${b}`);
  near(path[0][0], dots[1].x);
  near(path[0][1], (dots[1].y + dots[2].y) / 2);
  near(path[1][0], dots[0].x);
  near(path[1][1], dots[0].y);
  assert.equal(spec.legends.length, 0, "one line needs no key");
});

test("points have no lines, paths no dots but the marked ones, and several have a key", () => {
  const series = [
    { label: "a", x: [0, 1], y: [1, 2], marked: [0.5, 3] as const },
    { label: "b", x: [0, 1], y: [2, 1] },
  ];
  const points = figure({ series, marks: "point" });
  assert.deepEqual([valuesOf(points, "curves").length, valuesOf(points, "dots").length], [0, 4]);
  const paths = figure({ series, marks: "path", markedLabel: "barrier" });
  assert.deepEqual(
    ["curves", "dots", "marked"].map((name) => valuesOf(paths, name).length),
    [2, 0, 1],
  );
  assert.deepEqual(paths.scales[2].domain, ["a", "b", "barrier"]);
});

test("what an axis cannot show is counted", () => {
  const series = [{ label: "a", x: [1, 2, 0, 4], y: [1, NaN, 1, 10] }];
  assert.match(figure({ series }).title.subtitle.join(" "), /^1 of 4 points not finite, not drawn/);
  const log = figure({ series, xScale: "log", yScale: "log" });
  assert.match(JSON.stringify(log.axes[0]), /\\"0\\"/, "0 has a place below a log axis");
  assert.equal(valuesOf(log, "dots").length, 3);
  assert.match(JSON.stringify(figure({ series: [{ label: "a", x: [NaN], y: [1] }] })), /nothing finite/);
});

test("a line is broken at a missing value, whose neighbours stay where they are", () => {
  const y = [1, 2, Number.NaN, 4, 5];
  for (const marks of ["line", "path"] as const) {
    const [{ path }] = valuesOf(figure({ series: [{ label: "a", x: [0, 1, 2, 3, 4], y }], marks }), "curves");
    assert.equal(path.match(/M/g).length, 2, path);
  }
});

test("a band is an area between its ends, with a gap where one is missing", () => {
  const band = { low: [0, 1, Number.NaN, 1], high: [2, 3, 3, 3] };
  const spec = figure({ series: [{ label: "a", x: [0, 1, 2, 3], y: [1, 2, 2, 2], band }] });
  assert.equal(valuesOf(spec, "areas")[0].path.match(/Z/g).length, 2);
});
