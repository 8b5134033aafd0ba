import assert from "node:assert/strict";
import { test } from "node:test";
import { contour } from "../../src/figures/contour.js";
import { facets } from "../../src/figures/facets.js";
import { framed } from "../../src/figures/frame.js";
import { heatmap } from "../../src/figures/heatmap.js";
import { renderPdf } from "../../src/figures/renderPdf.js";
import type { FigureText, PlotSize } from "../../src/figures/theme.js";

const axis = Float64Array.from([-1, 0, 1]);
const draw = (size?: { width: number; height: number }) =>
  contour({
    ...{ title: "Loss & more", x: axis, y: axis, xLabel: "x", yLabel: "y", size },
    loss: Float64Array.from([2, 1, 2, 1, 0, 1, 2, 1, 2]),
  });

test("a PDF has the size of the picture in mm, its fonts embedded, and the same bytes every time", async () => {
  const { svg } = await framed(draw, { width: 85, theme: "paper" });
  assert.match(svg, /^<svg[^>]* width="85mm"/);
  const [first, second] = [await renderPdf(svg), await renderPdf(svg)];
  assert.deepEqual(first, second);
  const text = Buffer.from(first).toString("latin1");
  assert.match(text, /^%PDF-1\.\d/);
  const [, width] = /MediaBox \[0 0 ([\d.]+) /.exec(text) ?? [];
  assert.ok(Math.abs(Number(width) - (85 / 25.4) * 72) < 0.1, `${width} points`);
  assert.match(text, /DejaVuSans/);
  assert.match(text, /\/Subtype \/Image/);
});

test("text keeps its size in points whatever the width, and a dark page has light text", async () => {
  const sizes = await Promise.all(
    [60, 120].map(async (width) => {
      const { svg } = await framed(draw, { width, fontSize: 8 });
      const [, mm, , units] = /width="([\d.]+)mm"[^>]*viewBox="0 0 (([\d.]+)) /.exec(svg) ?? [];
      return (11 * Number(mm)) / Number(units);
    }),
  );
  for (const size of sizes) assert.ok(Math.abs(size - (8 * 25.4) / 72) < 0.02, `${size} mm`);
  const { svg } = await framed(draw, { theme: "dark" });
  assert.ok(!svg.includes('fill="#1f2430"') && svg.includes('fill="#14171d"'));
});

test("the gradient of a colour bar runs along the whole bar", async () => {
  const { svg } = await framed(draw, {});
  const [, length] = /<path d="M0,0h[\d.]+v([\d.]+)h-[\d.]+Z" fill="url\(#gradient_0\)"/.exec(svg) ?? [];
  const text = Buffer.from(await renderPdf(svg)).toString("latin1");
  const found = [...text.matchAll(/\/Coords \[([^\]]*)\]/g)].map(([, numbers]) => numbers.split(" ").map(Number));
  assert.ok(found.length > 0 && Number(length) > 50);
  for (const [x1, y1, x2, y2] of found) {
    assert.equal(x1, x2);
    assert.ok(Math.abs(Math.abs(y2 - y1) - Number(length)) < 0.01, `${y1} to ${y2} of ${length}`);
  }
});

test("no text of a picture is smaller than the numbers of its axes, whatever the width", async () => {
  const values = Array.from({ length: 9 }, (_, k) => k / 7);
  const names = ["a", "b", "c"];
  const table = (size?: PlotSize) =>
    heatmap({ title: "", size, rows: names, columns: names, values, rowLabel: "r", columnLabel: "c", valueLabel: "v" });
  const panels = (size?: PlotSize) =>
    facets(
      { title: "", size },
      ["one", "two"].map((label) => ({ label, draw: ({ size }: FigureText) => table(size) })),
      { columns: 2, share: "all" },
    );
  for (const each of [table, panels, draw]) {
    const { svg } = await framed(each, { width: 120, fontSize: 8 });
    const sizes = [...svg.matchAll(/font-size="([\d.]+)px"/g)]
      .map(([, size]) => Number(size))
      .filter((size) => size > 1);
    assert.ok(Math.min(...sizes) >= 11, `${Math.min(...sizes)}`);
  }
});
