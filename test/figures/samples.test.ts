import assert from "node:assert/strict";
import { test } from "node:test";
import type { Dataset } from "../../src/data/dataset.js";
import { drawnDigits } from "../../src/data/generated/digits.js";
import { markovText } from "../../src/data/generated/markovText.js";
import { gaussianBlobs, spirals, twoMoons } from "../../src/data/generated/plane.js";
import { colouredShapes, shapesToSegment } from "../../src/data/generated/shapes.js";
import { renderPng, renderSvg } from "../../src/figures/render.js";
import { samples } from "../../src/figures/samples.js";
import { pixelsOf, textBoxes } from "./svg.js";

const options = { count: 30, seed: 0, split: "train" };
const constant = (length: number, value: number) => new Uint8Array(length).fill(value);
const images = (classes: number, channels: number, rest: Partial<Dataset> = {}): Dataset => ({
  task: "classification",
  inputShape: [channels, 8, 8],
  targetShape: [],
  classes: Array.from({ length: classes }, (_, k) => `a very long class name ${k}`),
  inputs: constant(classes * channels * 64, 200),
  targets: Uint8Array.from({ length: classes }, (_, k) => k),
  offset: [0],
  scale: [1],
  ...rest,
});
const tables = (rest: Partial<Dataset>): Dataset => ({
  ...images(0, 1),
  task: "regression",
  inputShape: [9],
  inputs: Float32Array.from({ length: 90 }, (_, i) => (i % 2 === 0 ? 1e-7 : -12345.678) * i),
  targetShape: [3],
  targets: Float32Array.from({ length: 30 }, (_, i) => i / 7),
  ...rest,
});

const datasets: Record<string, Dataset> = {
  "two moons": twoMoons({ ...options, noise: 0.1 }),
  spirals: spirals({ ...options, noise: 0.02, classes: 3, turns: 1.5 }),
  blobs: gaussianBlobs({ ...options, noise: 0.3, classes: 20, features: 5 }),
  digits: drawnDigits(options),
  shapes: colouredShapes(options),
  segmentation: shapesToSegment({ ...options, count: 5, side: 24 }),
  text: markovText({ ...options, letters: 29, choices: 3, length: 80 }),
  "two classes with long names": images(2, 3),
  "a hundred classes": images(100, 3),
  "images with two channels": images(3, 2),
  "images to numbers": images(0, 1, {
    task: "regression",
    inputs: constant(640, 9),
    targets: Float32Array.from({ length: 10 }, (_, i) => i / 3),
  }),
  "rows of numbers": tables({}),
  "rows with one feature and a class": tables({
    task: "classification",
    inputShape: [1],
    inputs: Float32Array.of(1, 2, 3),
    targetShape: [],
    targets: Uint8Array.of(0, 1, 0),
    classes: ["a class with a long name", "b"],
  }),
};

for (const [name, dataset] of Object.entries(datasets)) {
  test(`a contact sheet of ${name}: its words neither overlap nor leave the picture`, async () => {
    const svg = await renderSvg(samples({ title: name, dataset }));
    const boxes = await textBoxes(svg);
    const [, width, height] = (/<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? []).map(Number);
    for (const [i, box] of boxes.entries()) {
      assert.ok(
        box.left >= -0.5 && box.right <= width + 0.5 && box.top >= -0.5 && box.bottom <= height + 0.5,
        box.text,
      );
      for (const other of boxes.slice(i + 1)) {
        const [across, down] = [
          Math.min(box.right, other.right) - Math.max(box.left, other.left),
          Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top),
        ];
        assert.ok(across <= 0.5 || down <= 0.5, `"${box.text}" and "${other.text}" overlap`);
      }
    }
  });
}

test("images are shown as stored, whatever they are standardised to", async () => {
  const dataset = images(2, 3, {
    inputs: Uint8Array.from({ length: 2 * 3 * 64 }, (_, i) => [250, 10, 60][Math.floor(i / 64) % 3]),
    offset: [100, 100, 100],
    scale: [0.1, 0.1, 0.1],
  });
  const { at } = await pixelsOf(await renderSvg(samples({ title: "red", dataset })));
  const found = new Set<string>();
  for (let x = 0; x < 300; x += 3) for (let y = 30; y < 130; y += 3) found.add(at(x, y).slice(0, 3).join());
  assert.ok(found.has("250,10,60"));
});

test("small images are enlarged pixel by pixel, in SVG and PNG", async () => {
  const black = (i: number) => (i + Math.floor(i / 8)) % 2 === 0;
  const dataset = images(2, 1, { inputs: Uint8Array.from({ length: 128 }, (_, i) => (black(i) ? 0 : 100)) });
  const svg = await renderSvg(samples({ title: "a", dataset }));
  assert.match(svg, /<image [^>]*image-rendering: pixelated/);
  const sharp = await renderPng(svg, { scale: 4 });
  const smooth = await renderPng(svg.replaceAll(/ style="image-rendering[^"]*"/g, ""), { scale: 4 });
  assert.ok(sharp.length < smooth.length / 1.5, `${sharp.length} and ${smooth.length} bytes`);
});

test("the subtitle says how much is shown", () => {
  const subtitle = (of: string) =>
    (samples({ title: of, dataset: datasets[of] }).title as { subtitle: string[] }).subtitle.join(" ");
  assert.equal(subtitle("digits"), "30 images of 28 × 28 pixels, by class");
  assert.match(subtitle("a hundred classes"), /one of each of 56 of 100 classes/);
  assert.match(subtitle("blobs"), /30 points; features 1 and 2 of 5; 20 classes, 12 named/);
  assert.match(subtitle("rows of numbers"), /the first 10 of 10 samples; 6 of 9 features; 2 of 3 targets/);
  assert.match(subtitle("text"), /30 samples of 80 characters, 29 different ones; · is a space/);
});
