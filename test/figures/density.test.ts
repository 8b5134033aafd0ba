import assert from "node:assert/strict";
import { test } from "node:test";
import { type DensityBlock, density } from "../../src/figures/density.js";
import { renderSvg } from "../../src/figures/render.js";
import type { Spec } from "../../src/figures/theme.js";
import { sizeOf, textBoxes } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const subtitle = (spec: Spec): string => parts(spec).title.subtitle?.join(" ") ?? "";
const panels = (spec: Spec) => parts(spec).marks;
const panelScale = (spec: Spec, k: number) => panels(spec)[k].scales[0];

/** A triangle of mass 1 around `at`. */
function triangle(name: string, at: number, trace?: { value: number; error: number }): DensityBlock {
  const position = Array.from({ length: 101 }, (_, i) => at + (i - 50) / 50);
  const values = position.map((x) => 1 - Math.abs(x - at));
  const error = values.map((d) => d / 4);
  return { name, size: 10, position, density: values, error, top: [at + 0.5, at], bottom: [at - 0.7], trace };
}

test("one block fills the figure: curve, band, eigenvalues and trace", () => {
  const spec = density({ title: "Hessian", blocks: [triangle("model", 3, { value: 30.123, error: 0.4567 })] });
  assert.equal(panels(spec).length, 1);
  assert.match(subtitle(spec), /10 eigenvalues, trace 30\.12 ± 0\.46; band: ± one standard error/);
  const [points, top, bottom] = panels(spec)[0].data;
  assert.deepEqual(top.values, [3.5, 3]);
  assert.deepEqual(bottom.values, [2.3]);
  const peak = points.values[50];
  assert.deepEqual([peak.density, peak.from, peak.to], [1, 0.75, 1.25]);
  assert.equal(parts(spec).scales[0].type, "linear");
  assert.deepEqual(parts(spec).scales[0].domain, [2, 4]);
});

test("the axis reaches down to where a hundredth of one eigenvalue lies below", () => {
  const spec = density({ title: "", blocks: [triangle("model", 0)] });
  // The two corners of the triangle below height h hold h²; 0.01 of one of 10 eigenvalues is 0.001.
  const [low, high] = panelScale(spec, 0).domain;
  assert.ok(Math.abs(low - Math.sqrt(0.001)) < 0.02, `${low}`);
  assert.equal(high, 1.875);
  assert.ok(panels(spec)[0].data[0].values.every(({ from }: { from: number }) => from >= low));
});

test("several blocks stand below each other over one axis; of many those with the largest trace", () => {
  const blocks = Array.from({ length: 40 }, (_, k) => triangle(`block ${k}`, 0, { value: (k * 7) % 40, error: 1 }));
  const spec = density({ title: "", blocks, threshold: 0.01 });
  assert.equal(panels(spec).length, 16);
  assert.match(subtitle(spec), /16 of 40 blocks/);
  const names = panels(spec).map(
    ({ marks }: Spec & { marks: { encode: { update: { text?: { value: string } } } }[] }) =>
      marks[marks.length - 1].encode.update.text?.value.split(":")[0],
  );
  assert.equal(names[0], "block 0", "the first always");
  assert.ok(names.includes("block 17") && !names.includes("block 6"), "7·17 mod 40 = 39, 7·6 mod 40 = 2");
  assert.match(JSON.stringify(parts(spec).axes), /\\"−10⁻¹\\"/, "logarithmic beyond the threshold");
});

test("no text is cut or lies on other text", async () => {
  const heavy = triangle("heavy", 4e4, { value: 47_552, error: 195 });
  const cases: [string, DensityBlock[], number | undefined][] = [
    ["one", [heavy], 0.04],
    ["linear", [triangle("model", 3)], undefined],
    ["three", [heavy, triangle("layer_0", -200), { ...triangle("bias", 2), size: 1 }], 0.04],
    ["many", Array.from({ length: 20 }, (_, k) => triangle(`layer_${k}`, k * 20 - 100)), 1],
  ];
  for (const [title, blocks, threshold] of cases) {
    const svg = await renderSvg(density({ title, blocks, threshold }));
    const { width, height } = sizeOf(svg);
    const boxes = await textBoxes(svg);
    for (const [i, a] of boxes.entries()) {
      assert.ok(a.left >= 0 && a.right <= width && a.top >= 0 && a.bottom <= height, `${title}: ${a.text} is cut`);
      for (const b of boxes.slice(0, i)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert.ok(apart, `${title}: ${a.text} lies on ${b.text}`);
      }
    }
  }
});

test("a figure without blocks is refused", () => {
  assert.throws(() => density({ title: "", blocks: [] }), /no density to draw/);
});
