import assert from "node:assert/strict";
import { test } from "node:test";
import { embed } from "../../src/embedding/embed.js";
import { phate } from "../../src/embedding/phate.js";
import { phateDefaults } from "../../src/embedding/phatePotential.js";
import { npz, referencePath, withoutReference } from "../reference.js";
import { distancesOf, normalPoints, procrustesCorrelation } from "./points.js";

const map = { dimensions: 2, mds: "metric", solver: "smacof", mdsDistance: "euclidean" } as const;
const rowsOf = (values: Float64Array, width: number) =>
  Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));

for (const [set, width, steps] of [
  ["dla_tree_n300_d20", 20, 21],
  ["traj5x60_d200", 200, 23],
] as const) {
  test(`${set}: from the points to phate's map`, { skip: withoutReference("phate") }, async () => {
    const { X, smacof_raw, embedding_metric_smacof } = npz(referencePath("phate", `${set}.npz`));
    const { coordinates, t, stress } = await phate({ points: rowsOf(X.values, width) }, { ...phateDefaults, ...map });
    assert.equal(t, steps);
    assert.ok(procrustesCorrelation(coordinates, smacof_raw.values) > 0.9999);
    assert.ok(procrustesCorrelation(coordinates, embedding_metric_smacof.values) > 0.999);
    assert.ok(stress.normalized > 0.04 && stress.normalized < 0.3);
  });
}

test("landmarks put all points on the map, near where they are without", async () => {
  const points = normalPoints(400, 5, 1).map((x, c) => x + 12 * Math.sin((c % 5) + (3 * Math.floor(c / 5)) / 400));
  const draw = async (landmarks: number | "none") =>
    (await phate({ points: rowsOf(points, 5) }, { ...phateDefaults, ...map, landmarks, t: 10 })).coordinates;
  const [all, few] = [await draw("none"), await draw(120)];
  assert.equal(few.length, all.length);
  assert.ok(procrustesCorrelation(all, few) > 0.95);
});

test("a map is as good as stated, of sampled points where there are many", async () => {
  const points = normalPoints(1100, 3, 2).map((x, c) => (c % 3 === 2 ? x / 100 : x));
  const options = { method: "mds", dimensions: 2, pca: "none", distance: "euclidean" } as const;
  const all = await embed({ points: rowsOf(points, 3) }, options, () => {});
  assert.equal(all.judged, 1000);
  assert.ok(all.quality.trustworthiness > 0.99 && all.quality.demap > 0.9 && all.quality.stress.scaled < 0.01);
});

test("principal components of points are the classical map of their distances", async () => {
  const points = normalPoints(40, 6, 7).map((x, c) => x * (1 + (c % 6)));
  const [source, dimensions] = [{ points: rowsOf(points, 6) }, 2];
  const byAxes = (await embed(source, { method: "pca", dimensions }, () => {})).coordinates;
  const byDistances = await embed(source, { method: "mds", dimensions, pca: "none", distance: "euclidean" }, () => {});
  for (let c = 0; c < byAxes.length; c++) assert.ok(Math.abs(byAxes[c] - byDistances.coordinates[c]) < 1e-9);
  const distances = distancesOf(points, 6);
  assert.deepEqual(
    (
      await embed({ distances, n: 40 }, { method: "mds", dimensions, pca: "none", distance: "cosine" }, () => {})
    ).coordinates.map((x) => Math.round(1e8 * x) + 0),
    byDistances.coordinates.map((x) => Math.round(1e8 * x) + 0),
  );
  await assert.rejects(
    () => embed({ distances, n: 40 }, { method: "pca", dimensions }, () => {}),
    /principal components need/,
  );
});

test("long work says how far it is, from the first block of coordinates on, and stops where it is told to", async () => {
  const points = rowsOf(normalPoints(12, 5000, 3), 5000);
  const options = {
    method: "umap",
    neighbors: 5,
    minDist: 0.1,
    seed: 0,
    dimensions: 2,
    distance: "euclidean",
  } as const;
  for (const pca of [4, "none"] as const) {
    const fractions: number[] = [];
    const notes = new Set<string>();
    await embed({ points }, { ...options, pca }, (fraction, note) => {
      fractions.push(fraction);
      notes.add(note);
    });
    assert.deepEqual([...notes], ["distances", "umap", "quality"]);
    assert.deepEqual(
      fractions,
      [...fractions].sort((a, b) => a - b),
    );
    assert.ok(fractions.filter((fraction) => fraction > 0 && fraction < 0.1).length > 0);
    const stop = (fraction: number) => {
      if (fraction > 0) throw new Error("stopped");
    };
    await assert.rejects(() => embed({ points }, { ...options, pca }, stop), /stopped/);
  }
});
