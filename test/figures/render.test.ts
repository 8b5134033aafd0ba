import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { barcode } from "../../src/figures/barcode.js";
import { contour } from "../../src/figures/contour.js";
import { takeFontStyle } from "../../src/figures/fonts.js";
import { mergeTree } from "../../src/figures/mergeTree.js";
import { profile } from "../../src/figures/profile.js";
import { renderPng, renderSvg } from "../../src/figures/render.js";
import type { Spec } from "../../src/figures/theme.js";
import { pixelsOf, sizeOf, textBoxes } from "./svg.js";

const lite = "https://vega.github.io/schema/vega-lite/v6.json";
const lines: Spec = {
  $schema: lite,
  title: "absolute error against β <script>",
  data: { values: [1, 2, 3].map((beta) => ({ beta, error: 10 ** -beta })) },
  mark: "line",
  encoding: {
    x: { field: "beta", type: "quantitative", title: "β" },
    y: { field: "error", type: "quantitative", scale: { type: "log" } },
  },
};

/** Every plot over a landscape a·f + b, f a bowl with ripples on 21×21 samples; and over data without structure. */
function figures(title: string, a: number, b: number): Spec[] {
  const n = 21;
  const x = Float64Array.from({ length: n }, (_, i) => (i - 10) / 10);
  const loss = Float64Array.from({ length: n * n }, (_, v) => {
    const [u, w] = [x[v % n], x[Math.floor(v / n)]];
    return a * (u * u + w * w + 0.1 * Math.cos(9 * u) + 0.1) + b;
  });
  const value = [0, 0.2, 0.1, 0.4, 0.7, 2].map((level) => a * level + b);
  const parent = [3, 3, 4, 4, 5, -1];
  const rows = {
    basin: [5, 5, 5, 0, 0, 0],
    left: [6, 4, 0, 8, 7, 6],
    right: [14, 16, 20, 10, 11, 12],
    meanLoss: [1, 1, 1, 0.1, 0.1, 0.1],
  };
  return [
    contour({ title, x, y: x, loss, xLabel: "direction 1 (λ = 3201, unit of ‖θ‖)", yLabel: "direction 2 (λ = 422.1)" }),
    mergeTree({ title, subtitle: "freudenthal, simplified at 1 % of the range", value, parent }),
    barcode({ title, dimension: [0, 0, 1], birth: value, death: [Infinity, value[3], value[4]] }),
    profile({
      title,
      ...rows,
      meanLoss: rows.meanLoss.map((level) => a * level + b),
      value: [0.4, 0.7, 2, 0, 0.2, 0.4].map((level) => a * level + b),
      dots: { x: [9, 10], value: [value[0], value[3]], type: ["minimum", "saddle"] },
    }),
  ];
}

const nothing = new Float64Array(4).fill(Number.NaN);
const cases: [string, () => Spec[]][] = [
  ["an ordinary range", () => figures("convection β=30, seed=0", 1, 0.01)],
  [
    "a wide log range and a long title",
    () => figures("reaction–diffusion ν=2, ρ=5 and θ with a title that takes more than one line", 1e5, 1e-9),
  ],
  ["tiny values", () => figures("tiny", 1e-9, 0)],
  ["huge values", () => figures("huge", 1e9, 0)],
  ["negative values", () => figures("negative", 1e5, -3e5)],
  ["close values", () => figures("close", 1e-6, 2.304585)],
  ["a constant", () => figures("constant", 0, 0.25)],
  [
    "nothing finite",
    () => [
      contour({
        title: "none",
        x: nothing.subarray(0, 1).fill(0),
        y: Float64Array.of(0),
        loss: Float64Array.of(Number.NaN),
        xLabel: "a",
        yLabel: "b",
      }),
    ],
  ],
];

for (const [what, specs] of cases) {
  test(`figures of ${what} show all their text, nothing of it cut off or overlapping`, async () => {
    for (const spec of specs()) {
      const svg = await renderSvg(spec);
      const { width, height } = sizeOf(svg);
      const boxes = await textBoxes(svg);
      assert.ok(boxes.length >= 2);
      for (const box of boxes) {
        assert.ok(
          box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= height,
          `"${box.text}" is cut off in ${svg.slice(-300)}`,
        );
      }
      boxes.forEach((a, i) => {
        for (const b of boxes.slice(i + 1)) {
          const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
          assert.ok(apart, `"${a.text}" and "${b.text}" overlap`);
        }
      });
      assert.ok(width < 640 && height < 480, `${width}×${height}`);
      assert.ok((await pixelsOf(svg)).distinct > 3);
    }
  });
}

test("the same spec gives the same bytes, after other pictures, among them, and in another thread", async () => {
  const [first, ...others] = figures("convection β=30, seed=0", 1, 0.01);
  const alone = await renderSvg(first);
  const crowd = await Promise.all([...others, first, lines, first].map(renderSvg));
  assert.equal(crowd[3], alone);
  assert.equal(crowd[5], alone);
  const render = new URL("../../src/figures/render.js", import.meta.url).href;
  const code = `const { parentPort, workerData } = require("node:worker_threads");
    import(${JSON.stringify(render)}).then(({ renderSvg }) => renderSvg(workerData)).then((svg) => parentPort.postMessage(svg));`;
  const worker = new Worker(code, { eval: true, workerData: first });
  const elsewhere = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.equal(elsewhere, alone);
  assert.deepEqual(await renderPng(alone), await renderPng(alone));
});

test("specs are plain JSON: written and read again they give the same picture", async () => {
  for (const spec of figures("json", 1, 0.01)) {
    assert.equal(await renderSvg(JSON.parse(JSON.stringify(spec))), await renderSvg(spec));
  }
});

test("text is escaped, in DejaVu Sans, with the glyphs it uses embedded", async () => {
  const svg = await renderSvg(lines);
  assert.ok(svg.includes("β &lt;script&gt;") && !svg.includes("<script"));
  const { svg: bare, style } = takeFontStyle(svg);
  assert.ok(!bare.includes("<style") && svg === bare.replace(">", `>${style}`));
  assert.equal(style.match(/@font-face/g)?.length, 2); // the title is bold
  assert.ok(
    [...bare.matchAll(/<text [^>]*>/g)].every(([tag]) => tag.includes('font-family="DejaVu Sans, sans-serif"')),
  );
  assert.ok(svg.length < 60_000, `${svg.length} bytes`);
});

test("a PNG has the size that was asked for and shows the text", async () => {
  const svg = await renderSvg({ ...lines, title: "IIIIIIIIIIIIIIII" });
  const png = Buffer.from(await renderPng(svg, { scale: 1.5 }));
  assert.deepEqual([...png.subarray(1, 4)].map((byte) => String.fromCharCode(byte)).join(""), "PNG");
  assert.equal(png.readUInt32BE(16), Math.round(sizeOf(svg).width * 1.5));
  const untitled = Buffer.from(await renderPng(svg.replace(/>I+</, "><"), { scale: 1.5 }));
  assert.notDeepEqual(png, untitled);
});

test("a picture of more pixels than fit into memory is an error, which resvg ends the process for", async () => {
  const svg = await renderSvg(lines);
  const huge = (size: string) => svg.replace(/ width="[^"]*" height="[^"]*" viewBox="[^"]*"/, size);
  const far = huge(' width="1e+200" height="10" viewBox="0 0 1e+200 10"');
  await assert.rejects(
    renderPng(far),
    /the figure would have 2e\+200 × 20 pixels, more than 268435456; draw it smaller/,
  );
  await assert.rejects(renderPng(huge(' width="9000" height="9000" viewBox="0 0 9000 9000"')), /18000 × 18000/);
});

test("a spec that cannot be drawn is an error that says why, never an empty picture", async () => {
  const vega = "https://vega.github.io/schema/vega/v6.json";
  const refused: [unknown, RegExp][] = [
    [{ mark: "bar" }, /\$schema is undefined; expected "https:\/\/vega/],
    [{ $schema: "https://json-schema.org/draft-07/schema" }, /expected "https:\/\/vega/],
    [{ ...lines, mark: "lines" }, /mark is "lines"; expected one of .*line/],
    [{ ...lines, encoding: { x: { field: "beta", type: "nonsense" } } }, /field type/],
    [{ ...lines, data: { values: [] } }, /cannot be drawn/],
    [
      { ...lines, data: { url: "https://example.org/a.csv" } },
      /example\.org.*belong in its spec|belong in its spec.*example\.org/,
    ],
    [{ ...lines, data: { url: "package.json" } }, /package\.json/],
    [{ $schema: vega, marks: [] }, /nothing|no mark has anything to draw/],
    [{ $schema: vega, marks: [{ type: "rule" }], axes: [{ scale: "nowhere", orient: "left" }] }, /nowhere/],
    [{ $schema: vega, marks: [{ type: "symbol", from: { data: "missing" } }] }, /missing/],
    [
      {
        $schema: vega,
        marks: [{ type: "image", encode: { update: { url: { value: "https://example.org/a.png" } } } }],
      },
      /example\.org/,
    ],
    [{ $schema: vega, marks: [{ type: "rect", encode: { update: { width: { signal: "0 / 0" } } } }] }, /NaN/],
  ];
  for (const [spec, reason] of refused) {
    await assert.rejects(renderSvg(spec as Spec), (error: Error) => {
      assert.match(error.message, /^the figure cannot be drawn: /);
      assert.match(error.message, reason);
      return true;
    });
  }
  assert.ok(await renderSvg(lines), "a refused figure does not stop the next one");
});

test("an empty text leaves no element, so that those after it keep their weight", async () => {
  const spec = {
    title: { text: " ", subtitle: "" },
    axes: [],
    marks: [{ type: "text", encode: { update: { text: { value: "" } } } }],
  };
  const word = { type: "text", encode: { update: { text: { value: "seen" }, y: { value: 20 } } } };
  const $schema = "https://vega.github.io/schema/vega/v6.json";
  const svg = await renderSvg({ $schema, width: 50, height: 50, ...spec, marks: [...spec.marks, word] });
  assert.doesNotMatch(svg, /<text [^>]*\/>/);
  assert.match(svg, />seen</);
});
