import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import type { Stage } from "../../src/stage.js";
import { barcodeStage } from "../../stages/barcode.js";
import { figureStage } from "../../stages/figure.js";
import { graphHomologyStage } from "../../stages/graphHomology.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { profileStage } from "../../stages/profile.js";
import { runStage } from "./runStage.js";

/** Eight points on a circle; the loss has two valleys, at the points 0 and 4, of depth 0 and 1. */
const losses = [0, 2, 5, 3, 1, 3, 6, 2];
const circle = (extra: Record<string, Artifact["columns"][string]> = {}) =>
  artifact(
    "points",
    {
      loss: Float64Array.from(losses),
      a1: Float64Array.from(losses, (_, v) => Math.cos((v * Math.PI) / 4)),
      a2: Float64Array.from(losses, (_, v) => Math.sin((v * Math.PI) / 4)),
      ...extra,
    },
    { coordinates: ["a1", "a2"], unit: "direction", labels: ["first", "second"] },
  );
const plane = artifact(
  "grid",
  {
    loss: Float64Array.of(5, 4, 4, 5, 3, 1, 2, 4, 5, 3, 3, 0),
    a1: Float64Array.from({ length: 12 }, (_, v) => 0.1 * (v % 4)),
    a2: Float64Array.from({ length: 12 }, (_, v) => 7 * Math.floor(v / 4)),
  },
  {
    shape: [4, 3],
    extent: [
      [0, 0.3],
      [0, 14],
    ],
    unit: "direction",
    labels: ["first", "second"],
  },
);

const vertices = (tree: Artifact) => [...(tree.columns.vertex as Int32Array)];

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
    /connectivity is "given", which needs points with a list column "neighbors"; it is given a points/,
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
    /connectivity is "freudenthal", which needs a grid \(for scattered points "gabriel", .* would do\); it is given a points/,
  );
  await assert.rejects(
    runStage(mergeTreeStage, { connectivity: { knn: 8 } }, { grid: circle() }),
    /8 points have no 8 nearest neighbours each/,
  );
});

test("a circle of points has one component and one cycle", async () => {
  const homology = (params: object) =>
    runStage(graphHomologyStage, { connectivity: { knn: 2 }, ...params }, { points: circle() });
  const { columns, metadata, summary } = await homology({});
  assert.deepEqual([...(columns.dimension as Int32Array)], [0, 0, 1]);
  assert.deepEqual(columns.birth, Float64Array.of(0, 1, 6));
  assert.deepEqual(columns.death, Float64Array.of(Infinity, 5, Infinity));
  assert.deepEqual(columns.birthNeighbor, Int32Array.of(-1, -1, 5));
  assert.deepEqual(metadata.range, [0, 6]);
  assert.deepEqual(summary, { barsH0: 2, barsH1: 1 });
  const closed = await homology({ unpaired: "maximum" });
  assert.deepEqual(closed.columns.death, Float64Array.of(6, 5, 6));
  assert.deepEqual(closed.summary, { barsH0: 2, barsH1: 1, totalPersistenceH0: 52, totalPersistenceH1: 0 });
  assert.deepEqual((await homology({ unpaired: "maximum", power: 1 })).metadata.totalPersistence, [10, 0]);
  const figure = await runStage(figureStage, { title: "A ring" }, { bars: closed });
  assert.match(figure.metadata.caption as string, /^Components and cycles/);
  assert.match((figure.columns.svg as string[])[0], /^<svg .*A ring/s);
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
