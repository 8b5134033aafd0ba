import assert from "node:assert/strict";
import { test } from "node:test";
import { tsne } from "../../src/embedding/tsne.js";
import { distances, n, testNeighbourMap } from "./neighbourMap.js";

testNeighbourMap("t-SNE", (seed, dimensions = 2) =>
  tsne(distances, n, { dimensions, perplexity: 10, iterations: 300, seed }),
);

test("t-SNE needs three neighbours for each unit of perplexity", () => {
  assert.throws(
    () => tsne(distances, n, { dimensions: 2, perplexity: 30, iterations: 1, seed: 0 }),
    /a perplexity of 30 needs 91 points or more, found 60/,
  );
});
