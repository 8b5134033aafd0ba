import assert from "node:assert/strict";
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
          { name: evil, point: evil, caption: evil, svg },
          { name: evil, point: "other", caption: evil, svg },
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

test("the page is self-contained: no script, and no address but those of namespaces", async () => {
  const page = await reportPage({
    ...empty,
    sections: [
      { heading: "figures", figures: [{ name: "points", point: "", caption: "", svg: await renderSvg(gradient) }] },
    ],
  });
  assert.ok(!/<script|<link|<iframe/.test(page));
  assert.deepEqual(
    new Set(page.match(/https?:\/\/[^"' )]*/g)),
    new Set(["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"]),
  );
});

test("figures share the page: own ids, one font, a name for those who cannot see them", async () => {
  const svg = await renderSvg(gradient);
  const figures = ["1", "2", "3"].map((beta) => ({ name: "points", point: `β=${beta}`, caption: "a caption", svg }));
  const page = await reportPage({ ...empty, sections: [{ heading: "figures", figures }] });
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.ok(ids.length >= 6, "a clip path and a gradient each");
  assert.equal(new Set(ids).size, ids.length);
  const references = [...page.matchAll(/url\(#([^)]*)\)/g)].map(([, id]) => id);
  assert.ok(references.length >= 6 && references.every((id) => ids.includes(id)));
  assert.equal(page.match(/@font-face/g)?.length, 1);
  assert.equal(page.match(/<svg role="img" aria-label="points, β=[123], a caption"/g)?.length, 3);
});

test("rows are figures, columns points; a point without the figure keeps its place", async () => {
  const svg = await renderSvg(gradient);
  const figure = (name: string, point: string) => ({ name, point, caption: "", svg });
  const page = await reportPage({
    ...empty,
    sections: [{ heading: "matrix", figures: [figure("tree", "a"), figure("tree", "b"), figure("barcode", "b")] }],
  });
  const order = [...page.matchAll(/<h3>(\w+)|<figcaption[^>]*><b>(\w)<\/b>( no figure)?/g)].map(
    ([, name, point, none]) => name ?? point + (none ?? ""),
  );
  assert.deepEqual(order, ["tree", "a", "b", "barcode", "a no figure", "b"]);
  assert.match(page, /style="--points: 2"/);
  const single = await reportPage({
    ...empty,
    sections: [{ heading: "one", figures: [figure("tree", ""), figure("barcode", "")] }],
  });
  assert.ok(single.includes('class="flow"') && !single.includes('class="points"'));
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
  const figures = [400, 1100].map((width) => ({ name: `${width}`, point: "", caption: "", svg: svg(width) }));
  const page = await reportPage({ ...empty, sections: [{ heading: "one", figures }] });
  assert.deepEqual(page.match(/<figure[^>]*>/g), ["<figure>", '<figure class="wide">']);
});
