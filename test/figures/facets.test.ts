import assert from "node:assert/strict";
import { test } from "node:test";
import { curves } from "../../src/figures/curves.js";
import { facets } from "../../src/figures/facets.js";
import { lines } from "../../src/figures/lines.js";
import { renderSvg } from "../../src/figures/render.js";
import type { FigureText } from "../../src/figures/theme.js";
import { misplacedText, textBoxes } from "./svg.js";

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

test("panels that share a scale choose it from all their values, as one panel would", () => {
  // Each spans less than two decades, and both together three.
  for (const { marks } of panelsOf([1, 0.5, 0.2], [0.01, 0.002, 0.001])) {
    const [{ scales }] = marks;
    assert.equal(scales[0].type, "log");
    assert.ok(scales[0].domain[0] <= 0.001 && scales[0].domain[1] >= 1);
  }
});

const panelsOf = (...all: number[][]) =>
  // biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
  (facets({ title: "" }, all.map(training), { columns: 2, share: "all" }) as any).marks;

const training = (values: number[]) => ({
  label: "one",
  draw: (text: FigureText) =>
    curves({
      ...text,
      xLabel: "epoch",
      trainings: [{ label: "a", x: [1, 2, 3], curves: [{ quantity: "loss", split: "training", values }] }],
    }),
});

test("an axis inside a panel is said once, too", () => {
  // biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
  const titles = panelsOf([3, 2, 1], [4, 3, 2]).map((panel: any) => panel.marks[0].axes.map((axis: any) => axis.title));
  assert.deepEqual(titles, [[["loss"]], [null]]);
});

test("a title breaks between the values of the matrix, not inside one; flexible panels stand below each other", () => {
  const long = ["learning rate = 0.01, seed = 0", "learning rate = 0.1, seed = 10"].map((label) =>
    panel(label, [1, 2, 3]),
  );
  const options = { columns: 2, isFlexible: true, share: "all" } as const;
  const drawn = (width: number) => {
    const size = { width, height: 200, room: width + 80 };
    // biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
    return facets({ title: "", size }, long, options) as any;
  };
  assert.deepEqual(drawn(360).marks[1].title.text, ["(b) learning rate = 0.1,", "seed = 10"]);
  assert.equal(drawn(400).layout.columns, 2);
  assert.equal(drawn(200).layout.columns, 1);
});

test("titles of long names in wide letters stay above their panels, clear of their neighbours", async () => {
  const name = `${"W".repeat(16)} = ${"M".repeat(40)}, a name of many words = 12345678901234`;
  const wide = [1, 2, 3].map((k) => panel(`${name}${k}`, [k, 2, 3]));
  const sizes = [undefined, { width: 420, height: 150, room: 480 }];
  for (const size of sizes) {
    const svg = await renderSvg(facets({ title: "", size }, wide, { columns: 3, share: "all" }));
    assert.deepEqual(await misplacedText(svg), []);
    const titles = (await textBoxes(svg)).filter(({ text }) => /^[WM]{3,}/.test(text));
    const gaps = titles.flatMap((a) =>
      titles.filter((b) => b.top === a.top && b.left > a.left).map((b) => b.left - a.right),
    );
    assert.ok(gaps.length > 0 && Math.min(...gaps) >= 12, String(Math.min(...gaps)));
  }
});
