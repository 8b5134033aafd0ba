import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact, numbers } from "../../src/artifact/artifact.js";
import { treeOf } from "../../stages/artifacts/tree.js";
import { barcodeStage } from "../../stages/barcode.js";
import { compareProfilesStage } from "../../stages/compareProfiles.js";
import { contourTreeStage } from "../../stages/contourTree.js";
import { figureStage } from "../../stages/figure.js";
import { gatherStage } from "../../stages/gather.js";
import { checkLossAxis } from "../../stages/inputs/lossAxis.js";
import { landscapeMetricsStage } from "../../stages/landscapeMetrics.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { profileStage } from "../../stages/profile.js";
import { runStage } from "./runStage.js";

/** A grid with these losses, first axis fastest. */
const grid = (shape: number[], loss: number[]) =>
  artifact(
    "grid",
    {
      loss: Float64Array.from(loss),
      a1: Float64Array.from(loss, (_, i) => i % shape[0]),
      a2: Float64Array.from(loss, (_, i) => Math.floor(i / shape[0])),
    },
    { shape, extent: shape.map((n) => [0, n - 1]), unit: "direction", labels: ["first", "second"] },
  );

// 3   4   5
//   1   |   0      two valleys, saddle at 4
const twoValleys = grid([5, 1], [3, 1, 4, 0, 5]);

test("from a grid to its tree, bars, profile and numbers", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: twoValleys });
  assert.deepEqual(tree.columns.type, ["minimum", "minimum", "saddle", "root"]);
  assert.deepEqual(tree.columns.vertex, Int32Array.of(3, 1, 2, 4));
  assert.deepEqual(tree.columns.parent, Int32Array.of(2, 2, 3, -1));
  assert.deepEqual(treeOf(tree).losses, numbers(twoValleys, "loss"), "the losses of all vertices come along");

  const bars = await runStage(barcodeStage, {}, { tree });
  assert.deepEqual([...numbers(bars, "birth")], [0, 1]);
  assert.deepEqual([...numbers(bars, "death")], [Infinity, 4]);
  const ttk = await runStage(barcodeStage, { essential: "global-max" }, { tree });
  assert.deepEqual([...numbers(ttk, "death")], [5, 4]);

  const profile = await runStage(profileStage, {}, { tree });
  const root = [...(profile.columns.parent as Int32Array)].indexOf(-1);
  assert.equal(numbers(profile, "right")[root] - numbers(profile, "left")[root], 5, "as wide as the number of samples");

  const metrics = await runStage(landscapeMetricsStage, { thresholds: [0, 0.7] }, { tree });
  assert.deepEqual([...numbers(metrics, "minima"), ...numbers(metrics, "minima@70%")], [2, 1]);
  assert.deepEqual([...numbers(metrics, "averagePersistence")], [3]);
  assert.ok(Number.isNaN(numbers(metrics, "averagePersistence@70%")[0]), "the mean of nothing");
});

test("the most persistent basins are shown, and profiles of several points share one picture", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: twoValleys });
  const whole = await runStage(profileStage, {}, { tree });
  const single = await runStage(profileStage, { basins: 1 }, { tree });
  assert.deepEqual([whole.summary.basins, single.summary.basins], [4, 2]);
  assert.equal(Math.max(...numbers(single, "right")), 5, "merged basins keep their samples");
  const profiles = [1, 2, 3].map((beta) => ({ stage: "profile", point: { beta }, artifact: () => whole }));
  const failed = { ...profiles[2], error: "out of memory" };
  const figure = await runStage(compareProfilesStage, { title: "β" }, { profiles: [...profiles.slice(0, 2), failed] });
  const [svg] = figure.columns.svg as string[];
  for (const text of ["beta = 1", "beta = 2", "beta = 3", "failed: out of memory"]) assert.ok(svg.includes(text), text);
  const check = (params: Parameters<typeof checkLossAxis>[0]) => checkLossAxis(params).map(({ message }) => message);
  assert.deepEqual(check({ lossRange: [2, 1] }), ["is [2,1]; expected the lower end first"]);
  assert.deepEqual(check({ lossRange: [0, 1], lossScale: "log" }), ["is [0,1] on a log scale; expected ends above 0"]);
  assert.deepEqual(check({ lossRange: [0.1, 1], lossScale: "log" }), []);
});

test("a contour tree is a table of its arcs", async () => {
  // 3   5   4
  //   1   0        on a line a minimum lies between two slopes
  const { columns, summary } = await runStage(contourTreeStage, {}, { grid: grid([5, 1], [3, 1, 5, 0, 4]) });
  assert.deepEqual(columns.lowerVertex, Int32Array.of(3, 3, 1, 1));
  assert.deepEqual(columns.upperVertex, Int32Array.of(4, 2, 0, 2));
  assert.deepEqual(columns.upperType, ["maximum", "maximum", "maximum", "maximum"]);
  assert.deepEqual([columns.lowerValue, columns.size], [Float64Array.of(0, 0, 1, 1), new Int32Array(4)]);
  assert.deepEqual(summary, { nodes: 5, minima: 2, maxima: 3 });
});

test("simplification takes the short bar away, superlevel turns the landscape over", async () => {
  const simple = await runStage(mergeTreeStage, { simplify: { threshold: 0.7, relative: true } }, { grid: twoValleys });
  assert.deepEqual(simple.columns.type, ["minimum", "root"]);
  const upper = await runStage(mergeTreeStage, { direction: "superlevel" }, { grid: twoValleys });
  assert.deepEqual(upper.columns.type, ["maximum", "maximum", "maximum", "saddle", "root"]);
});

test("gathering puts the tables and headline numbers of each point side by side", async () => {
  const table = (beta: number, minima: number) => ({
    stage: "metrics",
    point: { beta },
    artifact: () => artifact("table", { minima: Float64Array.of(minima), loss: Float64Array.of(9) }),
  });
  const model = (beta: number) => ({
    stage: "model",
    point: { beta },
    artifact: () =>
      artifact(
        "model",
        { step: Int32Array.of(1), loss: Float64Array.of(1), weights: { width: 1, values: new Float64Array(1) } },
        {},
        { loss: 0.5, stopped: "done" },
      ),
  });
  const shared = {
    stage: "baseline",
    point: {},
    artifact: () => artifact("table", { accuracy: Float64Array.of(7) }),
  };
  const failed = { ...table(2, 0), error: "out of memory" };
  const gathered = await runStage(gatherStage, {}, { table: [model(1), model(2), table(1, 3), failed, shared] });
  const names = ["beta", "model.loss", "stopped", "minima", "metrics.loss", "accuracy", "error"];
  assert.deepEqual(Object.keys(gathered.columns), names);
  assert.deepEqual(gathered.columns.beta, Float64Array.of(1, 2));
  assert.deepEqual(gathered.columns.minima, Float64Array.of(3, Number.NaN), "a missing number is NaN");
  assert.deepEqual(gathered.columns.accuracy, Float64Array.of(7, 7), "what is not repeated goes beside every point");
  assert.deepEqual(gathered.columns.error, ["", "metrics: out of memory"]);
  await assert.rejects(
    runStage(gatherStage, { columns: ["minma"] }, { table: [table(1, 3)] }),
    /no column "minma" to gather; there are minima, loss/,
  );
});

test("gather takes each bar as a row where it is asked for, beside the matrix values", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: twoValleys });
  const bars = await runStage(barcodeStage, {}, { tree });
  const at = (beta: number) => ({ stage: "bars", point: { beta }, artifact: () => bars });
  const columns = ["birth", "death"];
  const gathered = await runStage(gatherStage, { rows: "all", columns }, { table: [at(1), at(2)] });
  assert.deepEqual(gathered.columns, {
    beta: Float64Array.of(1, 1, 2, 2),
    birth: Float64Array.of(0, 1, 0, 1),
    death: Float64Array.of(Infinity, 4, Infinity, 4),
  });
});

test("each kind has its picture; what cannot be drawn is told", async () => {
  const plane = grid([4, 3], [5, 4, 4, 5, 3, 1, 2, 4, 5, 3, 3, 6]);
  const tree = await runStage(mergeTreeStage, {}, { grid: plane });
  const drawn = {
    contour: plane,
    tree,
    barcode: await runStage(barcodeStage, {}, { tree }),
    profile: await runStage(profileStage, {}, { tree }),
  };
  for (const [plot, input] of Object.entries(drawn)) {
    const { columns } = await runStage(figureStage, { plot, title: `The ${plot} of β` }, { input });
    assert.match((columns.svg as string[])[0], new RegExp(`^<svg .*The ${plot} of β`, "s"));
    assert.deepEqual([...(columns.png as Uint8Array[])[0].slice(1, 4)], [...Buffer.from("PNG")]);
  }
  await assert.rejects(
    runStage(figureStage, { plot: "contour" }, { input: tree }),
    /a figure with plot: contour draws a grid; it is given a tree/,
  );
  await assert.rejects(
    runStage(figureStage, {}, { input: grid([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]) }),
    /a contour figure draws a grid with 2 axes; this one has 3 \(2 × 2 × 2\)/,
  );
});

test("the barcode of a grid has basins and tunnels, with scores for each", async () => {
  // 9 5 5 5 5
  // 5 1 3 1 5    a ring of 1 … 3 around the 4
  // 5 2 4 2 5
  // 5 1 3 0 5
  // 5 5 5 5 5
  const ring = grid([5, 5], [9, 5, 5, 5, 5, 5, 1, 3, 1, 5, 5, 2, 4, 2, 5, 5, 1, 3, 0, 5, 5, 5, 5, 5, 5]);
  const bars = await runStage(barcodeStage, { connectivity: "axis" }, { grid: ring });
  assert.deepEqual([...numbers(bars, "dimension")], [0, 0, 0, 0, 1]);
  assert.deepEqual([...numbers(bars, "birth")], [0, 1, 1, 1, 3]);
  assert.deepEqual([...numbers(bars, "death")], [Infinity, 3, 2, 2, 4]);
  assert.equal(numbers(bars, "deathVertex")[4], 12, "filled in the middle");
  const { barsH0, toScoreH0, toScoreSumH0, barsH1, toScoreH1 } = bars.summary;
  assert.deepEqual([barsH0, toScoreH0, toScoreSumH0, barsH1, toScoreH1], [4, 4 / 3, 4, 1, 1]);

  const tree = await runStage(mergeTreeStage, {}, { grid: ring });
  const ofTree = await runStage(barcodeStage, {}, { tree });
  const ofGrid = await runStage(barcodeStage, { dimensions: [0] }, { grid: ring });
  assert.deepEqual(ofGrid.columns.birthVertex, ofTree.columns.birthVertex);
  assert.deepEqual(ofGrid.columns.deathVertex, ofTree.columns.deathVertex);
  await assert.rejects(
    runStage(barcodeStage, { dimensions: [1] }, { tree }),
    /dimensions is for a barcode of the grid/,
  );
  await assert.rejects(runStage(barcodeStage, { dimensions: [2] }, { grid: ring }), /dimension 0 to 1; found 2/);
  await assert.rejects(runStage(barcodeStage, {}, {}), /at port "tree" or of a grid at port "grid"; found 0/);
});
