import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact, type ListColumn, type Metadata, numbers } from "../../src/artifact/artifact.js";
import { pairwiseDistances } from "../../src/embedding/pairwiseDistances.js";
import { phateDefaults, phatePotential } from "../../src/embedding/phatePotential.js";
import { randomStream } from "../../src/linalg/random.js";
import { embedStage } from "../../stages/embed.js";
import { figureStage } from "../../stages/figure.js";
import { graphHomologyStage } from "../../stages/graphHomology.js";
import { circle } from "./circleOfPoints.js";
import { runStage } from "./runStage.js";

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

/** Points of a map whose neighbours are given. */
const map = (loss: number[], lists: number[][], more: Metadata = {}) =>
  artifact(
    "embedding",
    {
      coordinates: { width: 1, values: Float64Array.from(loss.keys()) },
      loss: Float64Array.from(loss),
      epoch: new Float64Array(loss.length),
      trajectory: new Int32Array(loss.length),
      testLoss: Float64Array.from(loss, (x) => 10 * x),
      neighbors: {
        offsets: Int32Array.from([0, ...lists.map((_, i) => lists.slice(0, i + 1).flat().length)]),
        values: Int32Array.from(lists.flat()),
      },
    },
    more,
  );

// Losses on a square with one diagonal:   0 ─ 4
//                                         │ ╲ │
//                                         3 ─ 1
const square = map(
  [0, 4, 1, 3],
  [
    [1, 2],
    [2, 0],
    [3, 1],
    [0, 2],
  ],
);

const random = randomStream(0, "points");

const points = artifact(
  "points",
  {
    loss: Float64Array.from({ length: 40 }, () => random.uniform()),
    ...Object.fromEntries(
      ["a1", "a2", "a3"].map((name) => [name, Float64Array.from({ length: 40 }, () => random.normal())]),
    ),
  },
  { coordinates: ["a1", "a2", "a3"] },
);

/** The first k of all other points in the order of a row of numbers. */
const firstOf = (matrix: Float64Array, i: number, k: number, sign: number) =>
  Array.from({ length: 40 }, (_, j) => j)
    .filter((j) => j !== i)
    .sort((a, b) => sign * (matrix[40 * i + a] - matrix[40 * i + b]) || a - b)
    .slice(0, k);

test("a square with a diagonal: one component, and cycles born where its triangles close", async () => {
  // Edges enter at 1 (0–2), 3 (0–3 and 2–3, which closes), 4 (0–1 and 2–1, which closes).
  const bars = await runStage(graphHomologyStage, { unpaired: "maximum" }, { points: square });
  assert.deepEqual([...(bars.columns.dimension as Int32Array)], [0, 1, 1]);
  assert.deepEqual([...numbers(bars, "birth")], [0, 3, 4]);
  assert.deepEqual([...numbers(bars, "death")], [4, 4, 4]);
  assert.deepEqual(bars.summary, { barsH0: 1, barsH1: 2, totalPersistenceH0: 16, totalPersistenceH1: 1 });
  const test = await runStage(graphHomologyStage, { unpaired: "maximum", column: "testLoss" }, { points: square });
  assert.deepEqual([test.summary.totalPersistenceH0, test.summary.totalPersistenceH1], [1600, 100]);
});

test("the published script's variant: each loss is that of the sample before, an edge that both ends list counts twice", async () => {
  const parameters = { neighborhood: "published-script" };
  // A path 0 ─ 1 ─ 2 whose second edge is listed by both ends; the losses 5, 1, 2 come from the start and the first two
  // samples.
  const path = map([1, 2, 9], [[1], [2], [1]], { parameters });
  const start = artifact("model", {
    step: Int32Array.of(0, 1),
    loss: Float64Array.of(8, 5),
    weights: { width: 1, values: new Float64Array(2) },
  });
  const params = { variant: "published-script", unpaired: "maximum" };
  const bars = await runStage(graphHomologyStage, params, { points: path, start });
  assert.deepEqual([...(bars.columns.dimension as Int32Array)], [0, 1]);
  assert.deepEqual([...numbers(bars, "birth")], [1, 2]);
  assert.deepEqual([...numbers(bars, "death")], [5, 5]);
  assert.deepEqual(bars.summary, { barsH0: 1, barsH1: 1, totalPersistenceH0: 16, totalPersistenceH1: 9 });
  const standard = await runStage(graphHomologyStage, { unpaired: "maximum" }, { points: path });
  assert.deepEqual(standard.summary, { barsH0: 1, barsH1: 0, totalPersistenceH0: 64, totalPersistenceH1: 0 });
  await assert.rejects(
    runStage(graphHomologyStage, params, { points: path }),
    /connect that model to the port "start"/,
  );
  await assert.rejects(
    runStage(graphHomologyStage, params, { points: square, start }),
    /neighborhood: "published-script"/,
  );
});

test("PHATE's map brings the neighbours by potential, and so the graph; the published script's are the largest entries", async () => {
  const params = { method: "phate", neighbors: 6, mdsDistance: "cosine" };
  const near = await runStage(embedStage, params, { points });
  const far = await runStage(embedStage, { ...params, neighborhood: "published-script" }, { points });
  const rows = Array.from({ length: 40 }, (_, i) =>
    Float64Array.of(...["a1", "a2", "a3"].map((name) => numbers(points, name)[i])),
  );
  const { potential } = await phatePotential(
    { distances: await pairwiseDistances(rows, "euclidean"), n: 40 },
    phateDefaults,
  );
  const distances = await pairwiseDistances(
    rows.map((_, i) => potential.subarray(40 * i, 40 * i + 40)),
    "cosine",
  );
  const listed = (column: unknown, i: number) => [...(column as ListColumn).values.subarray(6 * i, 6 * i + 6)];
  const edges = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const nearest = firstOf(distances, i, 6, 1);
    assert.deepEqual(listed(near.columns.neighbors, i), nearest);
    assert.deepEqual(listed(far.columns.neighbors, i), firstOf(potential, i, 6, -1));
    for (const j of nearest) edges.add([i, j].sort((a, b) => a - b).join());
  }
  assert.deepEqual(near.columns.coordinates, far.columns.coordinates);
  const { summary, columns } = await runStage(graphHomologyStage, {}, { points: near });
  const endless = numbers({ ...near, columns }, "death").filter((death) => death === Infinity).length;
  const cycles = summary.barsH1 as number;
  assert.equal(40 - edges.size, endless - cycles - cycles, "Euler's characteristic: components less cycles");
});

test("without a potential for each point there are no neighbours by it", async () => {
  const params = { method: "phate", neighbors: 6, landmarks: 10 };
  await assert.rejects(
    runStage(embedStage, params, { points }),
    /there are 40 points and \d+ landmarks; set landmarks: none/,
  );
});
