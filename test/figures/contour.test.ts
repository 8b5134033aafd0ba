import assert from "node:assert/strict";
import { test } from "node:test";
import { contour } from "../../src/figures/contour.js";
import { colours, lossColours, type Spec } from "../../src/figures/theme.js";
import { pixelsOf } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const scaleNamed = (spec: Spec, name: string) =>
  parts(spec).scales.find((scale: { name: string }) => scale.name === name);
const points = (spec: Spec) =>
  parts(spec).data[1].values.map((p: { label: string; x: number; y: number }) => [p.label, p.x, p.y]);
const rgb = (hex: string) => [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16));
const data = { title: "loss", xLabel: "a", yLabel: "b" };

/** The colour of the map at a fraction of its width (from the left) and height (from the top). */
async function mapColour(spec: Spec) {
  const url = parts(spec).marks[0].encode.update.url.value;
  const size = 100;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><image href="${url}" width="${size}" height="${size}" preserveAspectRatio="none"/></svg>`;
  const { at } = await pixelsOf(svg);
  return (u: number, v: number) => at(Math.floor(u * size), Math.floor(v * size));
}

test("first axis to the right, second upwards, cells centred on their coefficients", async () => {
  //  y=10 | 0.3  0.6  grey
  //  y=0  | 0.1  0.5  0.9      x = −1, 0, 1
  const spec = contour({
    ...data,
    x: Float64Array.of(-1, 0, 1),
    y: Float64Array.of(0, 10),
    loss: Float64Array.of(0.1, 0.5, 0.9, 0.3, 0.6, Number.NaN),
  });
  assert.deepEqual(scaleNamed(spec, "x").domain, [-1.5, 1.5]);
  assert.deepEqual(scaleNamed(spec, "y").domain, [-5, 15]);
  assert.deepEqual(scaleNamed(spec, "loss").domain, [0.1, 0.9]);
  const colour = await mapColour(spec);
  assert.deepEqual(colour(1 / 6, 0.75), rgb(lossColours[0]));
  assert.deepEqual(colour(5 / 6, 0.75), rgb(lossColours[lossColours.length - 1]));
  assert.deepEqual(colour(5 / 6, 0.25), rgb(colours.notFinite));
  const dark = ([r, g, b]: number[]) => r + g + b;
  assert.ok(dark(colour(1 / 6, 0.25)) < dark(colour(0.5, 0.75)) && dark(colour(0.5, 0.75)) < dark(colour(0.5, 0.25)));
  assert.deepEqual(colour(0.34, 0.75), colour(0.65, 0.75)); // one cell, one colour, from x = −0.5 to 0.5
  assert.match(String(parts(spec).title.subtitle), /1 of 6 samples not finite \(grey\)/);
});

test("cells between uneven coefficients reach half way to their neighbours", async () => {
  const spec = contour({
    ...data,
    x: Float64Array.of(0, 1, 4),
    y: Float64Array.of(0, 1),
    loss: Float64Array.of(0, 1, 2, 0, 1, 2),
  });
  assert.deepEqual(scaleNamed(spec, "x").domain, [-0.5, 5.5]);
  const colour = await mapColour(spec);
  assert.deepEqual(colour(0.14, 0.5), rgb(lossColours[0])); // x = 0.34
  assert.deepEqual(colour(0.52, 0.5), rgb(lossColours[7])); // x = 2.62, beyond the half way of 1 and 4
});

test("the trained model stands at the centre and the lowest sample at its coefficients", () => {
  const grid = {
    ...data,
    x: Float64Array.of(-1, 0, 1),
    y: Float64Array.of(-1, 0),
    loss: Float64Array.of(4, 5, 6, 7, 2, 1),
  };
  assert.deepEqual(points(contour(grid)), [
    ["lowest sample", 1, 0],
    ["trained model", 0, 0],
  ]);
  assert.deepEqual(points(contour({ ...grid, center: [-0.5, 0.2] }))[1], ["trained model", -0.5, 0.2]);
  assert.equal(points(contour({ ...grid, center: null })).length, 1);
  assert.equal(points(contour({ ...grid, center: [3, 0] })).length, 1);
});

test("colours are logarithmic when losses are positive over more than two decades", () => {
  const x = Float64Array.of(0, 1);
  const type = (loss: number[]) =>
    scaleNamed(contour({ ...data, x, y: x, loss: Float64Array.from(loss) }), "loss").type;
  assert.equal(type([1e-3, 1, 2, 3]), "log");
  assert.equal(type([1e-3, 1, Infinity, Number.NaN]), "log");
  assert.equal(type([0, 1, 2, 3]), "linear");
  assert.equal(type([-1e-3, 1, 2, 3]), "linear");
});

test("a contour line crosses the plot at its true place", () => {
  // loss = x on 0 … 10 in cells of 1: the domain is −0.5 … 10.5, 290 pixels wide
  const x = Float64Array.from({ length: 11 }, (_, i) => i);
  const loss = Float64Array.from({ length: 121 }, (_, v) => v % 11);
  const paths: string[] = parts(contour({ ...data, x, y: x, loss })).data[0].values.map(
    (line: { path: string }) => line.path,
  );
  const at = (value: number) => ((value + 0.5) / 11) * 290;
  for (const value of [1, 5, 9]) {
    const drawn = paths.find((path) => Math.abs(Number(/M([\d.]+)/.exec(path)![1]) - at(value)) < 0.06);
    assert.ok(drawn, `a line at loss ${value}`);
  }
});

test("constant and unusable losses are said in words", () => {
  const x = Float64Array.of(0, 1);
  const subtitle = (loss: number) =>
    String(parts(contour({ ...data, x, y: x, loss: new Float64Array(4).fill(loss) })).title.subtitle);
  assert.match(subtitle(0.25), /constant loss 0.25/);
  assert.match(subtitle(Number.NaN), /0 of 4 samples finite/);
  assert.throws(() => contour({ ...data, x, y: x, loss: new Float64Array(3) }), /2×2 coefficients has 3 losses/);
  assert.throws(
    () => contour({ ...data, x: Float64Array.of(1, 0), y: x, loss: new Float64Array(4) }),
    /must ascend; found 1, 0/,
  );
});

test("a path runs over the map with its ends marked; what lies outside is cut off and counted", () => {
  //  x: 0 … 4 in cells of 1, so the axes are −0.5 … 4.5; the path leaves on the right and comes back
  const x = Float64Array.of(0, 1, 2, 3, 4);
  const loss = Float64Array.from({ length: 25 }, (_, v) => v);
  const walk = { label: "sgd", x: Float64Array.of(1, 8, 2, 3), y: Float64Array.of(1, 1, 1, 2) };
  const spec = contour({ ...data, x, y: x, loss, paths: [walk, { label: "other", x: x.slice(4), y: x.slice(0, 1) }] });
  const at = (value: number) => (((value + 0.5) / 5) * 290).toFixed(2);
  const down = (value: number) => ((1 - (value + 0.5) / 5) * 290).toFixed(2);
  assert.deepEqual(
    parts(spec).data[2].values.map((line: { path: string }) => line.path),
    [`M${at(1)},${down(1)}L290.00,${down(1)}L${at(2)},${down(1)}L${at(3)},${down(2)}`],
  );
  assert.deepEqual(
    parts(spec).data[1].values.map((p: { x: number; y: number; shape: string }) => [p.x, p.y, p.shape]),
    [
      [0, 0, "circle"],
      [2, 1, "circle"],
      [1, 1, "triangle-up"],
      [3, 2, "diamond"],
      [4, 0, "circle"],
      [0, 0, "cross"],
    ],
  );
  assert.match(String(parts(spec).title.subtitle), /1 of 5 projected points outside the grid/);
  assert.deepEqual(scaleNamed(spec, "x").domain, [-0.5, 4.5]);
  assert.deepEqual(scaleNamed(spec, "key").domain, ["sgd", "other", "start", "end", "trained model", "lowest sample"]);

  const home = contour({
    ...data,
    x,
    y: x,
    loss,
    paths: [{ label: "sgd", x: x.slice(0, 2).reverse(), y: Float64Array.of(2, 0) }],
  });
  assert.deepEqual(
    scaleNamed(home, "key").domain,
    ["sgd", "start", "trained model", "lowest sample"],
    "its end is the model",
  );
  const gone = contour({ ...data, x, y: x, loss, paths: [{ label: "far", x: x.map((a) => a + 9), y: x }] });
  assert.deepEqual(scaleNamed(gone, "key").domain, ["trained model", "lowest sample"]);
  assert.match(String(parts(gone).title.subtitle), /5 of 5 projected points outside the grid/);
});
