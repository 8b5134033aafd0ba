import assert from "node:assert/strict";
import { test } from "node:test";
import { contour } from "../../src/figures/contour.js";
import { framed } from "../../src/figures/frame.js";
import { renderPdf } from "../../src/figures/renderPdf.js";

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
