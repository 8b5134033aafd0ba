import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "../../src/data/dataset.js";
import { shapesToSegment } from "../../src/data/generated/shapes.js";
import { renderSvg } from "../../src/figures/render.js";
import { segmentation } from "../../src/figures/segmentation.js";
import type { Spec } from "../../src/figures/theme.js";
import { misplacedText, pixelsOf, textBoxes } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const pictures = (spec: Spec): { url: string; x: number; y: number }[] => parts(spec).data[0].values;

// Two grey images of 2 × 2 pixels; of the second, one pixel is wrong and one has no prediction.
const dataset: Dataset = {
  task: "segmentation",
  inputShape: [1, 2, 2],
  targetShape: [2, 2],
  classes: ["thing", "ground"],
  inputs: Uint8Array.of(0, 255, 0, 255, 9, 9, 9, 9),
  targets: Uint8Array.of(0, 1, 0, 1, 1, 1, 0, 0),
  offset: [0],
  scale: [1],
};
const prediction = Int32Array.of(0, 1, 0, 1, 1, 0, 0, -1);

test("a row for each image: the image, its labels, the predicted ones, the share that is right", async () => {
  const spec = segmentation({ title: "", dataset, prediction });
  const all = pictures(spec);
  assert.equal(all.length, 6);
  assert.equal(all[1].url, all[2].url, "where all is right, both maps are the same");
  assert.notEqual(all[4].url, all[5].url);
  assert.ok(all[0].x < all[1].x && all[1].x < all[2].x && all[0].y < all[3].y);
  const texts = (await textBoxes(await renderSvg(spec))).map(({ text }) => text);
  for (const text of ["image", "target", "prediction", "100.0 %", "50.0 %", "thing", "ground", "no prediction"]) {
    assert.ok(texts.includes(text), text);
  }
});

test("a class has one colour in the maps of target and prediction", async () => {
  const spec = segmentation({ title: "", dataset, prediction });
  const at = async (picture: number, pixel: number) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><image href="${pictures(spec)[picture].url}" width="2" height="2"/></svg>`;
    return (await pixelsOf(svg)).at(pixel % 2, Math.floor(pixel / 2));
  };
  assert.deepEqual(await at(5, 0), await at(4, 0));
  assert.deepEqual(await at(5, 1), await at(4, 2), "taken for a thing");
  assert.notDeepEqual(await at(5, 3), await at(4, 3));
  assert.notDeepEqual(await at(5, 3), await at(4, 0), "no prediction has a colour of its own");
});

test("of many images the first 6 are drawn, and no text is cut or lies on other text", async () => {
  const many = shapesToSegment({ count: 9, seed: 0, split: "test", side: 24 });
  const spec = segmentation({ title: "Shapes", dataset: many, prediction: Int32Array.from(many.targets) });
  assert.equal(pictures(spec).length, 18);
  assert.match(String(parts(spec).title.subtitle), /the first 6 of 9 images/);
  assert.deepEqual(await misplacedText(await renderSvg(spec)), []);
  assert.deepEqual(await misplacedText(await renderSvg(segmentation({ title: "Two", dataset, prediction }))), []);
});
