import assert from "node:assert/strict";
import { test } from "node:test";
import { type BarcodesData, barcodes } from "../../src/figures/barcodes.js";
import { renderSvg } from "../../src/figures/render.js";
import { misplacedText } from "./svg.js";

type Segment = { x: number; birth: number; death: number; endless: boolean };

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const spec = (data: Partial<BarcodesData>) => barcodes({ title: "bars", columns: [], ...data }) as any;
const segments = (of: ReturnType<typeof spec>): Segment[] => of.data[2].values;

const two = [
  { label: "depth = 2, width = 16", bars: { birth: [1, 0, 2], death: [4, Infinity, 3] } },
  { label: "depth = 3, width = 16", bars: { birth: [0.5], death: [Infinity] } },
];

test("every barcode has a column on one loss axis, in it the longest segment first", () => {
  const figure = spec({ columns: two });
  const top = figure.scales[0].domain[1];
  assert.ok(top > 4);
  assert.deepEqual(
    segments(figure).map(({ birth, death, endless }) => [birth, death, endless]),
    [
      [0, top, true],
      [1, 4, false],
      [2, 3, false],
      [0.5, top, true],
    ],
  );
  const [a, b, c, d] = segments(figure).map(({ x }) => x);
  assert.ok(a < b && b < c && c < d);
  const [first, second] = figure.data[0].values;
  assert.ok(c < first.left + first.width && second.left === first.left + first.width && d > second.left);
  assert.deepEqual(first.label, ["depth = 2", "width = 16"]);
});

test("a given axis makes arrows of what ends beyond it, and counts what begins there", () => {
  const figure = spec({ columns: two, lossDomain: [0.2, 3.5] });
  assert.deepEqual(
    segments(figure).map(({ birth, death, endless }) => [birth, death, endless]),
    [
      [1, 3.5, true],
      [2, 3, false],
      [0.5, 3.5, true],
    ],
  );
  assert.match(figure.title.subtitle.join(" "), /^1 bars that begin beyond the axis/);
  assert.match(
    JSON.stringify(spec({ columns: two, lossScale: "log" }).axes),
    /\\"0\\"/,
    "0 has a place below a log axis",
  );
});

test("of many bars the longest are drawn, downward ones begin at maxima, and a failed one says why", () => {
  const birth = Float64Array.from({ length: 50 }, (_, k) => k);
  const figure = spec({
    columns: [
      { label: "many", bars: { birth, death: birth.map((x) => x - 1 - x / 100) } },
      { label: "none", missing: "failed: it did not work" },
    ],
  });
  assert.equal(segments(figure).length, 40);
  assert.equal(Math.min(...segments(figure).map(({ birth }) => birth)), 10);
  assert.match(figure.title.subtitle.join(" "), /many: the 40 longest of 50 bars/);
  assert.deepEqual(figure.scales[1].domain, ["maximum", "saddle"]);
  assert.deepEqual(figure.data[1].values[0].label, ["failed: it did", "not work"]);
  assert.match(
    JSON.stringify(spec({ columns: [{ label: "a", bars: { birth: [NaN], death: [1] } }] })),
    /nothing finite/,
  );
});

test("no label runs into another or off the picture", async () => {
  const columns = [2, 3, 4, 6, 8].flatMap((depth) =>
    [16, 1024].map((width) => ({
      label: `depth = ${depth}, width = ${width}, optimizer = sgd`,
      bars: { birth: [0.001, 0.002], death: [Infinity, 0.5] },
    })),
  );
  const svg = await renderSvg(spec({ columns }));
  assert.deepEqual(await misplacedText(svg), []);
});
