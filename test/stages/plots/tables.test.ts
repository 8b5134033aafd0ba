import assert from "node:assert/strict";
import { test } from "node:test";
import { tableArtifact } from "../../../stages/artifacts/table.js";
import { linesPlot } from "../../../stages/plots/lines.js";
import { barsPlot, distributionPlot, heatmapPlot } from "../../../stages/plots/tables.js";

const many = 20_000;
const table = tableArtifact({
  x: Float64Array.from({ length: many }, (_, row) => row),
  y: Float64Array.from({ length: many }, (_, row) => row % 7),
  name: Array.from({ length: many }, (_, row) => `name ${row}`),
});
const base = { pixelRatio: 1, x: "x", y: "y" } as const;

test("20,000 names are refused where a picture cannot tell them apart, without counting in the square", () => {
  const start = process.cpuUsage();
  const refused: [() => unknown, RegExp][] = [
    [
      () => barsPlot.spec(table, { ...base, plot: "bars", series: "name" }, {}, ""),
      /x: and series: give 4×10⁸ bars; expected at most 2000/,
    ],
    [
      () => distributionPlot.spec(table, { ...base, plot: "distribution" }, {}, ""),
      /x: gives 20,000 groups; expected at most 2000/,
    ],
    [
      () => heatmapPlot.spec(table, { ...base, plot: "heatmap", y: "name", column: "y" }, {}, ""),
      /20,000 × 20,000 cells/,
    ],
  ];
  for (const [draw, message] of refused) assert.throws(draw, message);
  linesPlot.spec(table, { ...base, plot: "lines", series: "name" }, {}, "");
  const { user, system } = process.cpuUsage(start);
  assert.ok(user + system < 3e6, `took ${(user + system) / 1000} ms`);
});
