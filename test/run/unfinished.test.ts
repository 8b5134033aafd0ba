import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { artifact } from "../../src/artifact/artifact.js";
import { unfinishedState } from "../../src/run/unfinished.js";

test("two steps with equal states keep them apart: a new state of one leaves that of the other", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-unfinished-"));
  const stateOf = (key: string) => unfinishedState(folder, key, { isLast: () => true, saved: () => {} });
  const state = (value: number) => artifact("table", { value: Float64Array.of(value) }, { note: "begun" });
  const [one, two] = [stateOf("a".repeat(64)), stateOf("b".repeat(64))];
  for (const each of [one, two]) each?.save(() => state(0));
  one?.save(() => state(1));
  assert.deepEqual(one?.load()?.columns.value, Float64Array.of(1));
  assert.deepEqual(two?.load()?.columns.value, Float64Array.of(0));
  assert.equal(two?.load()?.metadata.note, "begun");
});
