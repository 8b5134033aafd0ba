import assert from "node:assert/strict";
import { test } from "node:test";
import { scaleBehind } from "../../../src/figures/axes.js";
import type { Outlook } from "../../../src/stage.js";
import { checkFigure, checkFigureInputs } from "../../../stages/inputs/figureChecks.js";
import { plots } from "../../../stages/plots/index.js";
import type { FigureParams, GivenParams } from "../../../stages/plots/plot.js";
import { factsOfPlot, noteAxesOf, plotNames } from "../../../stages/plots/plotFacts.js";
import { pictures } from "../plots/pictures.js";

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
    /^spec\.encoding\.x\.type is "quantitive", which Vega-Lite does not know/,
  );
  assert.match(told(spec({ mark: "pont" }))[0], /^spec\.mark is "pont", which/);
  assert.match(told(spec({ data: { url: "https://example.org/a.csv" } }))[0], /^spec\.data\.url would be loaded/);
});

test("of a mark with a wrong property that property is named, not the type of another mark", () => {
  const data = { name: "in" };
  const encoding = { x: { field: "a", type: "quantitative" } };
  const faults = (part: object) => told({ spec: { data, encoding, ...part } as never }).join();
  assert.match(faults({ mark: { type: "bar", colour: "red" } }), /^spec\.mark has the unknown property "colour"$/);
  assert.match(
    faults({ mark: { type: "bar", colour: "red" }, encoding: { x: { field: "a", typ: "nominal" } } }),
    /^spec\.(mark|encoding\.x) has the unknown property/,
  );
});

test("a Vega specification is checked by Vega's schema, with its place", () => {
  const $schema = "https://vega.github.io/schema/vega/v6.json";
  const scale = { name: "x", type: "linear", domain: { data: "in", field: "a" }, range: "width" };
  const marks = [{ type: "symbol", from: { data: "in" }, encode: { update: { x: { scale: "x", field: "a" } } } }];
  const faults = (part: object) =>
    told({ spec: { $schema, data: [{ name: "in" }], scales: [scale], marks, ...part } as never }).join();
  assert.equal(faults({}), "");
  assert.match(
    faults({ scales: [{ ...scale, type: "linearr" }] }),
    /^spec\.scales\.0\.type .*expected one of .*linear/,
  );
  assert.match(faults({ axes: [{ orient: "left" }] }), /^spec\.axes\.0 lacks the property "scale"/);
  assert.match(faults({ width: "wide" }), /^spec\.width has another type; expected number or object/);
  assert.match(
    faults({ marks: [{ type: "group", marks: [{ type: "symbl" }] }] }),
    /^spec\.marks\.0\.marks\.0\.type is "symbl", which Vega does not know; expected one of arc/,
  );
});

test("a specification loads nothing: no data, not by a signal, no image but a data: URI", () => {
  const $schema = "https://vega.github.io/schema/vega/v6.json";
  const faults = (part: object) => told({ spec: { $schema, ...part } as never }).join();
  assert.match(faults({ data: [{ name: "a", url: "a.csv" }] }), /^spec\.data\.0\.url would be loaded/);
  assert.match(faults({ data: [{ name: "a", url: { signal: "'a.csv'" } }] }), /^spec\.data\.0\.url would be loaded/);
  const image = (value: string) => ({ marks: [{ type: "image", encode: { update: { url: { value } } } }] });
  assert.match(faults(image("https://example.org/a.png")), /^spec\.marks\.0\.encode\.update\.url\.value would be/);
  assert.equal(faults(image("data:image/png;base64,")), "");
  assert.equal(
    told({ spec: { data: { values: [{ url: "https://example.org" }] }, mark: "point" } as never }).join(),
    "",
    "a row of data may have a column url",
  );
});

test("data that no port of the figure has are told with their place", () => {
  const faults = (spec: object) =>
    checkFigureInputs({ spec: spec as never }, given("table", "gather")).map(({ path, message }) => {
      assert.ok(message.startsWith(`${path.slice(1).join(".")} `));
      return `with.${message}`;
    });
  assert.deepEqual(faults({ data: { name: "in" }, mark: "point" }), []);
  assert.match(faults({ data: { name: "inn" } }).join(), /^with\.spec\.data\.name is "inn"; expected a port of the/);
  assert.match(faults({ layer: [{ data: { name: "b" } }] }).join(), /^with\.spec\.layer\.0\.data\.name is "b"/);
  assert.deepEqual(faults({ data: { name: "own", values: [{ a: 1 }] } }), []);
  const $schema = "https://vega.github.io/schema/vega/v6.json";
  assert.match(faults({ $schema, data: [{ name: "b" }] }).join(), /^with\.spec\.data\.0\.name is "b"/);
  assert.deepEqual(faults({ $schema, data: [{ name: "in" }, { name: "few", source: "in" }] }), []);
});

test("a list of columns is drawn as panels, so nothing else lays panels out", () => {
  assert.deepEqual(told({ plot: "lines", x: "epoch", y: ["loss", "accuracy"] }), []);
  assert.match(
    told({ plot: "lines", x: "epoch", y: ["loss", "accuracy"], facet: { row: "beta" } }).join(),
    /y is a list, which has a panel for each column/,
  );
});

test("notes stand at axes of numbers, which the facts about a plot name", async () => {
  for (const [name, { inputs, params }] of Object.entries(await pictures())) {
    const [of] = Object.values(inputs);
    if (name !== params.plot || Array.isArray(of)) continue;
    const spec = plots[params.plot].spec(of, { pixelRatio: 2, title: "", ...params }, {}, "input");
    const scales = (spec.scales ?? []) as { name?: string }[];
    const found = ["x", "y"].filter((axis) => scaleBehind(scales.find((scale) => scale.name === axis)));
    assert.deepEqual(found, [...noteAxesOf(params.plot)], name);
  }
  assert.match(
    told({ plot: "bars", x: "a", y: "b", notes: [{ y: 1 }, { x: 1 }] }).join(),
    /^notes\.1\.x is a place on the axis x, and plot: bars has no axis x of numbers; leave it out$/,
  );
});

const drawn = (params: object, of: Partial<Outlook>) =>
  checkFigureInputs(params, { in: [{ ...given("grid", "sample-grid").in[0], ...of }] })
    .map(({ path, message }) => `${path.join(".")}: ${message}`)
    .join();

test("grids of other axes than a plot draws, and artifacts without what it draws, are refused", () => {
  assert.equal(drawn({ plot: "contour" }, { dimensions: 2 }), "");
  assert.match(
    drawn({ plot: "contour" }, { dimensions: 3 }),
    /^from\.in: is a grid of sample-grid; plot: contour draws grids of 2 axes; a has 3; use "slices" or "isosurface"/,
  );
  const spectrum = {
    kind: "spectrum",
    uses: "hessian",
    undrawn: { density: "has no density; set density: {}" },
  } as const;
  assert.match(
    drawn({ plot: "density" }, spectrum),
    /plot: density cannot draw it: a has no density; set density: \{\}/,
  );
  assert.equal(drawn({ plot: "spectrum" }, spectrum), "");
});

test("without plot: what the default plot does not use is refused, as far as the default is known", () => {
  assert.equal(drawn({ colours: "viridis" } as object, { dimensions: 2 }), "");
  assert.match(
    drawn({ azimuth: 10 }, { dimensions: 2 }),
    /^with\.azimuth: the default plot of a grid of sample-grid, "contour", does not use azimuth; add plot: "surface" or "isosurf/,
  );
  assert.match(drawn({ notes: [{ x: 1 }] }, { kind: "tree", uses: "merge-tree" }), /^with\.notes\.0\.x: .*plot: tree/);
  assert.equal(drawn({ colours: "viridis" } as object, {}), "", "the axes are not known");
});

test("without plot: series: is for the curves of grids of one axis, one line for each value of a matrix axis", () => {
  assert.equal(drawn({ series: "beta" }, { dimensions: 1, axes: ["beta"] }), "");
  assert.match(drawn({ series: "alpha" }, { dimensions: 1, axes: ["beta"] }), /^with\.series: series .*beta/);
  assert.match(drawn({ series: "beta" }, { dimensions: 2, axes: ["beta"] }), /"contour", does not use series/);
  assert.match(told({ series: "beta", facet: { row: "beta" } }).join(), /^series cannot be combined with facet:/);
});

test("words that no title or picture shows are refused", () => {
  assert.match(told({ plot: "tree", title: "A", about: "b" }).join(), /^about adds to the default title, but title:/);
  assert.match(
    told({ plot: "tree", title: undefined, theme: "paper", about: "b" }).join(),
    /^about .* theme: paper has no/,
  );
  assert.match(
    told({ spec: { mark: "point" } as never, notes: [{ x: 1 }] }).join(),
    /notes cannot be combined with a spec/,
  );
});
