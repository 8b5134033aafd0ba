import assert from "node:assert/strict";
import { test } from "node:test";
import * as f from "../../../src/graph/functions.js";
import { valuesOf } from "../run.js";

test("resizing by hand: repeated pixels, and a line between two points", async () => {
  const x = f.constant([0, 4], [1, 1, 1, 2]);
  assert.deepEqual(await valuesOf(f.resizeNearest(x, [1, 4])), [0, 0, 4, 4]);
  assert.deepEqual(await valuesOf(f.resizeBilinear(x, [1, 4])), [0, 1, 3, 4]);
  assert.deepEqual(await valuesOf(f.resizeBilinear(x, [1, 5], { alignCorners: true })), [0, 1, 2, 3, 4]);
});
