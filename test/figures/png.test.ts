import assert from "node:assert/strict";
import { test } from "node:test";
import { encodePng } from "../../src/figures/png.js";
import { pixelsOf } from "./svg.js";

test("a palette picture comes back pixel by pixel, rows from the top", async () => {
  // red   green  blue
  // blue  blue   red
  const palette: [number, number, number][] = [
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
  ];
  const indices = Uint8Array.from([0, 1, 2, 2, 2, 0]);
  const url = `data:image/png;base64,${encodePng(indices, 3, 2, palette).toString("base64")}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"><image href="${url}" width="3" height="2"/></svg>`;
  const { at } = await pixelsOf(svg);
  const shown = Array.from(indices, (_, k) => at(k % 3, Math.floor(k / 3)));
  assert.deepEqual(
    shown,
    Array.from(indices, (index) => palette[index]),
  );
});
