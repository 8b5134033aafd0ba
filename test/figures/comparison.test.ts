import assert from "node:assert/strict";
import { test } from "node:test";
import { comparison } from "../../src/figures/comparison.js";

/** The dots of the map of two groups of items at these positions on a line. */
function dotsOf(x: number[], names: string[]) {
  const labels = x.map((_, k) => `item ${k}`);
  const distances = Float64Array.from(x.flatMap((a) => x.map((b) => Math.abs(a - b))));
  const spec = comparison({
    ...{ title: "", labels, labelTitle: "item", distances, distanceLabel: "distance", explained: 1 },
    ...{ x, y: x.map(() => 0), groups: { names, labels, labelTitle: "item" } },
  });
  // biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
  const [, map] = (spec as any).marks;
  return map.data[0].values as { x: number; y: number; size: number; colour: string }[];
}

test("items of several groups at one place are rings around each other, so that every colour is seen", () => {
  const [first, second, third, apart] = dotsOf([0, 0, 0, 9], ["a", "b", "c", "a"]);
  assert.deepEqual([second.x, third.x], [first.x, first.x]);
  const radii = [first, second, third].map(({ size }) => Math.sqrt(size) / 2);
  assert.ok(radii[0] - radii[1] > 2 && radii[1] - radii[2] > 2, String(radii));
  assert.equal(apart.size, third.size);
  assert.equal(new Set([first, second, third].map(({ colour }) => colour)).size, 3);
});

test("items of one group at one place are one dot", () => {
  assert.equal(dotsOf([0, 0, 9], ["a", "a", "b"]).length, 2);
});
