import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { type PageContent, reportPage } from "../../src/figures/page.js";
import { renderSvg } from "../../src/figures/render.js";

const gradient = {
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  data: { values: [1, 2, 3].map((x) => ({ x })) },
  mark: { type: "point", clip: true },
  encoding: { x: { field: "x", type: "quantitative" }, color: { field: "x", type: "quantitative" } },
};
const empty: PageContent = {
  title: "sweep",
  description: "",
  warnings: [],
  tables: [],
  sections: [],
  config: "",
  parameters: [],
  provenance: { columns: [], rows: [] },
};

test("names from configs are text, never markup", async () => {
  const evil = `<img src=x onerror="alert(1)">'&`;
  const svg = await renderSvg(gradient);
  const page = await reportPage({
    title: evil,
    description: evil,
    warnings: [evil],
    tables: [{ name: evil, columns: [evil], rows: [[evil]] }],
    sections: [
      {
        heading: evil,
        note: evil,
        figures: [
          { name: evil, point: { [evil]: evil }, caption: evil, svg },
          { name: evil, point: { [evil]: "other" }, caption: evil, svg },
        ],
      },
    ],
    config: evil,
    parameters: [[evil, evil]],
    provenance: { columns: [evil], rows: [[evil]] },
  });
  assert.ok(!page.includes("<img"));
  assert.ok(page.split("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&#39;&amp;").length > 15);
});

test("the page is self-contained: one script, which its policy names, and no address but those of namespaces", async () => {
  const page = await reportPage({
    ...empty,
    sections: [
      { heading: "figures", figures: [{ name: "points", point: {}, caption: "", svg: await renderSvg(gradient) }] },
    ],
  });
  assert.ok(!/<link|<iframe/.test(page));
  const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script);
  assert.equal(page.match(/<script/g)?.length, 1);
  const hash = createHash("sha256").update(scripts[0]).digest("base64");
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "";
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^ ;]*'; style-src 'sha256-/);
  assert.ok(policy.includes(`script-src 'sha256-${hash}'`));
  for (const [, style] of page.matchAll(/<style>(.*?)<\/style>/gs)) {
    assert.ok(policy.includes(createHash("sha256").update(style).digest("base64")));
  }
  assert.deepEqual(
    new Set(page.match(/https?:\/\/[^"' )]*/g)),
    new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]),
  );
});

test("figures share the page: own ids, one font, a name for those who cannot see them", async () => {
  const svg = await renderSvg(gradient);
  const figures = ["1", "2", "3"].map((beta) => ({ name: "points", point: { β: beta }, caption: "a caption", svg }));
  const page = await reportPage({ ...empty, sections: [{ heading: "figures", figures }] });
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.ok(ids.length >= 6, "a clip path and a gradient each");
  assert.equal(new Set(ids).size, ids.length);
  const references = [...page.matchAll(/url\(#([^)]*)\)/g)].map(([, id]) => id);
  assert.ok(references.length >= 6 && references.every((id) => ids.includes(id)));
  assert.equal(page.match(/@font-face/g)?.length, 1);
  assert.equal(page.match(/<svg id="f[123]-svg" role="img" aria-label="points, β = [123], a caption"/g)?.length, 3);
});

test("rows are figures, columns points; a point without the figure keeps its place", async () => {
  const svg = await renderSvg(gradient);
  const figure = (name: string, point: string) => ({
    name,
    point: (point === "" ? {} : { m: point }) as Record<string, string>,
    caption: "",
    svg,
  });
  const page = await reportPage({
    ...empty,
    sections: [{ heading: "matrix", figures: [figure("tree", "a"), figure("tree", "b"), figure("barcode", "b")] }],
  });
  const order = [...page.matchAll(/<h3>(\w+)|<figcaption[^>]*><b>m = (\w)<\/b>( no figure)?/g)].map(
    ([, name, point, none]) => name ?? point + (none ?? ""),
  );
  assert.deepEqual(order, ["tree", "a", "b", "barcode", "a no figure", "b"]);
  const single = await reportPage({
    ...empty,
    sections: [{ heading: "one", figures: [figure("tree", ""), figure("barcode", "")] }],
  });
  assert.ok(single.includes('class="flow"') && !single.includes('class="series"'));
});

test("numbers show 4 digits and keep all of them, null is a dash", async () => {
  const page = await reportPage({
    ...empty,
    tables: [
      {
        name: "t",
        columns: ["loss", "error"],
        rows: [
          [0.000123456789, null],
          [68921, "none"],
        ],
      },
    ],
  });
  assert.match(page, /<td class="number" title="0.000123456789">1\.235×10⁻⁴<\/td><td class="none">–<\/td>/);
  assert.match(page, /title="68921">68,921<.*\n?.*<td>none<\/td>/);
});

test("a wide figure has a row of its own", async () => {
  const svg = (width: number) => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="90"></svg>`;
  const figures = [400, 1100].map((width) => ({ name: `${width}`, point: {}, caption: "", svg: svg(width) }));
  const page = await reportPage({ ...empty, sections: [{ heading: "one", figures }] });
  assert.deepEqual(page.match(/<figure[^>]*>/g), ['<figure id="f1">', '<figure id="f2" class="wide">']);
});

test("of two axes one goes across and the other down; an empty place stays", async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"></svg>`;
  const points = ["1 a", "1 b", "2 b"].map((text) => ({ beta: text[0], seed: text[2] }));
  const figures = points.map((point) => ({ name: "tree", point, caption: "", svg }));
  const page = await reportPage({ ...empty, sections: [{ heading: "matrix", figures }] });
  const order = [...page.matchAll(/<h4>([^<]*)|<figcaption><b>([^<]*)|<div><\/div>/g)].map(
    ([found, row, point]) => row ?? point ?? found,
  );
  const [a, b, c] = points.map(({ beta, seed }) => `beta = ${beta}, seed = ${seed}`);
  assert.deepEqual(order, ["beta = 1", a, b, "beta = 2", "<div></div>", c]);
  assert.match(page, /class="points across2"/);
});

test("a large table shows its headlines; the other columns are there", async () => {
  const rows = [["1", 2, 3]];
  const page = await reportPage({
    ...empty,
    tables: [{ name: "t", columns: ["a", "b", "c"], rows, shown: ["a", "c"] }],
  });
  assert.match(
    page,
    /<th scope="col">a<\/th><th scope="col" class="number more">b<\/th><th scope="col" class="number">c/,
  );
  assert.match(page, /<td class="number more" title="2">2</);
});

test("figures of no matrix point flow together, beside those of points", async () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"></svg>`;
  const figure = (name: string, point: Record<string, string> = {}) => ({ name, point, caption: "", svg });
  const figures = [
    figure("error"),
    figure("map"),
    figure("tree", { m: "a" }),
    figure("tree", { m: "b" }),
    figure("sum"),
  ];
  const page = await reportPage({ ...empty, sections: [{ heading: "matrix", figures }] });
  const order = [...page.matchAll(/<h3>(\w+)|<div class="(flow|series)">|<figure id="(f\d)"/g)].map(
    ([, name, layout, id]) => name ?? layout ?? id,
  );
  assert.deepEqual(order, ["flow", "f1", "f2", "tree", "series", "f3", "f4", "flow", "f5"]);
});
