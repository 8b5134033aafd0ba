import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConfusionData, confusion } from "../../src/figures/confusion.js";
import { renderSvg } from "../../src/figures/render.js";
import type { Spec } from "../../src/figures/theme.js";
import { misplacedText, textBoxes } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const cells = (spec: Spec) => parts(spec).data[0].values;
const subtitle = (spec: Spec) => String(parts(spec).title.subtitle);

/** n classes, of which each is right 9 times of 10 and else taken for the next. */
function neighbours(n: number, name = (k: number) => `class ${k}`): ConfusionData {
  const names = Array.from({ length: n }, (_, k) => name(k));
  const counts = names.map((_, label) =>
    names.map((_, guess) => (guess === label ? 90 : guess === (label + 1) % n ? 10 : 0)),
  );
  return { title: `${n} classes`, classes: names, counts, unpredicted: names.map(() => 0) };
}

test("labels go down, predictions to the right, shares are of the row", () => {
  const spec = confusion({
    title: "",
    classes: ["a", "b"],
    counts: [
      [3, 1],
      [0, 0],
    ],
    unpredicted: [0, 0],
  });
  assert.deepEqual(
    cells(spec).map(({ x, y, share, count }: Record<string, unknown>) => [x, y, share, count]),
    [
      [0, 0, 0.75, "3"],
      [145, 0, 0.25, "1"],
      [0, 145, 0, "0"],
      [145, 145, 0, "0"],
    ],
  );
  assert.match(subtitle(spec), /4 labels; accuracy 75\.0 %/);
});

test("labels without a prediction have a column, and count as wrong", () => {
  const spec = confusion({
    title: "",
    classes: ["a", "b"],
    counts: [
      [3, 0],
      [0, 4],
    ],
    unpredicted: [0, 1],
  });
  assert.equal(cells(spec).length, 6);
  assert.equal(cells(spec)[5].share, 0.2);
  assert.match(subtitle(spec), /8 labels; accuracy 87\.5 %/);
});

test("large counts are short, and what is nearly all is not all", async () => {
  const classes = ["a", "b"];
  const counts = [
    [1_234_567, 12],
    [99_999, 2_345_678_901],
  ];
  const texts = (await textBoxes(await renderSvg(confusion({ title: "", classes, counts, unpredicted: [0, 0] })))).map(
    ({ text }) => text,
  );
  for (const text of ["1.2M", "12", "100k", "2.3G", ">99.9 %", "<0.1 %"]) assert.ok(texts.includes(text), text);
});

test("up to 10 classes cells have counts and shares, up to 20 counts, beyond neither", async () => {
  const numbersIn = async (n: number) => {
    const boxes = await textBoxes(await renderSvg(confusion(neighbours(n))));
    return {
      counts: boxes.filter(({ text }) => text === "90").length,
      shares: boxes.filter(({ text }) => text === "90.0 %").length,
    };
  };
  assert.deepEqual(await numbersIn(10), { counts: 10, shares: 10 });
  assert.deepEqual(await numbersIn(20), { counts: 20, shares: 0 });
  assert.deepEqual(await numbersIn(21), { counts: 0, shares: 0 });
});

test("no text is cut or lies on other text", async () => {
  const long = (k: number) => (k % 3 === 0 ? `a class with a very long name ${k}` : `c${k}`);
  const none = { ...neighbours(4), unpredicted: [0, 0, 7, 0] };
  for (const data of [neighbours(2), neighbours(10), neighbours(20, long), neighbours(100), none]) {
    assert.deepEqual(await misplacedText(await renderSvg(confusion(data))), [], data.title);
  }
});
