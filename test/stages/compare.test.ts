import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import type { Point } from "../../src/stage.js";
import { barcodeStage } from "../../stages/barcode.js";
import { compareStage } from "../../stages/compare.js";
import { figureStage } from "../../stages/figure.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { textBoxes } from "../figures/svg.js";
import { faultsOf } from "../pipeline/planOf.js";
import { runStage } from "./runStage.js";

const grid = (...loss: number[]) =>
  artifact(
    "grid",
    { loss: Float64Array.from(loss), a1: Float64Array.from(loss.keys()) },
    { shape: [loss.length], extent: [[0, loss.length - 1]], unit: "direction", labels: ["first"] },
  );
const treeOf = (...loss: number[]) => runStage(mergeTreeStage, {}, { grid: grid(...loss) });
const at = (point: Point, of: Artifact, stage = "tree") => ({ stage, point, artifact: () => of });

// Two valleys, the second of which is 1, 2 and 4 deep.
const valleys = async () => [
  at({ beta: 1 }, await treeOf(0, 5, 4, 6)),
  at({ beta: 2 }, await treeOf(0, 5, 3, 6)),
  at({ beta: 3 }, await treeOf(0, 5, 1, 6)),
];

test("every pair of matrix points, and a map, in one table", async () => {
  const table = await runStage(
    compareStage,
    { distance: "wasserstein", p: 1, norm: "infinity" },
    { of: await valleys() },
  );
  assert.deepEqual(Object.keys(table.columns), ["beta", "x1", "x2", "beta=1", "beta=2", "beta=3"]);
  assert.deepEqual([...numbers(table, "beta")], [1, 2, 3]);
  const matrix = ["beta=1", "beta=2", "beta=3"].map((name) => [...numbers(table, name)]);
  const rounded = matrix.map((row) => row.map((distance) => Number(distance.toFixed(12))));
  // From 4 to 1 it is shorter to send both bars to the diagonal, 0.5 + 2, than to move by 3.
  assert.deepEqual(rounded, [
    [0, 1, 2.5],
    [1, 0, 2],
    [2.5, 2, 0],
  ]);
  assert.deepEqual(table.metadata.labels, ["beta=1", "beta=2", "beta=3"]);
  assert.ok((table.metadata.explained as number) > 0.9);
});

test("trees and their barcodes are equally far apart; ranges can be taken out", async () => {
  const sources = await valleys();
  const bars = await Promise.all(
    sources.map(async ({ point, artifact: load }) =>
      at(point, await runStage(barcodeStage, {}, { tree: load() }), "barcode"),
    ),
  );
  const { columns } = await runStage(compareStage, {}, { of: sources });
  assert.deepEqual((await runStage(compareStage, {}, { of: bars })).columns, columns);
  const twice = at({ beta: 9 }, await treeOf(10, 20, 18, 22));
  const scaled = await runStage(compareStage, { distance: "merge-tree", normalize: true }, { of: [sources[0], twice] });
  assert.deepEqual([...numbers(scaled, "beta=9")], [0, 0], "the same shape");
});

test("a point that failed has a row with its error; all that failed cannot be compared", async () => {
  const [one, two] = await valleys();
  const table = await runStage(compareStage, {}, { of: [one, { ...two, error: "out of memory" }] });
  assert.deepEqual(Object.keys(table.columns), ["beta", "x1", "x2", "beta=1", "failure"]);
  assert.deepEqual(table.columns.failure, ["", "out of memory"]);
  assert.deepEqual([...numbers(table, "beta=1")], [0, Number.NaN]);
  await runStage(figureStage, {}, { table });
  await assert.rejects(
    runStage(compareStage, {}, { of: [{ ...one, error: "lost" }] }),
    /nothing to compare: .* failed/,
  );
});

test("what cannot be compared is told", async () => {
  const [one, two] = await valleys();
  const bars = at({ beta: 2 }, await runStage(barcodeStage, {}, { tree: two.artifact() }), "barcode");
  await assert.rejects(
    runStage(compareStage, { distance: "merge-tree" }, { of: [one, bars] }),
    /a merge-tree distance compares trees; barcode@beta=2 is a barcode; connect its tree instead/,
  );
  await assert.rejects(
    runStage(compareStage, { dimension: 1 }, { of: [one] }),
    /no compared barcode has bars of dimension 1; they have dimension "0"/,
  );
  const upper = await runStage(mergeTreeStage, { direction: "superlevel" }, { grid: grid(0, 5, 1, 6) });
  await assert.rejects(
    runStage(compareStage, {}, { of: [one, at({ beta: 4 }, upper)] }),
    /tree@beta=1 is of direction sublevel, tree@beta=4 of superlevel/,
  );
  const columns = { birth: Float64Array.of(0, 3), death: Float64Array.of(2, 1), dimension: new Int32Array(2) };
  const both = at(
    { beta: 5 },
    artifact("barcode", { ...columns, birthVertex: new Int32Array(2), deathVertex: new Int32Array(2) }),
    "barcode",
  );
  await assert.rejects(
    runStage(compareStage, {}, { of: [both, bars] }),
    /barcode@beta=5 has bars of both directions: row 0 dies above its birth, row 1, \[3, 1\], below it/,
  );
  assert.equal(compareStage.check?.({ distance: "merge-tree", dimension: 1 } as never).length, 1);
  const plain = artifact("table", { x: Float64Array.of(1) });
  await assert.rejects(runStage(figureStage, { plot: "comparison" }, { plain }), /draws the table of a compare stage/);
});

test("pictures of none, few, equal, infinitely far and many things: no two texts overlap", async () => {
  const basin = (depth: number) => treeOf(0, 5, 5 - depth, 6);
  const many = await Promise.all(
    Array.from({ length: 40 }, async (_, k) =>
      at({ beta: k % 5, seed: Math.floor(k / 5) }, await basin(((k * 37) % 41) / 9)),
    ),
  );
  const split = artifact(
    "barcode",
    {
      dimension: Int32Array.of(0, 0),
      birth: Float64Array.of(0, 1),
      death: Float64Array.of(Infinity, Infinity),
      birthVertex: new Int32Array(2),
      deathVertex: new Int32Array(2),
    },
    {},
  );
  const one = at({ beta: 1 }, await basin(1));
  const cases = { one: [one], few: await valleys(), equal: [one, at({ beta: 2 }, await basin(1))], many };
  for (const [name, of] of Object.entries({ ...cases, infinite: [one, at({ beta: 2 }, split)] })) {
    const table = await runStage(compareStage, {}, { of });
    const { columns } = await runStage(figureStage, { title: `comparison of ${name}` }, { table });
    const boxes = await textBoxes((columns.svg as string[])[0]);
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(0, i)) {
        const apart = a.left >= b.right - 1 || b.left >= a.right - 1 || a.top >= b.bottom - 2 || b.top >= a.bottom - 2;
        assert.ok(apart, `${name}: "${a.text}" over "${b.text}"`);
      }
    }
    assert.equal(
      boxes.some(({ text }) => text.includes("no map")),
      name === "infinite",
    );
  }
});

test("a persistence diagram has a dot a bar, and a line for what never ends", async () => {
  const [{ artifact: load }] = await valleys();
  const bars = await runStage(barcodeStage, {}, { tree: load() });
  const { columns } = await runStage(figureStage, { plot: "diagram", title: "bars" }, { bars });
  const spec = JSON.parse((columns.spec as string[])[0]);
  const dots = spec.data[0].values as { birth: number; persistence?: number; edge?: number }[];
  assert.deepEqual(
    dots.map(({ birth, persistence, edge }) => [birth, persistence, edge !== undefined]),
    [
      [4, 1, false],
      [0, undefined, true],
    ],
  );
  assert.equal(spec.scales[1].domain[0], 0, "bars of no length lie on the axis");
  assert.match((columns.svg as string[])[0], /∞/);
});

test("columns of one name are found before anything runs", () => {
  const grid = (name: string, seed = "") => `
  ${name}m: { uses: train, with: { architecture: { kind: parameters, names: [x, y], start: { x: 1, y: 1 } }, problem: { kind: function, loss: "x^2 + y^2${seed}" } } }
  ${name}d: { uses: compute-directions, from: { model: ${name}m }, with: { method: axes } }
  ${name}g: { uses: sample-grid, from: { model: ${name}m, directions: ${name}d }, with: { steps: 3 } }
  ${name}: { uses: barcode, from: { grid: ${name}g } }`;
  const twice = (stages: string, of: string, axis = "") =>
    faultsOf({ "p.yaml": `${axis}stages:${stages}\n  it: { uses: compare, from: { of: ${of} } }\n` }).join();
  assert.equal(twice(grid("a") + grid("b"), "[a, b]"), "");
  assert.match(
    twice(grid("x1") + grid("b"), "[x1, b]"),
    /it: two columns of the comparison would be called "x1"; rename that stage or matrix axis/,
  );
  const axis = "matrix: { x2: [1, 2] }\n";
  assert.match(twice(grid("a", " + ${x2}"), "a", axis), /would be called "x2"/);
  assert.match(
    twice(grid("a", " + ${seed}") + grid("seed"), "[a, seed]", "matrix: { seed: [1, 2] }\n"),
    /called "seed"/,
  );
  assert.match(twice(grid("failure") + grid("b"), "[failure, b]"), /called "failure"/);
});
