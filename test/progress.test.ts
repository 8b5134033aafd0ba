import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Step } from "../src/plan.js";
import { progressReporter } from "../src/progress.js";

test("a step that goes on midway: the rate and the time left count what this run has done", async (t) => {
  const { CI } = process.env;
  delete process.env.CI;
  t.after(() => {
    if (CI !== undefined) process.env.CI = CI;
  });
  let shown = "";
  const write = (text: string) => {
    shown = text;
  };
  const report = progressReporter({ write, isTTY: true, columns: 120 }, "pipeline");
  const step = { id: "grid" } as Step;
  report({ type: "started", step });
  report({ type: "progress", step, fraction: 0.8 });
  const start = performance.now();
  await setTimeout(100);
  // half of what was left is done in this time, so as much time is left
  const elapsed = (performance.now() - start) / 1000;
  report({ type: "progress", step, fraction: 0.9, note: { done: 400, unit: "points" } });
  const [, left, rate] = /grid 90 %, ([\d.]+) s left \(([\d,]+) points\/s\)/.exec(shown) ?? [];
  assert.ok(Math.abs(Number(left) - elapsed) < 0.02, `${left} s left after ${elapsed} s: ${shown}`);
  assert.ok(Math.abs(Number(rate.replace(",", "")) * elapsed - 400) < 60, rate);
  report({ type: "progress", step, fraction: undefined, note: "third iteration" });
  assert.match(shown, /grid 0\.1\d s \(third iteration\)/);
});
