import assert from "node:assert/strict";
import { test } from "node:test";
import { cirque, workplace } from "./workplace.js";

test("the flowchart comes as mermaid, dot and SVG, with names escaped", () => {
  const folder = workplace();
  assert.match(cirque(folder, "dag", "p.yaml").stdout, /^flowchart LR\n {2}s0\["grid<br\/><i>import-grid<\/i>"\]/);
  assert.match(
    cirque(folder, "dag", "p.yaml", "--format", "dot").stdout,
    /s1 \[label="scaled\\nscale\.mjs\\n2 × power"\];[\s\S]*s0 -> s1 \[label="grid"\];/,
  );
  const svg = cirque(folder, "dag", "p.yaml", "--format", "svg").stdout;
  assert.equal(svg.match(/<rect/g)?.length, 6, "the page and a box for each stage");
  assert.equal(svg.match(/marker-end/g)?.length, 4, "an arrow for each input");
});
