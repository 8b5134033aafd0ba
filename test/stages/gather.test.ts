import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../src/artifact/artifact.js";
import type { Point, Source } from "../../src/stage.js";
import { barcodeStage } from "../../stages/barcode.js";
import { gatherStage } from "../../stages/gather.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { faultsOf } from "../pipeline/planOf.js";
import { runStage } from "./runStage.js";
import { twoValleys } from "./twoValleys.js";

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
  const names = [
    ...["beta", "model.loss", "model.stopped", "metrics.minima", "metrics.loss", "baseline.accuracy", "failure"],
  ];
  assert.deepEqual(Object.keys(gathered.columns), names);
  assert.deepEqual(gathered.columns.beta, Float64Array.of(1, 2));
  assert.deepEqual(gathered.columns["metrics.minima"], Float64Array.of(3, Number.NaN), "a missing number is NaN");
  assert.deepEqual(
    gathered.columns["baseline.accuracy"],
    Float64Array.of(7, 7),
    "what is not repeated goes beside every point",
  );
  assert.deepEqual(gathered.columns.failure, ["", "metrics: out of memory"]);
  await assert.rejects(
    runStage(gatherStage, { columns: ["minma"] }, { table: [table(1, 3)] }),
    /columns\[0\] is "minma", which is not a column; did you mean "metrics.minima"\?/,
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
    "bars.birth": Float64Array.of(0, 1, 0, 1),
    "bars.death": Float64Array.of(Infinity, 4, Infinity, 4),
  });
});

/** One row at a matrix point. */
const at = (stage: string, point: Point, columns: Record<string, Float64Array | string[]>): Source => ({
  stage,
  point,
  artifact: () => artifact("table", columns),
});

test("a column of any name stays that of its stage: error, failure, and the name of a matrix axis", async () => {
  const columns = (value: number) => ({
    error: Float64Array.of(value),
    failure: Float64Array.of(value + 1),
    beta: Float64Array.of(value + 2),
  });
  const failed = { ...at("two", { beta: 2 }, columns(40)), error: "out of memory" };
  const inputs = [
    ...[at("one", { beta: 1 }, columns(10)), at("one", { beta: 2 }, columns(20))],
    ...[at("two", { beta: 1 }, columns(30)), failed],
  ];
  const { columns: gathered } = await runStage(gatherStage, {}, { table: inputs });
  const none = Number.NaN;
  assert.deepEqual(gathered, {
    beta: Float64Array.of(1, 2),
    "one.error": Float64Array.of(10, 20),
    "one.failure": Float64Array.of(11, 21),
    "one.beta": Float64Array.of(12, 22),
    "two.error": Float64Array.of(30, none),
    "two.failure": Float64Array.of(31, none),
    "two.beta": Float64Array.of(32, none),
    failure: ["", "two: out of memory"],
  });
  await assert.rejects(
    runStage(gatherStage, { columns: ["error"] }, { table: inputs }),
    /columns\[0\] is "error", which matches 2 columns; expected one.error or two.error/,
  );
  const { columns: chosen } = await runStage(gatherStage, { columns: ["two.error"] }, { table: inputs });
  assert.deepEqual(Object.keys(chosen), ["beta", "two.error", "failure"]);
});

test("a point at which everything failed has a row with the messages of all stages", async () => {
  const none = { minima: Float64Array.of(1) };
  const failing = [
    { ...at("one", { beta: 1 }, none), error: "no memory" },
    { ...at("two", { beta: 1 }, none), error: "no time" },
  ];
  const gathered = await runStage(gatherStage, { columns: ["minima"] }, { table: failing });
  assert.deepEqual(gathered.columns, { beta: Float64Array.of(1), failure: ["one: no memory; two: no time"] });
  const axis = [at("one", { failure: 1 }, none)];
  await assert.rejects(runStage(gatherStage, {}, { table: axis }), /a matrix axis is called "failure"/);
});

test("an axis with the name of the column for failures is found before anything runs", () => {
  const text = `matrix: { failure: [1, 2] }
stages:
  data: { uses: load-data, with: { name: two-moons, count: 5, seed: "\${failure}" } }
  it: { uses: gather, from: { table: data } }
`;
  assert.match(faultsOf({ "p.yaml": text })[0], /p\.yaml:4:\d+ it: a matrix axis is called "failure", .*; rename it/);
});
