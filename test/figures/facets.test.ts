import assert from "node:assert/strict";
import { test } from "node:test";
import { facets } from "../../src/figures/facets.js";
import { lines } from "../../src/figures/lines.js";
import { renderSvg } from "../../src/figures/render.js";
import type { FigureText } from "../../src/figures/theme.js";
import { misplacedText } from "./svg.js";

const panel = (label: string, y: number[]) => ({
  label,
  draw: (text: FigureText) =>
    lines({ ...text, series: [{ label: "a", x: [0, 1, 2], y }], xLabel: "x", yLabel: "y", marks: "line" }),
});
const cells = [panel("one", [1, 2, 3]), panel("two", [10, 20, 30]), { label: "three", missing: "failed: it diverged" }];
// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const drawn = (share: "all" | "none") => facets({ title: "" }, cells, { columns: 2, share }) as any;

test("panels share their axes, which stand once at the left; freed ones have their own", async () => {
  const [one, two] = drawn("all").marks;
  const domain = (group: { scales: { name: string; domain: number[] }[] }) =>
    group.scales.find(({ name }) => name === "y")?.domain;
  assert.deepEqual(domain(one), domain(two));
  assert.ok((domain(one) as number[])[1] >= 30 && (domain(one) as number[])[0] <= 1);
  const labels = (group: { axes: { orient: string; labels?: boolean }[] }) =>
    group.axes.filter(({ orient }) => orient === "left").map((axis) => axis.labels !== false);
  assert.deepEqual([labels(one), labels(two)], [[true], [false]]);
  const [free, other] = drawn("none").marks;
  assert.notDeepEqual(domain(free), domain(other));
  assert.deepEqual(labels(other), [true]);
});

test("panels are lettered, one that failed says why, and no text lies on other text", async () => {
  const svg = await renderSvg(drawn("all"));
  assert.match(svg, /\(a\) one/);
  assert.match(svg, /failed: it/);
  assert.deepEqual(await misplacedText(svg), []);
});
