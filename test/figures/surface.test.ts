import assert from "node:assert/strict";
import { test } from "node:test";
import { renderSvg } from "../../src/figures/render.js";
import { surface } from "../../src/figures/surface.js";
import { boxHeight, surfaceBox } from "../../src/figures/surfaceBox.js";
import { misplacedText, pixelsOf } from "./svg.js";

const axis = (n: number) => Float64Array.from({ length: n }, (_, k) => (2 * k) / (n - 1) - 1);
const over = (n: number, f: (x: number, y: number) => number) =>
  Float64Array.from({ length: n * n }, (_, v) => f(axis(n)[v % n], axis(n)[Math.floor(v / n)]));
const drawn = (loss: Float64Array, azimuth = 0, elevation = 20) => {
  const n = Math.sqrt(loss.length);
  return surface({ title: "", x: axis(n), y: axis(n), loss, xLabel: "x", yLabel: "y", view: { azimuth, elevation } });
};
// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const shapes = (spec: any) => spec.data[0].values as { path: string; fill?: string }[];

test("a wall in front hides the valley behind it, and the model there is a hollow dot", () => {
  // The wall stands at y = −0.6, between the viewer and the model at (0, 0).
  const wall = over(21, (_, y) => (Math.abs(y + 0.6) < 0.11 ? 1 : 0));
  const last = shapes(drawn(wall)).at(-1);
  assert.equal(last?.fill, undefined);
  const fromBehind = shapes(drawn(wall, 180)).at(-1);
  assert.equal(fromBehind?.fill, "#ffffff", "from the other side nothing stands before it");
});

test("the same landscape turned by a right angle is the same picture", () => {
  // f(x, y) seen from an azimuth of 90° is f turned by a right angle seen from 0°.
  const f = (x: number, y: number) => x + 0.3 * y * y;
  const cells = (spec: object) =>
    shapes(spec).filter(({ path }) => (path.match(/L/g)?.length ?? 0) === 3 && path.endsWith("Z"));
  const corners = (path: string) => path.slice(1, -1).split("L").sort().join(" ");
  const key = (spec: object) =>
    cells(spec)
      .slice(1)
      .map(({ path }) => corners(path))
      .sort();
  assert.deepEqual(
    key(drawn(over(9, f), 90)),
    key(
      drawn(
        over(9, (x, y) => f(y, -x)),
        0,
      ),
    ),
  );
});

test("no text lies on other text, however wide the names are, from all sides", async () => {
  const n = 5;
  const loss = over(n, (x, y) => 10 ** (150 * x + y));
  for (const name of ["漢字".repeat(40), "M".repeat(300), "direction 1"]) {
    for (const azimuth of [0, 35, 90, 180]) {
      for (const elevation of [0, 1, 45, 90]) {
        const labels = { title: "", xLabel: name, yLabel: name, lossLabel: "loss" };
        const spec = surface({ ...labels, x: axis(n), y: axis(n), loss, view: { azimuth, elevation } });
        assert.deepEqual(await misplacedText(await renderSvg(spec)), [], `${name} ${azimuth} ${elevation}`);
      }
    }
  }
});

test("cells with a corner that is not finite are holes and are told", async () => {
  const loss = over(9, (x, y) => x * x + y * y);
  const whole = shapes(drawn(loss)).length;
  loss[0] = Number.NaN;
  const spec = drawn(loss);
  assert.ok(shapes(spec).length < whole);
  assert.match(JSON.stringify(spec.title), /1 of 81 samples not finite/);
  assert.ok((await pixelsOf(await renderSvg(spec))).distinct > 50);
});

test("a path lies on the surface; what leaves the grid is counted, what is hidden is faint", () => {
  // A tent along y: a path along x at y = −0.5 runs at half the height of the ridge, in front.
  const n = 21;
  const tent = over(n, (_, y) => 1 - Math.abs(y));
  const path = { label: "training", x: Float64Array.of(-0.8, 0.8, 3), y: Float64Array.of(-0.5, -0.5, -0.5) };
  const box = surfaceBox({
    ...{ title: "", x: axis(n), y: axis(n), loss: tent, xLabel: "x", yLabel: "y", paths: [path] },
    view: { azimuth: 0, elevation: 20 },
  });
  const [{ parts, outside }] = box?.paths ?? [];
  assert.equal(outside, 1);
  for (const [, v, w] of parts.flat()) {
    assert.ok(Math.abs(v + 0.25) < 1e-12);
    assert.ok(Math.abs(w - boxHeight / 2) < 1e-9, `${w}`);
  }
  const faint = (y: number) => {
    const way = { ...path, x: Float64Array.of(-0.5, 0.5), y: Float64Array.of(y, y) };
    const view = { azimuth: 0, elevation: 20 };
    const spec = surface({
      ...{ title: "", x: axis(n), y: axis(n), loss: tent, xLabel: "x", yLabel: "y", paths: [way], view, center: null },
    });
    return (shapes(spec) as { opacity?: number }[]).some(({ opacity }) => opacity === 0.3);
  };
  assert.deepEqual([faint(-0.5), faint(0.5)], [false, true]);
});
