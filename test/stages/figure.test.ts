import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import { shapesToSegment } from "../../src/data/generated/shapes.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import { datasetArtifact } from "../../stages/artifacts/dataset.js";
import { barcodeStage } from "../../stages/barcode.js";
import { evaluateStage } from "../../stages/evaluate.js";
import { figureStage } from "../../stages/figure.js";
import { mergeTreeStage } from "../../stages/mergeTree.js";
import { predictStage } from "../../stages/predict.js";
import { profileStage } from "../../stages/profile.js";
import { pixelsOf, textBoxes } from "../figures/svg.js";
import { modelOf } from "./modelOnData.js";
import { runStage } from "./runStage.js";
import { grid } from "./twoValleys.js";

test("each kind has its picture; what cannot be drawn is told", async () => {
  const plane = grid([4, 3], [5, 4, 4, 5, 3, 1, 2, 4, 5, 3, 3, 6]);
  const tree = await runStage(mergeTreeStage, {}, { grid: plane });
  const drawn = {
    contour: plane,
    tree,
    barcode: await runStage(barcodeStage, {}, { tree }),
    profile: await runStage(profileStage, {}, { tree }),
  };
  for (const [plot, input] of Object.entries(drawn)) {
    const { columns } = await runStage(figureStage, { plot, title: `The ${plot} of β` }, { input });
    assert.match((columns.svg as string[])[0], new RegExp(`^<svg .*The ${plot} of β`, "s"));
    assert.deepEqual([...(columns.png as Uint8Array[])[0].slice(1, 4)], [...Buffer.from("PNG")]);
  }
  await assert.rejects(
    runStage(figureStage, { plot: "contour" }, { input: tree }),
    /a figure with plot: contour draws a grid; it got tree/,
  );
  await assert.rejects(
    runStage(figureStage, { plot: "contour" }, { input: grid([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]) }),
    /a contour figure draws a grid with 2 axes; this one has 3 \(2 × 2 × 2\), which slices or isosurface draws/,
  );
});

test("series: draws grids of one axis in one picture, with plot: curve or without; a plane is told", async () => {
  const sources = (of: readonly ReturnType<typeof grid>[]) =>
    of.map((each, k) => ({ stage: "line", point: { beta: k }, artifact: () => each }));
  const lines = sources([grid([4], [3, 1, 2, 0]), grid([4], [2, 0, 4, 1])]);
  const svgOf = async (params: object) =>
    ((await runStage(figureStage, { series: "beta", ...params }, { input: lines })).columns.svg as string[])[0];
  const svg = await svgOf({});
  assert.match(svg, /beta = 0.*beta = 1/s);
  assert.equal(svg, await svgOf({ plot: "curve" }));
  assert.ok(figureStage.fanInOf?.({ series: "beta" } as never));
  assert.ok(!figureStage.fanInOf?.({ plot: "lines", series: "beta" } as never));
  await assert.rejects(
    runStage(figureStage, { series: "beta" }, { input: sources([grid([2, 2], [1, 2, 3, 4])]) }),
    /series: draws grids of one axis as curves; this figure is a contour/,
  );
});

const labels: SupervisedProblem = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0 };

const unet: Architecture = {
  kind: "unet",
  image: [3, 16, 16],
  depth: 2,
  width: 4,
  classes: 3,
  batchNorm: false,
  crf: false,
};

const heat = (variables: "xt" | "xy" | "xyt"): PinnProblem => ({
  kind: "pinn",
  equation: variables === "xy" ? "u_xx + u_yy" : "u_t - u_xx",
  domain: Object.fromEntries([...variables].map((name) => [name, [0, name === "t" ? 1 : 2]])),
  grid: Object.fromEntries([...variables].map((name) => [name, name === "t" ? 3 : 4])),
  ...(variables !== "xy" && { initial: "sin(pi * x)" }),
  boundary: "periodic",
  collocation: { points: 4, seed: 0 },
});

const solutionOf = (problem: PinnProblem) => {
  const network: Architecture = { kind: "mlp", widths: [Object.keys(problem.domain).length, 1], activation: "tanh" };
  return runStage(predictStage, {}, { model: modelOf(network, problem, [createModel(network).initialize(0)]) });
};

const textOf = async (figure: Artifact) =>
  (await textBoxes((figure.columns.svg as string[])[0])).map(({ text }) => text);

const drawn = async (of: Artifact, params = {}) =>
  textOf(await runStage(figureStage, { title: "A", ...params }, { of }));

test("evaluations and predictions find their picture by themselves", async () => {
  const data = datasetArtifact(shapesToSegment({ count: 3, seed: 0, split: "test", side: 16 }), {});
  const model = modelOf(unet, labels, [createModel(unet).initialize(0)]);
  const evaluated = await runStage(evaluateStage, {}, { model, data });
  assert.ok((await drawn(evaluated)).includes("share of the"));
  assert.ok((await drawn(await runStage(predictStage, {}, { model, data }))).includes("prediction"));
  await assert.rejects(drawn(evaluated, { plot: "segmentation" }), /draws the table of a predict stage for segmented/);
  await assert.rejects(drawn(evaluated, { plot: "solution" }), /predict stage for a differential equation/);
});

test("a solution has time to the right, or the first of two space variables", async () => {
  const spec = async (problem: PinnProblem) =>
    JSON.parse(((await runStage(figureStage, {}, { of: await solutionOf(problem) })).columns.spec as string[])[0]);
  const titles = ({ marks: [panel] }: { marks: { axes: { orient: string; title?: string[] }[] }[] }) =>
    panel.axes.filter(({ title }) => title).map(({ orient, title }) => [orient, title?.join()]);
  assert.deepEqual(titles(await spec(heat("xt"))), [
    ["bottom", "t"],
    ["left", "x"],
  ]);
  assert.deepEqual(titles(await spec(heat("xy"))), [
    ["bottom", "x"],
    ["left", "y"],
  ]);
  await assert.rejects(
    drawn(await solutionOf(heat("xyt")), { plot: "solution" }),
    /draws a function of 2 variables; this one has 3 \(x, y, t\)/,
  );
});

test("the solution of a system: its first output, or the one that column names", async () => {
  const network: Architecture = { kind: "mlp", widths: [2, 2], activation: "tanh" };
  const system = {
    ...heat("xt"),
    ...{ outputs: ["u", "v"], equation: { a: "u_t + v", b: "v_t" }, initial: { u: "x", v: "0" } },
    exact: { v: "x" },
  };
  const model = modelOf(network, system, [createModel(network).initialize(0)]);
  const of = await runStage(predictStage, {}, { model });
  assert.ok((await drawn(of)).includes("u"));
  assert.ok((await drawn(of, { column: "v" })).includes("exact v"));
  await assert.rejects(drawn(of, { column: "w" }), /column is "w", which is not an output; expected u, v/);
});

test("u that is x has its colours from bottom to top over time", async () => {
  const network: Architecture = { kind: "mlp", widths: [2, 1], activation: "tanh" };
  const model = modelOf(network, heat("xt"), [Float64Array.of(1, 0, 0)]);
  const figure = await runStage(figureStage, {}, { of: await runStage(predictStage, {}, { model }) });
  const { url } = JSON.parse((figure.columns.spec as string[])[0]).marks[0].marks[0].encode.update;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="${url.value}" width="9" height="9" preserveAspectRatio="none"/></svg>`;
  const { at } = await pixelsOf(svg);
  assert.deepEqual(at(0, 8), at(8, 8), "at the bottom x is 0 at all times");
  assert.deepEqual(at(0, 0), at(8, 0));
  assert.ok(at(0, 0)[0] > at(0, 8)[0], "low is dark");
});

test("the curves of one model or of several, at ports of their own", async () => {
  const trained = (values: number[]): Artifact => {
    const model = modelOf(unet, labels, [createModel(unet).initialize(0)]);
    const history = { epoch: [1, 2, 3], trainLoss: values, learningRate: [1, 1, 1] };
    return { ...model, metadata: { ...model.metadata, history } };
  };
  const both = await runStage(figureStage, {}, { sgd: trained([3, 2, 1]), adam: trained([2, 1, 0.1]) });
  const texts = await textOf(both);
  for (const text of ["sgd", "adam", "epoch", "loss"]) assert.ok(texts.includes(text), text);
  assert.ok(!(await drawn(trained([3, 2, 1]))).includes("of"), "one model needs no name");
});

test("the checkpoints of a model from elsewhere are its curve; one alone is none", async () => {
  const theta = createModel(unet).initialize(0);
  const loaded = modelOf(unet, labels, [theta, theta, theta]);
  assert.ok(
    (await drawn({ ...loaded, columns: { ...loaded.columns, loss: Float64Array.of(3, 2, 1) } })).includes("checkpoint"),
  );
  await assert.rejects(
    drawn(modelOf(unet, labels, [theta])),
    /not trained here and has one checkpoint; there is no curve/,
  );
});

test("a table without a picture is refused", async () => {
  const table = artifact("table", { loss: Float64Array.of(1) });
  await assert.rejects(drawn(table, { plot: "confusion" }), /evaluate stage for labels, of at most 200 classes/);
});

test("lines write the correlation of each series below the title, over the rows that have both numbers", async () => {
  const x = Float64Array.of(1, 2, 3, 4, 1, 2, 3, 4);
  const table = artifact("table", {
    x,
    y: Float64Array.of(1, 4, 9, Number.NaN, 5, 5, 5, 5),
    of: Array.from(x, (_, row) => (row < 4 ? "squares" : "constant")),
  });
  const params = { plot: "lines", x: "x", y: "y", marks: "point" };
  const drawn = async (more: object) => {
    const { columns } = await runStage(figureStage, { ...params, ...more }, { table });
    return (columns.svg as string[])[0];
  };
  const svg = await drawn({ series: "of", correlation: "spearman" });
  assert.match(svg, /of = squares: Spearman 1, 3 rows; of = constant: no/);
  assert.match(await drawn({ correlation: "pearson" }), /Pearson −?0\.\d+, 7 rows/);
  assert.doesNotMatch(await drawn({}), /Spearman|Pearson/);
});

test("panels say the axes of the matrix that tell them apart, not those that have one value", async () => {
  const plane = grid([4, 3], [5, 4, 4, 5, 3, 1, 2, 4, 5, 3, 3, 6]);
  const at = (point: Record<string, number>) => ({ stage: "grid", point, artifact: () => plane });
  const drawn = async (...points: Record<string, number>[]) => {
    const params = { plot: "contour", facet: { column: "beta" } };
    return textOf(await runStage(figureStage, params, { input: points.map(at) }));
  };
  const two = await drawn({ beta: 1, seed: 0 }, { beta: 10, seed: 0 });
  assert.ok(two.includes("(a) beta = 1") && two.includes("(b) beta = 10"), two.join());
  assert.ok((await drawn({ beta: 1, seed: 0 })).includes("beta = 1, seed = 0"), "a single panel says all");
});

test("the rows of a square table are named by a column that tells them apart, else by the columns", async () => {
  const numbers = { a: Float64Array.of(1, 2), b: Float64Array.of(3, 4) };
  const texts = async (names: string[]) => drawn(artifact("table", { net: names, ...numbers }), { plot: "matrix" });
  assert.deepEqual((await texts(["x", "x"])).filter((text) => "abx".includes(text)).sort(), ["a", "a", "b", "b"]);
  assert.ok((await texts(["x", "y"])).includes("y"));
});

test("a long row of panels goes on in a line below: ten values stand in two lines of five, seven in four and three", async () => {
  const plane = grid([4, 3], [5, 4, 4, 5, 3, 1, 2, 4, 5, 3, 3, 6]);
  const layoutOf = async (count: number, facet: object) => {
    const sources = ["near", "far"].flatMap((reach) =>
      Array.from({ length: count }, (_, beta) => ({ stage: "grid", point: { beta, reach }, artifact: () => plane })),
    );
    const params = { plot: "contour", facet: { row: "reach", column: "beta", ...facet }, title: "" };
    const { columns } = await runStage(figureStage, params, { input: sources });
    const { layout, marks } = JSON.parse((columns.spec as string[])[0]);
    const titles = marks.map(({ title }: { title: { text: string[] } }) => title.text.join(" "));
    return { columns: layout.columns, titles };
  };
  assert.equal((await layoutOf(10, {})).columns, 5);
  const seven = await layoutOf(7, {});
  assert.equal(seven.columns, 4);
  assert.equal(seven.titles.length, 16);
  assert.deepEqual([seven.titles[7], seven.titles[8]], ["", "(h) beta = 0, reach = far"]);
  assert.equal((await layoutOf(7, { columns: 7 })).columns, 7);
});
