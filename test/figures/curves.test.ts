import assert from "node:assert/strict";
import { test } from "node:test";
import { curves, type Training } from "../../src/figures/curves.js";
import { renderSvg } from "../../src/figures/render.js";
import { colours, type Spec } from "../../src/figures/theme.js";
import { misplacedText } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const panels = (spec: Spec) => parts(spec).marks;
const lines = (spec: Spec, panel = 0) => panels(spec)[panel].data[0].values;
const yScale = (spec: Spec, panel = 0) => panels(spec)[panel].scales[0];
/** The corners of a line, in pixels. */
const corners = (path: string) => path.split(/(?=[ML])/).map((at) => [at[0], ...at.slice(1).split(",").map(Number)]);

const loss = (values: number[], split: "training" | "validation" = "training") =>
  ({ quantity: "loss", split, values }) as const;
const accuracy = (values: number[]) => ({ quantity: "accuracy", split: "validation", values }) as const;
const one = (training: Partial<Training>) =>
  curves({ title: "", xLabel: "epoch", trainings: [{ label: "a", x: [0, 1, 2], curves: [], ...training }] });

test("losses and accuracies stand below each other over one axis, points at their places", () => {
  const spec = one({ curves: [loss([4, 3, 2]), loss([5, 4, 3], "validation"), accuracy([0.2, 0.6, 0.7])] });
  assert.equal(panels(spec).length, 2);
  assert.deepEqual([lines(spec, 0).length, lines(spec, 1).length], [2, 1]);
  const [low, high] = yScale(spec).domain;
  const height = panels(spec)[0].encode.update.height.value;
  const y = (value: number) => Number((height * (1 - (value - low) / (high - low))).toFixed(1));
  assert.deepEqual(corners(lines(spec)[0].path), [
    ["M", 0, y(4)],
    ["L", 170, y(3)],
    ["L", 340, y(2)],
  ]);
  assert.deepEqual([lines(spec)[0].stroke, lines(spec)[1].stroke], colours.categories.slice(0, 2));
  assert.ok(yScale(spec, 1).domain[1] <= 1.02);
});

test("losses are logarithmic from a decade on, where all are above 0", () => {
  const type = (values: number[]) => yScale(one({ curves: [loss(values)] })).type;
  assert.equal(type([1, 0.5, 0.1]), "log");
  assert.equal(type([1, 0.5, 0.2]), "linear");
  assert.equal(type([1, 0, 0.1]), "linear");
  assert.equal(type([1, Number.NaN, 0.01]), "log");
});

test("several models have colours of their own and dashes for validation", () => {
  const training = (label: string): Training => ({
    label,
    x: [1, 2],
    curves: [loss([2, 1]), loss([3, 2], "validation")],
  });
  const spec = curves({ title: "", xLabel: "epoch", trainings: ["sgd", "adam"].map(training) });
  const drawn = lines(spec).map(({ stroke, dash }: { stroke: string; dash: number[] }) => [stroke, dash.length > 0]);
  const [first, second] = colours.categories;
  assert.deepEqual(drawn, [
    [first, false],
    [first, true],
    [second, false],
    [second, true],
  ]);
  assert.deepEqual(parts(spec).scales[1].domain, ["sgd", "adam", "training", "validation"]);
  const nine = curves({ title: "", xLabel: "epoch", trainings: [..."abcdefghi"].map(training) });
  assert.equal(new Set(lines(nine).map(({ stroke }: { stroke: string }) => stroke)).size, 9);
});

test("a value that is not finite is a gap, and told", () => {
  const spec = one({ x: [0, 1, 2, 3], curves: [loss([4, 3, Number.NaN, 2])] });
  const pens = corners(lines(spec)[0].path).map(([pen]) => pen);
  assert.deepEqual(pens.slice(0, 3), ["M", "L", "M"]);
  assert.match(lines(spec)[0].path, /a1\.5/, "the value behind the gap is a dot");
  assert.match(String(parts(spec).title.subtitle), /1 of 4 values not finite/);
  assert.match(
    String(parts(one({ curves: [loss([Number.NaN, Infinity, 1 / 0])] })).title.subtitle),
    /0 of 3 values finite/,
  );
});

test("a long curve keeps its highest and lowest values with few points", () => {
  const x = Array.from({ length: 20_000 }, (_, i) => i);
  const values = x.map((i) => 2 + Math.sin(i * i));
  values[7003] = 9;
  const path = lines(one({ x, curves: [loss(values)] }))[0].path;
  const points = corners(path);
  assert.ok(points.length < 6000, `${points.length}`);
  const heights = points.map(([, , y]) => Number(y));
  const [low, high] = yScale(one({ x, curves: [loss(values)] })).domain;
  const y = (value: number) => 290 * (1 - (value - low) / (high - low));
  assert.ok(Math.abs(Math.min(...heights) - y(9)) < 0.06);
  assert.ok(Math.abs(Math.max(...heights) - y(Math.min(...values))) < 0.06);
});

test("no text is cut or lies on other text", async () => {
  const training = (label: string): Training => ({
    label,
    x: [1, 2, 3],
    curves: [loss([2.3, 1, 0.02]), loss([2.4, 1, 0.1], "validation"), accuracy([0.1, 0.5, 0.991])],
  });
  for (const labels of [["a"], ["sgd", "adam with weight decay", "lbfgs"], [..."abcdefghijkl"]]) {
    const spec = curves({ title: "How three trainings went", xLabel: "epoch", trainings: labels.map(training) });
    assert.deepEqual(await misplacedText(await renderSvg(spec)), [], labels.join());
  }
  assert.deepEqual(await misplacedText(await renderSvg(one({ x: [0], curves: [loss([1])].slice(0, 1) }))), []);
});
