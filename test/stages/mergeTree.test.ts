import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact, numbers } from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import type { Stage } from "../../src/stage.js";
import { treeOf } from "../../stages/artifacts/tree.js";
import { barcodeStage } from "../../stages/barcode.js";
import { graphHomologyStage } from "../../stages/graphHomology.js";
import { landscapeMetricsStage } from "../../stages/landscapeMetrics.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { profileStage } from "../../stages/profile.js";
import { circle, plane, vertices } from "./circleOfPoints.js";
import { runStage } from "./runStage.js";
import { grid, twoValleys } from "./twoValleys.js";

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

test("simplification takes the short bar away, superlevel turns the landscape over", async () => {
  const simple = await runStage(mergeTreeStage, { simplify: { threshold: 0.7, relative: true } }, { grid: twoValleys });
  assert.deepEqual(simple.columns.type, ["minimum", "root"]);
  const upper = await runStage(mergeTreeStage, { direction: "superlevel" }, { grid: twoValleys });
  assert.deepEqual(upper.columns.type, ["maximum", "maximum", "maximum", "saddle", "root"]);
});

test("losses that are NaN are counted in the summary and in the log, in both directions", async () => {
  const losses = [1, Number.NaN, 0, 2];
  const said: string[] = [];
  const field = grid([4, 1], losses);
  const log = (text: string) => said.push(text);
  const upper = await runStage(mergeTreeStage, { direction: "superlevel" }, { grid: field }, { log });
  assert.equal(upper.summary?.notNumbers, 1);
  assert.deepEqual(said, ["1 loss is NaN and counts as +Infinity: such samples are the highest maxima\n"]);
  const lower = await runStage(mergeTreeStage, {}, { grid: field }, { log });
  assert.equal(lower.summary?.notNumbers, 1);
  assert.equal((await runStage(mergeTreeStage, {}, { grid: twoValleys })).summary?.notNumbers, undefined);
});

test("a periodic axis joins what its ends cut in two; unknown axes and scattered points are refused", async () => {
  // 0 4 5 4 1: two valleys on a line, one on a circle
  const field = grid([5, 1], [0, 4, 5, 4, 1]);
  const minima = async (params: object) =>
    ((await runStage(mergeTreeStage, params, { grid: field })).columns.type as string[]).filter(
      (type) => type === "minimum",
    ).length;
  assert.equal(await minima({}), 2);
  for (const periodic of [["first"], ["a1"], [1]]) assert.equal(await minima({ periodic }), 1);
  assert.equal(await minima({ periodic: ["second"] }), 2);
  await assert.rejects(minima({ periodic: ["x"] }), /periodic names the axis x; the grid has first, second, or 1 to 2/);
  await assert.rejects(
    runStage(mergeTreeStage, { periodic: [1], connectivity: { knn: 2 } }, { grid: circle() }),
    /periodic needs a grid .*; found a points with \{"knn":2\}/,
  );
});

test("losses whose range is above the largest double have a tree; their metrics say why there are none", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: grid([3, 1], [1.7e308, -1.7e308, 1e308]) });
  await assert.rejects(
    runStage(landscapeMetricsStage, {}, { tree }),
    /losses from -1.7e\+308 to 1.7e\+308 span a range above the largest double/,
  );
});

test("points become a tree by their nearest neighbours or their Gabriel graph, and the tree a profile", async () => {
  for (const connectivity of [{ knn: 2 }, { knn: 2, mutual: true }, "gabriel", { betaSkeleton: 2 }]) {
    const tree = await runStage(mergeTreeStage, { connectivity }, { grid: circle() });
    assert.deepEqual(vertices(tree), [0, 4, 2, 6], JSON.stringify(connectivity));
    assert.deepEqual(tree.metadata.connectivity, connectivity);
    const again = decodeArtifact(encodeArtifact(tree));
    const bars = await runStage(barcodeStage, {}, { tree: again });
    assert.deepEqual([...numbers(bars, "death")], [Infinity, 5]);
    const profile = await runStage(profileStage, {}, { tree: again });
    assert.ok(numbers(profile, "right").includes(8));
  }
});

test("by default points are joined to their 4·dimension nearest, as far as there are so many", async () => {
  const tree = await runStage(mergeTreeStage, {}, { grid: circle() });
  assert.deepEqual(tree.metadata.connectivity, { knn: 7 });
  assert.deepEqual(vertices(tree), [0, 6], "all touch all");
  const grid = await runStage(mergeTreeStage, {}, { grid: plane });
  assert.equal(grid.metadata.connectivity, "freudenthal");
});

test("points may bring their graph, each edge at either end", async () => {
  const neighbors = {
    offsets: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 7),
    values: Int32Array.of(1, 2, 3, 4, 5, 6, 7),
  };
  const given = circle({ neighbors }); // a path from 0 to 7
  const tree = await runStage(mergeTreeStage, {}, { grid: given });
  assert.equal(tree.metadata.connectivity, "given");
  assert.deepEqual(vertices(tree), [0, 4, 7, 2, 6]);
  const { loss } = given.columns;
  const bare = artifact("points", { loss, neighbors });
  assert.deepEqual(vertices(await runStage(mergeTreeStage, {}, { grid: bare })), [0, 4, 7, 2, 6]);
  await assert.rejects(
    runStage(mergeTreeStage, { connectivity: "gabriel" }, { grid: bare }),
    /the points have no coordinates/,
  );
  await assert.rejects(
    runStage(mergeTreeStage, { connectivity: "given" }, { grid: circle() }),
    /connectivity is "given", which needs points with a list column "neighbors"; found a points/,
  );
});

test("a grid's distances count steps: its Gabriel graph is the grid itself, whatever the extent", async () => {
  const bars = async (connectivity: unknown) =>
    (await runStage(graphHomologyStage, { connectivity }, { points: plane })).columns;
  assert.deepEqual(await bars("gabriel"), await bars("axis"));
  assert.deepEqual(await bars({ betaSkeleton: 1.5 }), await bars("axis"));
  assert.equal(
    numbers(await runStage(graphHomologyStage, { connectivity: "axis" }, { points: plane }), "birth").length,
    8,
  );
});

test("a grid's connectivity on points says what would do", async () => {
  await assert.rejects(
    runStage(mergeTreeStage, { connectivity: "freudenthal" }, { grid: circle() }),
    /connectivity is "freudenthal", which needs a grid \(for scattered points use "gabriel", .*\); found a points/,
  );
  await assert.rejects(
    runStage(mergeTreeStage, { connectivity: { knn: 8 } }, { grid: circle() }),
    /8 points cannot have 8 nearest neighbours each/,
  );
});

test("a connectivity that fits no schema is told in words", () => {
  const faults = (connectivity: unknown) =>
    [mergeTreeStage, graphHomologyStage].flatMap((stage: Stage) => {
      const params = { connectivity };
      const found = validate(stage.name, params, "tree");
      return (found.length > 0 ? found : (stage.check?.(params) ?? [])).map(({ message }) => message);
    });
  const both = (message: string) => [message, message];
  assert.deepEqual(faults("gabriel"), []);
  assert.deepEqual(faults({ knn: 8, mutual: true }), []);
  assert.deepEqual(
    faults("gabrel"),
    both(
      'tree.connectivity is "gabrel"; expected "axis", "freudenthal", "full", "gabriel" or "given"; did you mean "gabriel"?',
    ),
  );
  assert.deepEqual(faults(8), both("tree.connectivity is 8; expected text or a mapping"));
  assert.deepEqual(
    faults({ kn: 8 }),
    both('tree.connectivity has no "kn"; expected "knn", "mutual" or "betaSkeleton"; did you mean "knn"?'),
  );
  assert.deepEqual(faults({ knn: 0 }), both("tree.connectivity.knn is 0; expected a number >= 1"));
  assert.deepEqual(
    faults({ mutual: true }),
    both("connectivity has neither of knn and betaSkeleton; expected one of them"),
  );
  assert.deepEqual(
    faults({ mutual: true, betaSkeleton: 1 }),
    both("connectivity has mutual with betaSkeleton; it belongs to knn"),
  );
});
