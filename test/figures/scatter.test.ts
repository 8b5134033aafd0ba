import assert from "node:assert/strict";
import { test } from "node:test";
import { entropy } from "../../src/figures/entropy.js";
import { renderSvg } from "../../src/figures/render.js";
import { type ScatterMap, scatter } from "../../src/figures/scatter.js";
import type { Spec } from "../../src/figures/theme.js";
import { misplacedText, pixelsOf, sizeOf, textBoxes } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const values = (spec: Spec, panel: number, name: string) =>
  parts(spec).marks[panel].data.find((data: { name: string }) => data.name === name).values;
const labels = (spec: Spec): string[] =>
  parts(spec).scales.find(({ name }: { name: string }) => name === "key")?.domain ?? [];
const colourType = (spec: Spec) => parts(spec).scales.find(({ name }: { name: string }) => name === "loss")?.type;

/** Two trajectories of three points: one along the first axis, the other four times as long along the second. */
function two(changes: Partial<ScatterMap> = {}): ScatterMap {
  return {
    label: "PHATE",
    coordinates: [0, 0, 1, 0, 2, 0, 0, 0, 0, 4, 0, 8],
    dimensions: 2,
    loss: [1000, 10, 1, 900, 20, 2],
    epoch: [0, 1, 2, 0, 1, 2],
    trajectory: [0, 0, 0, 1, 1, 1],
    group: [0, 0, 0, 1, 1, 1],
    groups: ["first", "second"],
    ...changes,
  };
}

test("both axes have one scale, the second upwards", () => {
  const points = values(scatter({ title: "", maps: [two()] }), 0, "points");
  const [origin, , right, , , up] = points;
  assert.ok(Math.abs(4 * (right.x - origin.x) - (origin.y - up.y)) < 0.05);
  assert.ok(right.x > origin.x && up.y < origin.y);
  assert.equal(right.y, origin.y);
});

test("a trajectory is joined in the order of its epochs, whatever the order of its rows", () => {
  const shuffled = two({
    coordinates: [2, 0, 0, 0, 1, 0],
    loss: [1, 3, 2],
    epoch: [2, 0, 1],
    trajectory: [5, 5, 5],
    group: [0, 0, 0],
  });
  const spec = scatter({ title: "", maps: [shuffled] });
  const [line] = values(spec, 0, "lines");
  const xs = [...line.path.matchAll(/([-\d.]+),/g)].map(([, x]: string[]) => Number(x));
  assert.deepEqual(
    xs,
    [...xs].sort((a, b) => a - b),
  );
  const [start, end] = values(spec, 0, "ends");
  assert.ok(start.isStart && !end.isStart && start.x < end.x);
  assert.deepEqual(labels(spec), ["start", "end"]);
});

test("losses are colours, on a log scale over more than two decades; without losses groups are", () => {
  assert.equal(colourType(scatter({ title: "", maps: [two()] })), "log");
  assert.equal(colourType(scatter({ title: "", maps: [two({ loss: [1, 2, 3, 4, 5, 6] })] })), "linear");
  const partly = scatter({ title: "", maps: [two({ loss: [1, 2, 3, Number.NaN, Infinity, 6] })] });
  assert.deepEqual(labels(partly), ["start", "end", "no finite loss"]);
  const none = scatter({ title: "", maps: [two({ loss: new Float64Array(6).fill(Number.NaN) })] });
  assert.equal(colourType(none), undefined);
  assert.deepEqual(labels(none), ["start", "end", "first", "second"]);
  const samples = two({ loss: new Float64Array(6).fill(Number.NaN), epoch: new Float64Array(6).fill(Number.NaN) });
  assert.deepEqual(labels(scatter({ title: "", maps: [samples] })), ["first", "second"], "samples have no line");
});

test("points without a place are counted, not drawn", () => {
  const spec = scatter({ title: "", maps: [two({ coordinates: [0, 0, Number.NaN, 0, 2, 0, 0, 0, 0, 4, 0, 8] })] });
  assert.equal(values(spec, 0, "points").length, 5);
  assert.match(String(parts(spec).title.subtitle), /6 points; 1 without a place/);
  const nowhere = two({ coordinates: new Float64Array(12).fill(Number.NaN) });
  assert.match(JSON.stringify(scatter({ title: "", maps: [nowhere] })), /0 of 6 points with a place/);
});

test("maps stand beside each other, three dimensions as pairs of axes; nothing is cut off or covered", async () => {
  const named = (label: string) => two({ label });
  const space = two({
    label: "in space",
    dimensions: 3,
    coordinates: Array.from({ length: 18 }, (_, c) => (c * c) % 7),
  });
  const many = two({
    loss: new Float64Array(6).fill(Number.NaN),
    group: [0, 1, 2, 3, 13, 14],
    groups: Array.from({ length: 15 }, (_, k) => `jump ${k} of a long name`),
  });
  const figures = [
    [two()],
    ["PHATE", "PCA", "t-SNE", "UMAP"].map(named),
    Array.from({ length: 7 }, (_, k) => named(`map ${k}`)),
    [space],
    [space, named("in the plane")],
    [many],
    [two({ coordinates: new Float64Array(12) })],
  ];
  for (const maps of figures) {
    const svg = await renderSvg(scatter({ title: "Where trainings go", maps }));
    assert.deepEqual(await misplacedText(svg), []);
    const text = (await textBoxes(svg)).map(({ text }) => text);
    for (const { label, dimensions } of maps) {
      assert.ok(text.includes(dimensions === 3 ? `${label}: axes 1 and 3` : label), label);
    }
    assert.ok((await pixelsOf(svg)).distinct > 8, "something is drawn");
  }
  const [four, one] = await Promise.all(
    [figures[1], figures[0]].map((maps) => renderSvg(scatter({ title: "", maps }))),
  );
  assert.ok(sizeOf(four).width > 2 * sizeOf(one).width && sizeOf(four).height < sizeOf(one).height);
});

test("colours can say another number than the loss, under its name", async () => {
  const spec = scatter({
    title: "",
    maps: [two({ loss: [1, 2, 3, Number.NaN, 5, 6] })],
    colourLabel: "validationLoss",
  });
  const text = (await textBoxes(await renderSvg(spec))).map(({ text }) => text);
  assert.ok(text.includes("validationLoss") && text.includes("no finite validationLoss"), text.join(", "));
});

test("the entropy falls to the right, with a mark at the chosen step", async () => {
  const curve = Float64Array.from({ length: 100 }, (_, t) => 5 * Math.exp(-t / 12));
  const spec = entropy({ title: "How many steps", entropy: curve, t: 21 });
  const chosen = parts(spec).data[1].values;
  assert.deepEqual(chosen, [{ x: 21, y: curve[21] }]);
  const svg = await renderSvg(spec);
  assert.deepEqual(await misplacedText(svg), []);
  assert.match(String(parts(spec).title.subtitle), /t = 21/);
});
