import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { progressReporter } from "../../../src/cli/progress/progressReporter.js";
import type { Step } from "../../../src/pipeline/step.js";

const steps = ["grid", "tree", "a-long-name-of-a-step"].map((id) => ({ id }) as Step);

/** What a terminal of some width shows, as rows, and how often a table was drawn. */
function terminal(columns: number) {
  let rows = [""];
  let draws = 0;
  const write = (text: string) => {
    for (const [all, up] of text.replaceAll("\u001b", "^").matchAll(/\^\[(\d+)A\^\[J|\n|[^\n^]+/g)) {
      if (up) {
        // What stands left of the cursor stays.
        const [row, last] = [rows.length - 1 - Number(up), rows[rows.length - 1]];
        rows = [...rows.slice(0, row), rows[row].slice(0, last.endsWith("\r") ? 0 : last.length)];
      } else if (all === "\n") rows.push("");
      else rows[rows.length - 1] += all;
    }
    if (text.includes(" running, ")) draws++;
  };
  return { stream: { write, isTTY: true, columns, rows: 24 }, shown: () => rows, draws: () => draws };
}

/** Without what the surroundings say of colours. */
function plainly(t: { after(restore: () => void): void }): void {
  const { CI, NO_COLOR } = process.env;
  delete process.env.CI;
  process.env.NO_COLOR = "1";
  t.after(() => {
    if (CI !== undefined) process.env.CI = CI;
    if (NO_COLOR === undefined) delete process.env.NO_COLOR;
    else process.env.NO_COLOR = NO_COLOR;
  });
}

test("a step that goes on midway: the rate and the time left count what this run has done", async (t) => {
  plainly(t);
  const { stream, shown } = terminal(120);
  const { onEvent, end } = progressReporter(stream, "pipeline");
  const [step] = steps;
  onEvent({ type: "plan", steps: [step], cached: new Map(), jobs: 1 });
  await setTimeout(110);
  onEvent({ type: "started", step });
  onEvent({ type: "progress", step, fraction: 0.8 });
  const start = performance.now();
  await setTimeout(250);
  // half of what was left is done in this time, so as much time is left
  const elapsed = (performance.now() - start) / 1000;
  onEvent({ type: "progress", step, fraction: 0.9, note: { done: 400, unit: "points" } });
  const row = shown().at(-3) ?? "";
  const [, left, rate] = /grid █+░+ {2}90 % {2}[\d.]+ s {2}([\d.]+) s left {2}([\d,]+) points\/s/.exec(row) ?? [];
  assert.ok(Math.abs(Number(left) - elapsed) < 0.05, `${left} s left after ${elapsed} s: ${row}`);
  assert.ok(Math.abs(Number(rate.replace(",", "")) * elapsed - 400) < 100, rate);
  assert.match(shown().at(-2) ?? "", /^0 of 1 step, 1 running, [\d.]+ s, about [\d.]+ s left$/);
  end();
  assert.deepEqual(shown(), ["pipeline: 1 step, 0 cached, 1 to run on 1 worker", ""], "the table is gone");
});

test("the table keeps within the terminal, is drawn at most ten times a second, and finished steps stay above it", async (t) => {
  plainly(t);
  const { stream, shown, draws } = terminal(40);
  const { onEvent, end } = progressReporter(stream, "p");
  onEvent({ type: "plan", steps, cached: new Map(), jobs: 3 });
  for (const step of steps) onEvent({ type: "started", step });
  const start = performance.now();
  while (performance.now() - start < 350) {
    onEvent({
      type: "progress",
      step: steps[2],
      fraction: 0.5,
      note: "二\u001b[31m\u0007 wide and long words of a command",
    });
    await setTimeout(1);
  }
  assert.ok(draws() <= 6, `${draws()} in 0.35 s`);
  const record = () => ({ provenance: { summary: [["loss", 0.123456]] } }) as never;
  const made = { object: "", path: "", stamp: "", record };
  onEvent({ type: "finished", outcome: { step: steps[0], state: "done", ...made }, seconds: 2 });
  onEvent({ type: "finished", outcome: { step: steps[1], state: "failed", error: "no" }, seconds: 2 });
  await setTimeout(150);
  const rows = shown();
  assert.deepEqual(rows.slice(1, 3), ["✓ grid 2.0 s  loss 0.1235", "✗ tree: no"]);
  assert.ok(
    rows.slice(3).every((row) => row.length < 40),
    rows.join("\n"),
  );
  assert.match(rows.at(-2) ?? "", /^2 of 3 steps, 1 failed, 1 running, /);
  assert.equal(rows.length, 6);
  end();
});

test("what is said stays above the table, and an echoed ^C goes with the table", async (t) => {
  plainly(t);
  const { stream, shown } = terminal(120);
  const { onEvent, say, end } = progressReporter(stream, "p");
  onEvent({ type: "plan", steps, cached: new Map(), jobs: 3 });
  onEvent({ type: "started", step: steps[0] });
  stream.write("~C");
  say("finishing what runs");
  await setTimeout(150);
  const rows = shown();
  assert.deepEqual(rows.slice(1, 2), ["finishing what runs"]);
  assert.match(rows[3], /^0 of 3 steps, 1 running/);
  assert.equal(rows.length, 5);
  end();
});

test("where no terminal is, there are plain lines", (t) => {
  plainly(t);
  let text = "";
  const { onEvent } = progressReporter({ write: (part) => (text += part) }, "p");
  onEvent({ type: "plan", steps, cached: new Map(), jobs: 3 });
  onEvent({ type: "started", step: steps[0] });
  onEvent({ type: "progress", step: steps[0], fraction: 0.5 });
  assert.equal(text, "p: 3 steps, 0 cached, 3 to run on 3 workers\n");
});
