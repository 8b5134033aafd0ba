import assert from "node:assert/strict";
import { test } from "node:test";
import { umap } from "../../src/embedding/umap.js";
import { distances, n, testNeighbourMap } from "./neighbourMap.js";

testNeighbourMap("UMAP", (seed, dimensions = 2) =>
  umap(distances, n, { dimensions, neighbors: 8, minDist: 0.1, seed }),
);

test("UMAP needs more points than neighbours", () => {
  assert.throws(
    () => umap(distances, n, { dimensions: 2, neighbors: 60, minDist: 0.1, seed: 0 }),
    /60 neighbours need/,
  );
});
