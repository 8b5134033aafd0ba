import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProfileOutlines } from "../../src/figures/profile.js";
import { profiles } from "../../src/figures/profiles.js";
import { renderSvg } from "../../src/figures/render.js";

/** One well from `low` to `high`, as wide as `samples` at the top. */
const well = (low: number, high: number, samples: number): ProfileOutlines => ({
  basin: [0, 0],
  value: [low, high],
  left: [samples / 2, 0],
  right: [samples / 2 + 1, samples],
  meanLoss: [low, low],
  dots: { x: [samples / 2], value: [low], type: ["minimum"] },
});

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: unknown) => spec as any;
const domain = (spec: unknown, name: string) =>
  parts(spec).scales.find((scale: { name: string }) => scale.name === name).domain;

const two = {
  title: "two",
  columns: 2,
  panels: [
    { label: "beta = 1", profile: well(0.1, 2, 10) },
    { label: "beta = 30", profile: well(1, 8, 20) },
  ],
};

test("panels share the axis of losses, the axis of samples and the colours", async () => {
  const spec = profiles({ ...two, lossScale: "linear" });
  assert.deepEqual(domain(spec, "x"), [0, 20]);
  const [low, high] = domain(spec, "y");
  assert.ok(low < 0.1 && high > 8 && high < 8.5);
  assert.deepEqual(domain(spec, "loss"), [low, high]);
  assert.equal(parts(spec).marks.length, 2);
  const svg = await renderSvg(spec);
  for (const text of ["beta = 1", "beta = 30", "number of samples"]) assert.ok(svg.includes(text), text);
});

test("a panel that failed says why, and remarks name their panel", () => {
  const panels = [two.panels[0], { label: "beta = 9", missing: "failed: no memory" }];
  const spec = profiles({ ...two, panels, lossDomain: [0.2, 1] });
  assert.match(parts(spec).title.subtitle.join(" "), /beta = 1: 2 of 2 levels beyond the axis/);
  assert.deepEqual(parts(spec).marks[1].marks[0].encode.update.text.value, ["failed: no memory"]);
  const none = profiles({ ...two, panels: [panels[1]] });
  assert.match(parts(none).title.subtitle.join(" "), /1 panels? without a finite level/);
});

test("losses that are not positive lie below a log axis", () => {
  const panels = [{ label: "f", profile: well(-1, 2, 4) }];
  assert.match(JSON.stringify(profiles({ ...two, panels, lossScale: "log" }).marks), /≤ 0/);
  assert.deepEqual(domain(profiles({ ...two, panels, lossScale: "log", lossDomain: [0.1, 2] }), "y"), [0.1, 2]);
});
