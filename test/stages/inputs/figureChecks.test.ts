import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFigure, checkFigureInputs } from "../../../stages/inputs/figureChecks.js";
import type { FigureParams, GivenParams } from "../../../stages/plots/plot.js";
import { factsOfPlot, plotNames } from "../../../stages/plots/plotFacts.js";

const told = (params: Partial<GivenParams>) =>
  checkFigure({ title: "", pixelRatio: 2, ...params }).map(({ path, message }) => `${path.join(".")} ${message}`);

/** A value for each parameter that some plot uses. */
const values: Partial<FigureParams> = {
  ...{ lossRange: [1, 2], lossScale: "log", colours: "viridis", column: "accuracy", azimuth: 10, elevation: 20 },
  ...{
    levels: [1],
    across: "fraction",
    colour: "epoch",
    x: "a",
    y: "b",
    series: "c",
    over: "seed",
    band: "confidence",
  },
  ...{ marks: "point", xScale: "log", yScale: "log", yRange: [0, 1] },
};

test("every plot refuses exactly the parameters that it does not use, and says which plots do", () => {
  for (const plot of plotNames) {
    const { uses, needs = [] } = factsOfPlot(plot);
    const own = Object.fromEntries(needs.map((name) => [name, "a"]));
    for (const [name, value] of Object.entries(values)) {
      const beside = name === "band" ? { over: "seed" } : {};
      const faults = told({ plot, ...own, ...beside, [name]: value }).filter((fault) => fault.startsWith(`${name} `));
      assert.equal(faults.length, uses.includes(name) ? 0 : 1, `${plot} ${name}: ${faults}`);
    }
  }
  assert.match(told({ plot: "density", lossScale: "log" })[0], /^lossScale plot: density does not use it; "contour", /);
});

test("a plot lacks what it needs, and ranges have their lower end first", () => {
  assert.match(told({ plot: "lines", x: "a" })[0], /lines needs y:/);
  assert.match(told({ plot: "paths", yRange: [2, 1] })[0], /yRange is \[2,1\]; expected the lower end first/);
  assert.match(told({ plot: "lines", x: "a", y: "b", band: "quantiles" })[0], /band needs over:/);
  assert.match(
    told({ plot: "lines", x: "a", y: "b", marks: "violin" })[0],
    /marks is violin; expected line or point for lines/,
  );
});

const given = (kind: "grid" | "tree" | "table", uses: string) => ({
  in: [{ stage: "a", kind, uses, axes: [], steps: 1 }],
});

test("what a plot does not draw is refused before anything runs", () => {
  assert.deepEqual(checkFigureInputs({ plot: "contour" }, given("grid", "sample-grid")), []);
  assert.match(
    checkFigureInputs({ plot: "contour" }, given("tree", "merge-tree"))[0].message,
    /plot: contour draws the "grid"/,
  );
  assert.match(
    checkFigureInputs({}, given("table", "contour-tree"))[0].message,
    /has no default plot; add plot: "lines"/,
  );
  assert.deepEqual(checkFigureInputs({}, given("table", "compare")), []);
  assert.match(checkFigureInputs({ plot: "confusion" }, given("table", "gather"))[0].message, /of a stage "evaluate"/);
});

test("a specification of the user's own is checked by Vega-Lite's schema, with its place", () => {
  const spec = (part: object) => ({ spec: { data: { name: "in" }, mark: "point", ...part } as never });
  assert.deepEqual(told(spec({ encoding: { x: { field: "a", type: "quantitative" } } })), []);
  assert.match(
    told(spec({ encoding: { x: { field: "a", type: "quantitive" } } }))[0],
    /^spec\.encoding\.x\.type has a value that/,
  );
  assert.match(told(spec({ mark: "pont" }))[0], /^spec\.mark has a value/);
  assert.match(told(spec({ data: { url: "https://example.org/a.csv" } }))[0], /^spec\.data\.url would be loaded/);
});

test("a list of columns is drawn as panels, so nothing else lays panels out", () => {
  assert.deepEqual(told({ plot: "lines", x: "epoch", y: ["loss", "accuracy"] }), []);
  assert.match(
    told({ plot: "lines", x: "epoch", y: ["loss", "accuracy"], facet: { row: "beta" } }).join(),
    /y is a list, which has a panel for each column/,
  );
});
