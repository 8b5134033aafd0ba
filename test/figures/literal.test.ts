import assert from "node:assert/strict";
import { test } from "node:test";
import { lines } from "../../src/figures/lines.js";
import { literal } from "../../src/figures/literal.js";
import { renderSvg } from "../../src/figures/render.js";

test("texts that Vega takes for names of its own are drawn as they are: titles, axes, keys and words", async () => {
  for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    const series = [name, "other"].map((label) => ({ label, x: [0, 1], y: [1, 2] }));
    const svg = await renderSvg(
      lines({ title: name, subtitle: name, xLabel: name, yLabel: name, series, marks: "line" }),
    );
    assert.equal(svg.match(new RegExp(`>${name}<`, "g"))?.length, 5, name);
  }
});

test("a literal is plain data, except for those words and for line ends", () => {
  assert.equal(literal(["a", 1, null]), '["a",1,null]');
  assert.equal(literal(["constructor", "a constructor"]), '[("c"+"onstructor"),"a constructor"]');
  assert.equal(literal("\u2028"), '"\\u2028"');
});
