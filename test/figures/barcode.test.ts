import assert from "node:assert/strict";
import { test } from "node:test";
import { barcode } from "../../src/figures/barcode.js";
import type { Spec } from "../../src/figures/theme.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const bars = (spec: Spec): { birth: number; death: number; y: number; direction: number }[] =>
  parts(spec).data[0].values;
const subtitle = (spec: Spec) => parts(spec).title.subtitle.join(" ");

test("bars run from birth to death, longest on top, the essential one to the edge", () => {
  const spec = barcode({ title: "bars", dimension: [0, 0, 0], birth: [3, 0, 1], death: [4, Infinity, 4] });
  const edge = parts(spec).scales[0].domain[1];
  assert.ok(edge > 4);
  assert.deepEqual(
    bars(spec).map(({ birth, death, direction }) => [birth, death, direction]),
    [
      [0, edge, 1],
      [1, 4, 0],
      [3, 4, 0],
    ],
  );
  assert.ok(bars(spec)[0].y < bars(spec)[1].y);
  assert.equal(parts(spec).data[1].values.length, 1);
  assert.equal(subtitle(spec), "3 bars, most persistent first");
});

test("dimensions follow one another, with a legend when there are several", () => {
  const spec = barcode({ title: "bars", dimension: [1, 0, 1], birth: [0, 0, 1], death: [9, 1, 2] });
  assert.deepEqual(
    bars(spec).map(({ death }) => death),
    [1, 9, 2],
  );
  assert.deepEqual(parts(spec).scales[1].domain, ["H₀", "H₁"]);
  assert.equal(parts(barcode({ title: "bars", dimension: [0], birth: [0], death: [1] })).legends.length, 0);
});

test("of more than 150 bars the longest are drawn and counted", () => {
  const n = 1000;
  const birth = new Float64Array(n);
  const death = Float64Array.from({ length: n }, (_, k) => 1 + k);
  const spec = barcode({ title: "bars", dimension: new Uint8Array(n), birth, death });
  assert.equal(bars(spec).length, 150);
  assert.equal(Math.min(...bars(spec).map((bar) => bar.death)), 851);
  assert.equal(subtitle(spec), "the 150 most persistent of 1000 bars");
});

test("endless cycles leave the components their share of the 150 bars", () => {
  const spec = barcode({
    title: "bars",
    dimension: Array.from({ length: 1060 }, (_, k) => (k < 60 ? 0 : 1)),
    birth: new Float64Array(1060),
    death: Array.from({ length: 1060 }, (_, k) => (k > 0 && k < 60 ? k : Infinity)),
  });
  assert.equal(bars(spec).filter(({ death }) => death < 60).length, 59);
  assert.equal(bars(spec).length, 150);
  assert.equal(subtitle(spec), "the 150 most persistent of 1060 bars, dimension by dimension");
});

test("a superlevel bar points left, births that are not finite are counted, a wide range gets a log axis", () => {
  const spec = barcode({
    title: "bars",
    dimension: [0, 0, 0],
    birth: [1e4, 1, Number.NaN],
    death: [-Infinity, 0.1, 1],
  });
  assert.equal(bars(spec)[0].direction, -1);
  assert.match(subtitle(spec), /1 with a birth that is not finite, not drawn/);
  assert.equal(parts(spec).scales[0].type, "log");
  assert.match(subtitle(barcode({ title: "none", dimension: [], birth: [], death: [] })), /0 of 0 bars/);
});
