import assert from "node:assert/strict";
import { test } from "node:test";
import { matrixPoints, mentions, pointLabel, projections, substitute } from "../../src/pipeline/matrix.js";

test("points come in matrix order, without the excluded and with the included", () => {
  const axes = { beta: [1, 30], seed: [0, 1] };
  assert.deepEqual(matrixPoints({ axes, exclude: [], include: [] }).map(pointLabel), [
    "beta=1,seed=0",
    "beta=1,seed=1",
    "beta=30,seed=0",
    "beta=30,seed=1",
  ]);
  const chosen = matrixPoints({ axes, exclude: [{ beta: 30 }], include: [{ seed: 7, beta: 50 }] });
  assert.deepEqual(chosen.map(pointLabel), ["beta=1,seed=0", "beta=1,seed=1", "beta=50,seed=7"]);
  assert.deepEqual(projections(chosen, ["beta"]).map(pointLabel), ["beta=1", "beta=50"]);
});

test("values that JSON cannot tell apart are different points", () => {
  const axes = { x: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, "NaN", 1, "1"] };
  const points = matrixPoints({ axes, exclude: [{ x: Number.NEGATIVE_INFINITY }], include: [] });
  assert.deepEqual(
    points.map(({ x }) => x),
    [Number.POSITIVE_INFINITY, Number.NaN, "NaN", 1, "1"],
  );
});

test("a lone reference keeps its type, one inside a text is written out, nested ones are found", () => {
  const value = { steps: "${steps}", title: "β = ${beta}", list: ["${flag}", 3], all: "${optimizer}" };
  const optimizer = { kind: "adam", learningRate: 0.1 };
  const names = new Map(Object.entries({ steps: 41, beta: 1.5, flag: true, optimizer }));
  assert.deepEqual(substitute(value, names), { steps: 41, title: "β = 1.5", list: [true, 3], all: optimizer });
  assert.deepEqual(
    mentions(value).map(({ name, path, isWhole }) => `${path.join(".")}:${name}${isWhole ? "" : "…"}`),
    ["steps:steps", "title:beta…", "list.0:flag", "all:optimizer"],
  );
});

test("labels are safe file names whatever the values are", () => {
  assert.equal(pointLabel({ path: "../a b/c", x: "*:?" }), "path=..%2Fa%20b%2Fc,x=%2A%3A%3F");
});
