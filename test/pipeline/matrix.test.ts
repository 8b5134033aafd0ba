import assert from "node:assert/strict";
import { test } from "node:test";
import { matrixPoints, pointLabel, projections } from "../../src/pipeline/matrix.js";
import type { Matrix } from "../../src/pipeline/pipeline.js";

const matrix = (parts: Pick<Matrix, "axes"> & Partial<Matrix>): Matrix => ({
  values: new Map(),
  zip: [],
  exclude: [],
  include: [],
  ...parts,
});

test("points come in matrix order, without the excluded and with the included", () => {
  const axes = { beta: [1, 30], seed: [0, 1] };
  assert.deepEqual(matrixPoints(matrix({ axes })).map(pointLabel), [
    "beta=1,seed=0",
    "beta=1,seed=1",
    "beta=30,seed=0",
    "beta=30,seed=1",
  ]);
  const chosen = matrixPoints(matrix({ axes, exclude: [{ beta: 30 }], include: [{ seed: 7, beta: 50 }] }));
  assert.deepEqual(chosen.map(pointLabel), ["beta=1,seed=0", "beta=1,seed=1", "beta=50,seed=7"]);
  assert.deepEqual(projections(chosen, ["beta"]).map(pointLabel), ["beta=1", "beta=50"]);
});

test("axes that go together take their values side by side, at the place of the first", () => {
  const axes = { beta: [1, 30], seed: [0, 1], rate: [0.1, 0.01] };
  assert.deepEqual(matrixPoints(matrix({ axes, zip: [["rate", "beta"]] })).map(pointLabel), [
    "beta=1,seed=0,rate=0.1",
    "beta=1,seed=1,rate=0.1",
    "beta=30,seed=0,rate=0.01",
    "beta=30,seed=1,rate=0.01",
  ]);
});

test("values that JSON cannot tell apart are different points", () => {
  const axes = { x: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, "NaN", 1, "1"] };
  const points = matrixPoints(matrix({ axes, exclude: [{ x: Number.NEGATIVE_INFINITY }] }));
  assert.deepEqual(
    points.map(({ x }) => x),
    [Number.POSITIVE_INFINITY, Number.NaN, "NaN", 1, "1"],
  );
});

test("labels are safe file names whatever the values are", () => {
  assert.equal(pointLabel({ path: "../a b/c", x: "*:?" }), "path=..%2Fa%20b%2Fc,x=%2A%3A%3F");
});
