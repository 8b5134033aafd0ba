import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeTree } from "../../src/figures/mergeTree.js";
import type { Spec } from "../../src/figures/theme.js";

// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const parts = (spec: Spec) => spec as any;
const yScale = (spec: Spec) => parts(spec).scales.find((scale: { name: string }) => scale.name === "y");
const values = (spec: Spec, name: string) =>
  parts(spec).data.find((data: { name: string }) => data.name === name).values;
const subtitle = (spec: Spec) => parts(spec).title.subtitle.join(" ");

test("minima, saddles and the root stand at their losses, elbows join them", () => {
  //  9      root
  //  6   +--+----+
  //  4 +-+-+     |
  //  3 |   |     2
  //  2 |   0
  //  1 1
  const spec = mergeTree({ title: "tree", value: [2, 1, 3, 4, 6, 9], parent: [3, 3, 4, 4, 5, -1] });
  const kinds = values(spec, "nodes").map(({ loss, label }: { loss: number; label: string }) => `${label} ${loss}`);
  assert.deepEqual(kinds.sort(), ["minimum 1", "minimum 2", "minimum 3", "root 9", "saddle 4", "saddle 6"]);
  assert.deepEqual(
    values(spec, "bars").map((bar: { left: number; right: number; loss: number }) => [bar.loss, bar.left, bar.right]),
    [
      [4, 0, 1],
      [6, 0.5, 2],
    ],
  );
  assert.equal(yScale(spec).type, "linear");
  assert.equal(subtitle(spec), "3 minima");
});

test("of more than 200 minima the most persistent are drawn and counted", () => {
  // minima at k/1000 all join at 1: the lowest 200 are the most persistent
  const n = 1234;
  const value = [...Array.from({ length: n }, (_, k) => k / 2000), 1];
  const spec = mergeTree({ title: "tree", value, parent: value.map((_, v) => (v < n ? n : -1)) });
  const minima = values(spec, "nodes").filter(({ label }: { label: string }) => label === "minimum");
  assert.equal(minima.length, 200);
  assert.ok(minima.every(({ loss }: { loss: number }) => loss < 0.1));
  assert.equal(subtitle(spec), "the 200 most persistent of 1234 minima");
});

test("a root far above a low tree does not flatten it", () => {
  const spec = mergeTree({ title: "tree", value: [2.304, 2.305, 2.306, 900], parent: [2, 2, 3, -1] });
  assert.ok(yScale(spec).domain[1] < 2.31);
  assert.match(subtitle(spec), /root at 900, beyond the axis/);
  const near = mergeTree({ title: "tree", value: [1, 2, 3, 5], parent: [2, 2, 3, -1] });
  assert.ok(yScale(near).domain[1] > 5);
});

test("nodes that are not finite lie at the edge and are counted", () => {
  const spec = mergeTree({ title: "tree", value: [1, 2, 3, Infinity], parent: [2, 2, 3, -1] });
  const root = values(spec, "nodes").find(({ label }: { label: string }) => label === "root");
  assert.equal(root.loss, yScale(spec).domain[1]);
  assert.match(subtitle(spec), /1 of 4 nodes not finite/);
  assert.match(subtitle(mergeTree({ title: "tree", value: [Number.NaN], parent: [-1] })), /0 of 1 nodes finite/);
});

test("a constant is one minimum", () => {
  for (const [value, parent] of [
    [[4], [-1]],
    [
      [4, 4],
      [1, -1],
    ],
  ]) {
    const labels = values(mergeTree({ title: "tree", value, parent }), "nodes").map(
      ({ label }: { label: string }) => label,
    );
    assert.deepEqual(labels, ["minimum"]);
  }
});

test("a superlevel tree has maxima, and a wide positive range a log axis", () => {
  const spec = mergeTree({ title: "tree", value: [1e4, 1e3, 10, 1], parent: [2, 2, 3, -1] });
  assert.equal(subtitle(spec), "2 maxima");
  assert.equal(yScale(spec).type, "log");
});
