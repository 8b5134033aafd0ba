import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Artifact,
  artifact,
  numbers,
  rowCount,
  type VectorColumn,
  vectorAt,
} from "../../src/artifact/artifact.js";
import { decodeArtifact, encodeArtifact } from "../../src/artifact/artifactFile.js";
import { validate } from "../../src/pipeline/validateParameters.js";
import type { Source } from "../../src/stage.js";
import { embedStage } from "../../stages/embed.js";
import { figureStage } from "../../stages/figure.js";
import { loadDataStage } from "../../stages/loadData.js";
import { distancesOf, normalPoints } from "../embedding/points.js";
import { runStage } from "./runStage.js";

const layout = [{ name: "w", role: "weight", shape: [4], offset: 0 }];

/** A model whose weights wander on a curve in 4 dimensions. */
function walk(rows: number, phase: number, more: Record<string, Int32Array | Float64Array | string[]> = {}) {
  const weights = Float32Array.from({ length: 4 * rows }, (_, c) => {
    const t = Math.floor(c / 4) / rows;
    return [t, Math.sin(3 * t + phase), phase * t, t * t][c % 4];
  });
  return artifact(
    "model",
    {
      step: Int32Array.from({ length: rows }, (_, row) => 10 * row),
      loss: Float64Array.from({ length: rows }, (_, row) => 1 / (1 + row)),
      weights: { width: 4, values: weights },
      ...more,
    },
    { layout },
  );
}

const source = (stage: string, of: Artifact): Source => ({ stage, point: {}, artifact: () => of });
const embedded = (params: object, ...points: Source[]) => runStage(embedStage, params, { points });

test("checkpoints of several models lie on one map, each model a trajectory", async () => {
  const accuracy = (rows: number) => ({ accuracy: Float64Array.from({ length: rows }, (_, row) => row / rows) });
  const models = [
    source("adam", walk(12, 0.2, { ...accuracy(12), epoch: Int32Array.from({ length: 12 }, (_, row) => row) })),
    source("sgd", walk(9, 1, { ...accuracy(9), optimizer: Array<string>(9).fill("sgd") })),
  ];
  for (const method of ["phate", "pca", "mds", "metric-mds", "umap"]) {
    const params = method === "umap" ? { method, neighbors: 6 } : { method };
    const of = await embedded(params, ...models);
    assert.deepEqual(Object.keys(of.columns), ["coordinates", "loss", "epoch", "trajectory", "step", "accuracy"]);
    assert.equal(rowCount(of), 21);
    assert.deepEqual([...numbers(of, "trajectory")], [...Array<number>(12).fill(0), ...Array<number>(9).fill(1)]);
    // Steps take the place of epochs when there are none.
    assert.deepEqual([...numbers(of, "epoch").slice(11, 14)], [11, 0, 10]);
    assert.deepEqual([numbers(of, "loss")[11], numbers(of, "accuracy")[20]], [1 / 12, 8 / 9]);
    assert.deepEqual((of.metadata.names as { trajectories: string[] }).trajectories, ["adam", "sgd"]);
    assert.deepEqual(Object.keys(of.summary).slice(0, 2), ["method", "points"]);
    assert.ok((of.summary.trustworthiness as number) > 0.8, `${method} ${of.summary.trustworthiness}`);
    assert.deepEqual(
      encodeArtifact(await embedded(params, ...models)),
      encodeArtifact(of),
      `${method}: the same bytes`,
    );
    assert.deepEqual(decodeArtifact(encodeArtifact(of)).columns.coordinates, of.columns.coordinates);
  }
});

test("PHATE says how many steps it took and why, and its curve can be drawn", async () => {
  const of = await embedded({ method: "phate", dimensions: 3 }, source("model", walk(30, 1)));
  const { t, entropy } = of.metadata as { t: number; entropy: number[] };
  assert.equal(of.summary.t, t);
  assert.equal(entropy.length, 100);
  assert.equal(vectorAt(of, "coordinates", 4).length, 3);
  assert.equal((await embedded({ method: "phate", t: 5 }, source("model", walk(30, 1)))).summary.t, 5);
  const figure = await runStage(figureStage, { plot: "entropy", title: "steps" }, { of });
  assert.match((figure.columns.svg as string[])[0], /von Neumann entropy/);
  const pca = await embedded({ method: "pca" }, source("model", walk(30, 1)));
  await assert.rejects(runStage(figureStage, { plot: "entropy" }, { pca }), /this one has no entropy curve/);
  const both = await runStage(figureStage, { title: "maps" }, { of, pca });
  const [svg] = both.columns.svg as string[];
  for (const text of ["PHATE: axes 2 and 3", "PCA", "loss", "start"]) assert.ok(svg.includes(text), text);
  const apart = source("far", walk(30, 1));
  const { values } = apart.artifact().columns.weights as VectorColumn;
  for (let at = 0; at < values.length; at++) values[at] += 1000;
  const parts = await embedded({ method: "phate" }, source("model", walk(30, 1)), apart);
  const warned = await runStage(figureStage, {}, { parts });
  assert.match((warned.columns.svg as string[])[0], /PHATE, 2 unconnected parts/);
});

test("the trajectories of a model with many stay apart from those of others", async () => {
  const many = walk(10, 0.4, { trajectory: Int32Array.from({ length: 10 }, (_, row) => row % 2) });
  many.metadata.trajectories = [
    { seed: 0, step: 0.25 },
    { seed: 1, step: 0.25 },
  ];
  const of = await embedded({ method: "pca", rows: [0, 1, 9] }, source("jumps", many), source("one", walk(10, 1)));
  assert.deepEqual([...numbers(of, "trajectory")], [0, 1, 1, 2, 2, 2]);
  const names = ["seed 0, step 0.25", "seed 1, step 0.25", "one"];
  assert.deepEqual((of.metadata.names as { trajectories: string[] }).trajectories, names);
  assert.deepEqual([...numbers(of, "step")], [0, 10, 90, 0, 10, 90]);
  const last = await embedded({ method: "pca", rows: "last" }, source("a", walk(3, 1)), source("b", walk(5, 2)));
  assert.deepEqual([...numbers(last, "step")], [20, 40]);
  await assert.rejects(embedded({ method: "pca", rows: [7] }, source("a", walk(3, 1))), /3 checkpoints.*found 7/);
});

test("samples are on no trajectory and keep their label", async () => {
  const data = await runStage(loadDataStage, { name: "blobs", count: 60, features: 5, classes: 3 });
  const of = await embedded({ method: "tsne", perplexity: 8, iterations: 50 }, source("data", data));
  assert.ok(numbers(of, "trajectory").every((k) => k === -1));
  assert.ok(numbers(of, "loss").every(Number.isNaN) && numbers(of, "epoch").every(Number.isNaN));
  const { values } = data.columns.target as { values: Uint8Array };
  assert.deepEqual([...numbers(of, "label")], [...values]);
  const figure = await runStage(figureStage, {}, { of });
  assert.match((figure.columns.svg as string[])[0], /blob 3/);
});

test("scattered points keep their losses and columns", async () => {
  const coordinates = normalPoints(20, 3, 1);
  const column = (k: number) => coordinates.filter((_, c) => c % 3 === k);
  const points = artifact(
    "points",
    { loss: column(0), a1: column(0), a2: column(1), a3: column(2), distance: column(1) },
    { coordinates: ["a1", "a2", "a3"] },
  );
  const of = await embedded({ method: "metric-mds", solver: "smacof" }, source("points", points));
  assert.deepEqual(Object.keys(of.columns), ["coordinates", "loss", "epoch", "trajectory", "distance"]);
  assert.ok((of.summary.stress as number) < 0.3);
  const steps = artifact(
    "points",
    { ...points.columns, step: Int32Array.from({ length: 20 }, (_, row) => row), model: Array(20).fill("second") },
    points.metadata,
  );
  const along = await embedded({ method: "mds" }, source("points", steps));
  assert.deepEqual([numbers(along, "trajectory")[3], numbers(along, "epoch")[3]], [0, 3]);
});

test("distances of a table are drawn; a table without is refused", async () => {
  const distances = distancesOf(normalPoints(6, 2, 4), 2);
  const labels = ["a", "b", "c", "d", "e", "f"];
  const columns = Object.fromEntries(
    labels.map((label, j) => [label, Float64Array.from(labels, (_, i) => distances[6 * i + j])]),
  );
  const of = await embedded({ method: "metric-mds", solver: "smacof" }, source("table", artifact("table", columns)));
  assert.ok((of.summary.stress as number) < 1e-4);
  // A compare stage gives this when the last of seven points failed.
  const failed = Object.fromEntries(
    Object.entries(columns).map(([name, c]) => [name, Float64Array.of(...c, Number.NaN)]),
  );
  const beta = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
  const failure = [...Array<string>(6).fill(""), "lost"];
  const compared = artifact("table", { beta, x1: beta, x2: beta, ...failed, failure }, { labels });
  const same = await embedded({ method: "metric-mds", solver: "smacof" }, source("table", compared));
  assert.deepEqual(same.columns.coordinates, of.columns.coordinates);
  assert.deepEqual([...numbers(same, "beta")], [1, 2, 3, 4, 5, 6]);
  const rejected = (table: Record<string, Float64Array>, message: RegExp, params: object = { method: "mds" }) =>
    assert.rejects(embedded(params, source("table", artifact("table", table))), message);
  await rejected({ a: beta }, /1 columns of numbers and 7 rows is not a matrix of distances/);
  await rejected({ ...columns, b: columns.c }, /the distances of b and a are .* and .*; expected one number ≥ 0/);
  await rejected(columns, /principal components need points/, { method: "pca" });
  await rejected(columns, /a table of distances always uses all rows/, { method: "mds", rows: "last" });
});

test("what has no place in one space is refused by name", async () => {
  const wider = artifact(
    "model",
    { step: Int32Array.of(0), loss: Float64Array.of(1), weights: { width: 5, values: new Float64Array(5) } },
    { layout: [{ name: "w", role: "weight", shape: [5], offset: 0 }] },
  );
  const model = source("narrow", walk(5, 1));
  await assert.rejects(embedded({ method: "pca" }, model, source("wide", wider)), /the model of wide.*\[?5/);
  const data = source("data", await runStage(loadDataStage, { name: "blobs", count: 5 }));
  await assert.rejects(embedded({ method: "pca" }, model, data), /narrow is a model, data is a dataset/);
  const more = source("more", await runStage(loadDataStage, { name: "blobs", count: 5, features: 3 }));
  await assert.rejects(embedded({ method: "pca" }, data, more), /data has points of 2 coordinates, more of 3/);
});

test("each method has its own parameters", () => {
  const fault = (params: object) => validate("embed", params, "map")[0]?.message;
  assert.equal(fault({ method: "umap", neighbors: 20 }), undefined);
  assert.match(fault({ method: "pca", perplexity: 5 }), /map has no "perplexity"/);
  assert.match(fault({ method: "tsne", knn: 5 }), /map has no "knn"/);
  assert.match(fault({ method: "phates" }), /"phates".*did you mean "phate"/);
  assert.match(fault({}), /lacks "method"; expected "phate", "pca"/);
});

test("a scatter is coloured by any column: numbers by a scale, texts as groups that are the same on every map", async () => {
  const optimizers = [
    ["sgd", "adam"],
    ["adam", "adamw"],
  ];
  const [left, right] = await Promise.all(
    optimizers.map((names) =>
      embedded(
        { method: "pca" },
        ...names.map((name, k) =>
          source(
            name,
            walk(9, k, { optimizer: Array<string>(9).fill(name), batchSize: new Int32Array(9).fill(80 >> (2 * k)) }),
          ),
        ),
      ),
    ),
  );
  const specOf = async (params: object) => {
    const { columns } = await runStage(figureStage, { plot: "scatter", ...params }, { left, right });
    return JSON.parse((columns.spec as string[])[0]);
  };
  const fills = (spec: { marks: { data: { values: { fill: string }[] }[] }[] }, panel: number) => [
    ...new Set(spec.marks[panel].data[0].values.map(({ fill }) => fill)),
  ];
  for (const colour of ["optimizer", "trajectory"]) {
    const spec = await specOf({ colour });
    const key = spec.scales.find(({ name }: { name: string }) => name === "key");
    assert.deepEqual(key.domain.slice(2), ["sgd", "adam", "adamw"]);
    assert.equal(fills(spec, 0)[1], fills(spec, 1)[0], "adam");
    assert.notEqual(fills(spec, 0)[0], fills(spec, 1)[1]);
  }
  const few = await specOf({ colour: "batchSize" });
  const named = few.scales.find(({ name }: { name: string }) => name === "key").domain.slice(2);
  assert.deepEqual(named, ["batchSize 20", "batchSize 80"], "few whole numbers are groups");
  const numbered = await specOf({ colour: "step" });
  assert.deepEqual(numbered.legends[0].title, ["step"]);
  assert.equal(numbered.marks[0].data[0].values[8].loss, 80);
  await assert.rejects(
    specOf({ colour: "weights" }),
    /no column "weights" of numbers or text to colour by; it has loss, epoch, trajectory, step, optimizer, batchSize/,
  );
});
