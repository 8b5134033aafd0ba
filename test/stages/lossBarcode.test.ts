import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import { figureStage } from "../../stages/figure.js";
import { lossBarcodeStage } from "../../stages/lossBarcode.js";
import { runStage } from "./runStage.js";

/** What connect-minima gives: a path of three points for every [from, to, barrier]. */
function pathsOf(loss: number[], triples: [number, number, number][], label = loss.map((_, i) => `seed=${i}`)) {
  const rows = triples.flatMap(([from, to, barrier], path) =>
    [0, 0.25, 1].map((position, i) => ({ from, to, path, position, loss: [loss[from], barrier, loss[to]][i] })),
  );
  const whole = (name: "from" | "to" | "path") => Int32Array.from(rows, (row) => row[name]);
  return artifact(
    "paths",
    {
      from: whole("from"),
      to: whole("to"),
      position: Float64Array.from(rows, ({ position }) => position),
      loss: Float64Array.from(rows, ({ loss }) => loss),
      path: whole("path"),
    },
    {
      minima: { loss, label },
      paths: triples.map(([from, to, barrier]) => ({ from, to, barrier, barrierPosition: 0.25 })),
    },
  );
}

// minima at 0, 1, 2; from 1 straight down to 0 over 9, or over 4 to the higher minimum 2 and then over 5
const detour = pathsOf(
  [0, 1, 2],
  [
    [0, 1, 9],
    [1, 2, 4],
    [0, 2, 5],
  ],
);

test("the barcode has a row for each minimum, the longest segment first, and both rules", async () => {
  const bars = await runStage(lossBarcodeStage, {}, { paths: detour });
  assert.deepEqual([...numbers(bars, "birth")], [0, 1, 2]);
  assert.deepEqual([...numbers(bars, "death")], [Infinity, 5, 4]);
  assert.deepEqual([...numbers(bars, "length")], [Infinity, 4, 2]);
  assert.deepEqual([...numbers(bars, "directDeath")], [Infinity, 9, 4]);
  assert.deepEqual([...numbers(bars, "deathVertex")], [-1, 7, 4], "rows of the tops of paths 2 and 1");
  assert.deepEqual([...numbers(bars, "escapeTo")], [-1, 0, 1]);
  assert.deepEqual([...numbers(bars, "position")], [NaN, 0.25, 0.25]);
  assert.deepEqual(bars.columns.label, ["seed=0", "seed=1", "seed=2"]);
  const { toScore, toScoreSum, toScoreMax, directToScore, minimaxToScore, segments } = bars.summary;
  assert.deepEqual([toScore, toScoreSum, toScoreMax, directToScore, minimaxToScore, segments], [3, 6, 4, 5, 3, 2]);
  const direct = await runStage(lossBarcodeStage, { rule: "direct", score: "norm" }, { paths: detour });
  assert.deepEqual([...numbers(direct, "death")], [Infinity, 9, 4]);
  assert.equal(direct.summary.toScore, Math.hypot(8, 2));
});

test("minima that no path leads down from are named, and their segments left out of the scores", async () => {
  const bars = await runStage(lossBarcodeStage, {}, { paths: pathsOf([0, 1, 2], [[1, 2, 3]]) });
  assert.deepEqual([...numbers(bars, "death")], [Infinity, Infinity, 3]);
  assert.deepEqual(bars.metadata.unconnected, ["seed=1"]);
  assert.deepEqual([bars.summary.unconnected, bars.summary.segments, bars.summary.toScore], [1, 1, 1]);
});

test("lengths are related to what the minima reach on other samples, matched by matrix values or in order", async () => {
  const five = pathsOf(
    [0, 1, 2, 3, 4],
    [
      [0, 1, 2],
      [0, 2, 4],
      [0, 3, 6],
      [0, 4, 8],
    ],
  );
  // lengths of 1 … 4: 1, 2, 3, 4; test losses 10, 40, 30, 50: ranks 1, 3, 2, 4, so Spearman is 1 − 6·2/(4·15) = 0.8
  const test = { seed: [3, 1, 0, 2, 4], loss: [30, 10, 99, 40, 50] };
  const gathered = artifact("table", { seed: Float64Array.from(test.seed), loss: Float64Array.from(test.loss) });
  const bars = await runStage(lossBarcodeStage, {}, { paths: five, evaluation: gathered });
  assert.deepEqual([...numbers(bars, "measure")], [99, 50, 30, 40, 10]);
  assert.equal(bars.summary.related, 4);
  assert.ok(Math.abs((bars.summary.spearman as number) - 0.8) < 1e-15);
  // Σ(x−2.5)(y−32.5) = 55, over √(5 · 875)
  assert.ok(Math.abs((bars.summary.pearson as number) - 55 / Math.sqrt(5 * 875)) < 1e-15);

  const plain = artifact("table", { accuracy: Float64Array.of(5, 4, 3, 2, 1) });
  const ordered = await runStage(lossBarcodeStage, { measure: "accuracy" }, { paths: five, evaluation: plain });
  assert.deepEqual(
    [ordered.summary.spearman, ordered.metadata.relation],
    [-1, { measure: "accuracy", related: 4, spearman: -1, pearson: -1 }],
  );
  const short = artifact("table", { loss: Float64Array.of(5, 4) });
  await assert.rejects(runStage(lossBarcodeStage, {}, { paths: five, evaluation: short }), /2 rows for 5 minima/);
  const twice = artifact("table", { seed: Float64Array.of(0, 0, 1), loss: Float64Array.of(5, 4, 3) });
  await assert.rejects(
    runStage(lossBarcodeStage, {}, { paths: five, evaluation: twice }),
    /2 rows for the minimum seed=0/,
  );
});

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const specOf = (figure: Artifact): any => JSON.parse((figure.columns.spec as string[])[0]);

/** The rows of a data set of a spec, by its name. */
const rowsOf = (spec: { data: { name: string; values: unknown[] }[] }, name: string) =>
  // biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
  spec.data.find((data) => data.name === name)?.values as any[];

test("paths are drawn as they are, with their barriers, and segments against what they are related to", async () => {
  const paths = specOf(await runStage(figureStage, {}, { paths: detour }));
  assert.deepEqual([rowsOf(paths, "curves").length, rowsOf(paths, "marked").length], [3, 3]);
  assert.deepEqual(paths.scales[2].domain.at(-1), "barrier");

  const pairs: [number, number, number][] = [
    [0, 1, 2],
    [0, 2, 3],
  ];
  const named = pathsOf([0, 1, 1], pairs, ["depth=2,seed=0", "depth=2,seed=1", "depth=2,seed=2"]);
  const ofOneDepth = specOf(await runStage(figureStage, { title: "Paths" }, { paths: named }));
  assert.deepEqual(ofOneDepth.title.subtitle, ["depth=2"], "what all minima have in common");
  assert.equal(ofOneDepth.scales[2].domain[0], "seed=0 – seed=1");

  const table = artifact("table", { loss: Float64Array.of(7, 5, 6) });
  const bars = await runStage(lossBarcodeStage, {}, { paths: detour, evaluation: table });
  const relation = specOf(await runStage(figureStage, { plot: "relation" }, { bars }));
  assert.equal(rowsOf(relation, "dots").length, 2, "the lowest minimum has no length");
  assert.match(relation.title.subtitle.join(" "), /^2 minima: Spearman −1, Pearson −1/);
  const unrelated = await runStage(lossBarcodeStage, {}, { paths: detour });
  await assert.rejects(runStage(figureStage, { plot: "relation" }, { bars: unrelated }), /with a table at its port/);
});

test("columns of a table are drawn against each other, a line for each value of a third", async () => {
  const table = artifact("table", {
    depth: Float64Array.of(2, 4, 2, 4),
    width: ["8", "8", "16", "16"],
    toScore: Float64Array.of(4, 3, 2, 1),
  });
  const params = { plot: "lines", x: "depth", y: "toScore", series: "width" };
  const spec = specOf(await runStage(figureStage, params, { table }));
  assert.deepEqual(spec.scales[2].domain, ["width = 8", "width = 16"]);
  assert.equal(rowsOf(spec, "curves").length, 2);
  await assert.rejects(
    runStage(figureStage, { plot: "lines", x: "depth" }, { table }),
    /plot lines lacks y:, the name of a column/,
  );
  await assert.rejects(
    runStage(figureStage, { ...params, series: "seed" }, { table }),
    /series is "seed", which is not a column/,
  );
  await assert.rejects(runStage(figureStage, { ...params, y: "width" }, { table }), /no numeric column "width"/);
  await assert.rejects(runStage(figureStage, {}, { table }), /a figure draws a/);
});

test("barcodes of several matrix points stand side by side; one that failed says why", async () => {
  const bars = await runStage(lossBarcodeStage, {}, { paths: detour });
  const barcodes = [1, 2, 3].map((depth) => ({
    stage: "segments",
    point: { depth },
    artifact: () => bars,
    ...(depth === 2 && { error: "out of memory" }),
  }));
  const spec = specOf(await runStage(figureStage, { plot: "barcode", facet: { columns: 1 } }, { barcodes }));
  const titles = spec.marks.map(({ title }: { title: { text: string[] } }) => title.text.join(" "));
  assert.deepEqual(titles, ["(a) depth = 1", "(b) depth = 2", "(c) depth = 3"]);
  const [first, failed, last] = spec.marks;
  assert.equal(failed.marks[0].encode.update.text.value.join(" "), "failed: out of memory");
  const domain = (panel: { scales: { name: string; domain: number[] }[] }) =>
    panel.scales.find(({ name }) => name === "x")?.domain;
  assert.deepEqual(domain(first), domain(last), "one loss axis");
});
