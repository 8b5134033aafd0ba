import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact, type Column } from "../../src/artifact/artifact.js";
import { largestDifference } from "../../src/artifact/differences.js";

const table = (columns: Record<string, Column>) => artifact("table", columns);

test("equal artifacts differ nowhere, NaN and infinities included", () => {
  const make = () =>
    table({ a: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, 0), s: ["x", "", "z"], v: vectors(3, 2) });
  assert.equal(largestDifference(make(), make()), undefined);
});

test("the difference is a share of the column's largest finite magnitude, and the largest one is given", () => {
  const a = table({ a: Float64Array.of(100, 1), b: Float64Array.of(1, 1) });
  const b = table({ a: Float64Array.of(100, 2), b: Float64Array.of(1, 1.5) });
  assert.deepEqual(largestDifference(a, b), { column: "b", row: 1, values: ["1", "1.5"], relative: 0.5 / 1.5 });
  assert.deepEqual(largestDifference(b, a)?.values, ["1.5", "1"]);
});

test("a number that is missing on one side, another text, another list and another shape differ by infinity", () => {
  const differ = (a: Record<string, Column>, b: Record<string, Column>) => {
    const found = largestDifference(table(a), table(b));
    assert.equal(found?.relative, Number.POSITIVE_INFINITY);
    return found?.values;
  };
  assert.deepEqual(differ({ a: Float64Array.of(1, 2) }, { a: Float64Array.of(1, Number.NaN) }), ["2", "NaN"]);
  assert.deepEqual(differ({ s: ["yes"] }, { s: ["no"] }), ['"yes"', '"no"']);
  const lists = (...offsets: number[]) => ({ l: { offsets: Int32Array.from(offsets), values: Int32Array.of(1, 2) } });
  assert.deepEqual(differ(lists(0, 1, 2), lists(0, 2, 2)), ["1 values", "2 values"]);
  assert.deepEqual(differ({ a: Float64Array.of(1) }, { b: Float64Array.of(1) }), [
    "table of 1 rows: a",
    "table of 1 rows: b",
  ]);
});

function vectors(rows: number, width: number): Column {
  return { width, values: Float64Array.from({ length: rows * width }, (_, i) => i) };
}
