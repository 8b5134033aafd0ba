import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cirque, lines, workplace } from "./workplace.js";

test("a result that has gone is missing, and why says so", () => {
  const folder = workplace();
  const records = join(folder, "results/.cache/records");
  rmSync(records, { recursive: true });
  assert.equal(lines(cirque(folder, "status", "p.yaml").stdout).at(-1), "8 missing");
  assert.match(
    cirque(folder, "why", "p.yaml", "grid").stdout,
    /the store has no result, and nothing has changed since run 1/,
  );
});

test("why of an input from another pipeline names the steps as they are here", () => {
  const folder = workplace();
  writeFileSync(
    join(folder, "q.yaml"),
    `params: { power: [1, 2] }
stages:
  all: { uses: gather, from: { table: { pipeline: p.yaml, stage: summary, set: { power: "\${power}" } } } }
`,
  );
  assert.equal(cirque(folder, "run", "q.yaml").status, 0);
  const { stdout } = cirque(folder, "why", "q.yaml", "all", "--set", "power=[1, 5]");
  assert.match(stdout, /all would run: .*\n +input table: p\/summary changed:\n/);
  assert.match(stdout, /p\/metrics@power=5 is new/);
  assert.match(stdout, /metrics@power=2 is no longer one/);
  assert.doesNotMatch(stdout, /metrics@power=1 is no longer one/);
});
