import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "../../pipeline/planOf.js";

/** Networks of two widths and two seeds at three speeds, with a table of all and one of each width. */
const sweep = (figure: string, matrix = "beta: [1, 2, 3], seed: [0, 1], width: [3, 4]") =>
  faultsOf({
    "p.yaml": `matrix: { ${matrix} }
stages:
  bowl: { uses: train, with: { architecture: { kind: parameters, names: [x, y], start: { x: 1, y: 1 } }, problem: { kind: function, loss: "\${beta} * x^2 + \${width} * y^2 + \${seed}" } } }
  axes: { uses: compute-directions, from: { model: bowl }, with: { method: axes } }
  grid: { uses: sample-grid, from: { model: bowl, directions: axes }, with: { steps: 3 } }
  all: { uses: gather, from: { table: bowl } }
  each: { uses: gather, from: { table: bowl }, by: [width] }
  means: { uses: aggregate, from: { table: all }, with: { over: [width] } }
  it: { uses: figure, ${figure} }
`,
  });

const lines = (of: string, more: string) =>
  sweep(`from: { of: ${of} }, with: { plot: lines, x: beta, y: loss, ${more} }`);

test("an axis that is left over when a figure averages is found before anything runs", () => {
  assert.match(
    lines("all", "over: seed")[0],
    /p\.yaml:9:\d+ it: over: several rows have beta = 1, seed = 0; they differ in "width"; name it in series:, or average/,
  );
  assert.deepEqual(lines("all", "over: seed, series: width"), []);
  assert.deepEqual(lines("each", "over: seed"), []);
  assert.deepEqual(sweep("from: { of: means }, with: { plot: lines, x: beta, y: loss.mean, over: seed }"), []);
  assert.deepEqual(lines("all", "marks: point"), [], "without an average, rows may share a place");
});

test("bars and cells have one row each", () => {
  const bars = (more: string) => sweep(`from: { of: all }, with: { plot: bars, x: beta, y: loss, ${more} }`);
  assert.match(
    bars("series: width")[0],
    /it: x: several rows have beta = 1, width = 3; they differ in "seed"; name it in over:/,
  );
  assert.deepEqual(bars("series: width, over: seed"), []);
  const cells = "with: { plot: heatmap, x: beta, y: width, column: loss }";
  assert.match(sweep(`from: { of: all }, ${cells}`)[0], /several rows have beta = 1, width = 3; they differ in "seed"/);
});

test("axes that advance together, or whose points are excluded, leave nothing over", () => {
  const together = "beta: [1, 2], seed: [0, 1], width: [3, 4], zip: [beta, width]";
  assert.deepEqual(sweep("from: { of: all }, with: { plot: lines, x: beta, y: loss, over: seed }", together), []);
  const excluded = "beta: [1, 2], seed: [0, 1], width: [3, 4], exclude: [{ width: 4 }]";
  assert.deepEqual(sweep("from: { of: all }, with: { plot: lines, x: beta, y: loss, over: seed }", excluded), []);
});

test("two figures do not share a panel", () => {
  const panels = (more: string) =>
    sweep(`from: { of: grid }, ${more} with: { plot: contour, facet: { row: beta, column: seed } }`);
  assert.match(
    panels("")[0],
    /it: facet: several figures would share the panel of beta = 1, seed = 0; they differ in "width"; name it in row:/,
  );
  assert.deepEqual(panels('where: "width == 3",'), []);
});
