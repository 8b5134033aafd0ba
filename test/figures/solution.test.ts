import assert from "node:assert/strict";
import { test } from "node:test";
import { renderSvg } from "../../src/figures/render.js";
import { type SolutionData, solution } from "../../src/figures/solution.js";
import { lossColours, type Spec } from "../../src/figures/theme.js";
import { misplacedText, pixelsOf } from "./svg.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const panels = (spec: Spec) => parts(spec).marks;
const valueDomain = (spec: Spec, k: number) => panels(spec)[k].scales[2].domain;
const rgb = (hex: string) => [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16));

/** The colours of panel k in the middles of a grid's cells, in the order of its values. */
async function coloursOf(spec: Spec, k: number, width: number, height: number) {
  const url = panels(spec)[k].marks[0].encode.update.url.value;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="120"><image href="${url}" width="120" height="120" preserveAspectRatio="none"/></svg>`;
  const { at } = await pixelsOf(svg);
  return Array.from({ length: width * height }, (_, i) =>
    at(Math.floor((((i % width) + 0.5) / width) * 120), Math.floor((1 - (Math.floor(i / width) + 0.5) / height) * 120)),
  );
}

//  y=1 | 0  2  4      exact: one more at the last
//  y=0 | 1  3  5      x = 0, 1, 2
const small: SolutionData = {
  title: "",
  x: Float64Array.of(0, 1, 2),
  y: Float64Array.of(0, 1),
  xLabel: "t",
  yLabel: "x",
  u: Float64Array.of(1, 3, 5, 0, 2, 4),
};
const exact = Float64Array.of(1, 3, 5, 0, 2, 5);

test("u alone fills the figure, first axis to the right, second upwards", async () => {
  const spec = solution(small);
  assert.equal(panels(spec).length, 1);
  const found = await coloursOf(spec, 0, 3, 2);
  assert.deepEqual(found[3], rgb(lossColours[0]), "0 is the darkest");
  assert.deepEqual(found[2], rgb(lossColours[lossColours.length - 1]), "5 is the lightest");
});

test("network and exact solution share their colours, the error begins at white", async () => {
  const spec = solution({ ...small, exact });
  assert.equal(panels(spec).length, 3);
  assert.deepEqual(
    [valueDomain(spec, 0), valueDomain(spec, 1), valueDomain(spec, 2)],
    [
      [0, 5],
      [0, 5],
      [0, 1],
    ],
  );
  const [network, right, error] = await Promise.all([0, 1, 2].map((k) => coloursOf(spec, k, 3, 2)));
  assert.deepEqual(network.slice(0, 5), right.slice(0, 5));
  assert.notDeepEqual(network[5], right[5]);
  assert.deepEqual(right[5], right[2]);
  assert.deepEqual(error.slice(0, 5), Array(5).fill([255, 255, 255]));
  assert.notDeepEqual(error[5], [255, 255, 255]);
  assert.match(String(parts(spec).title.subtitle), /largest error 1/);
});

test("a reference is not called exact", () => {
  const titles = (spec: Spec) => panels(spec).map(({ title }: { title: { text: string } }) => title.text);
  assert.deepEqual(titles(solution({ ...small, exact })), ["network u", "exact u", "|error|"]);
  assert.deepEqual(titles(solution({ ...small, exact, isReference: true })), ["network u", "reference u", "|error|"]);
});

test("values that are not finite are grey and told", () => {
  const u = small.u.slice();
  u[1] = Number.NaN;
  const spec = solution({ ...small, u, exact });
  assert.match(String(parts(spec).title.subtitle), /1 of 6 values not finite \(grey\)/);
  assert.deepEqual(valueDomain(spec, 2), [0, 1]);
  assert.match(String(parts(solution({ ...small, u: u.fill(Number.NaN) })).title.subtitle), /0 of 6 values finite/);
  assert.throws(() => solution({ ...small, u: u.slice(1) }), /on 3×2 points has 5 values/);
});

test("long numbers at a colour bar make room for the axis of the next panel", async () => {
  const x = Float64Array.of(-0.5, 0, 0.5);
  const u = Float64Array.from({ length: 9 }, (_, k) => (k - 4) * 1e307);
  const of = { title: "", x, y: x, xLabel: "x", yLabel: "y", u, exact: u.map((value) => -value) };
  assert.deepEqual(await misplacedText(await renderSvg(solution(of))), []);
});

test("no text is cut or lies on other text", async () => {
  const n = 20;
  const x = Float64Array.from({ length: n }, (_, i) => i / n);
  const of = (size: number) => Float64Array.from({ length: n * n }, (_, i) => size * Math.sin(i));
  const title = "A network for the convection of a wave at β = 30";
  for (const size of [1e-7, 1, 1e5]) {
    const data = { ...small, title, x, y: x, u: of(size), exact: of(size * 1.001) };
    assert.deepEqual(await misplacedText(await renderSvg(solution(data))), [], `${size}`);
    const { exact: _, ...alone } = data;
    assert.deepEqual(await misplacedText(await renderSvg(solution(alone))), [], `${size}, alone`);
  }
});
