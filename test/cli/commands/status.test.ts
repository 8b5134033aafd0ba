import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cirque, landscape, lines, stage, workplace } from "./workplace.js";

test("status and why tell what changed, down to the parameter, the file, the module and the failure", () => {
  const folder = workplace();
  const status = (...args: string[]) => lines(cirque(folder, "status", "p.yaml", ...args).stdout).at(-1);
  const why = (step: string, ...args: string[]) => lines(cirque(folder, "why", "p.yaml", step, ...args).stdout);
  const run = /since run 1-[0-9a-f]{4}/;
  assert.equal(status(), "8 cached");
  assert.deepEqual(why("grid"), ["grid is cached and would not run"]);

  assert.equal(status("--set", "power=[1, 5]"), "4 cached, 1 stale, 3 missing");
  assert.deepEqual(why("scaled@power=5", "--set", "power=5"), ["scaled@power=5 would run: it never ran here"]);
  assert.match(cirque(folder, "why", "p.yaml", "tree", "--set", "file=other.csv").stderr, /other\.csv does not exist/);

  writeFileSync(join(folder, "losses.csv"), landscape.replace(",15", ",30"));
  assert.equal(status(), "8 stale");
  const [first, ...rest] = why("metrics@power=1");
  assert.match(first, run);
  assert.deepEqual(rest, [
    "  input tree: tree@power=1 changed:",
    "    input grid: scaled@power=1 changed:",
    "      input grid: grid changed:",
    "        file losses.csv changed",
  ]);
  writeFileSync(join(folder, "losses.csv"), landscape);
  assert.equal(status(), "8 cached");

  writeFileSync(join(folder, "scale.mjs"), stage.replace("version: 1", "version: 2"));
  const changed = why("scaled@power=2").slice(1);
  assert.equal(changed[0], "  stage version 1 → 2");
  assert.match(changed[1], /^ {2}the module .*scale\.mjs changed$/);
  writeFileSync(join(folder, "scale.mjs"), stage);

  const failing = cirque(folder, "run", "p.yaml", "--set", "power=3");
  assert.equal(failing.status, 1);
  assert.equal(status("--set", "power=3"), "1 cached, 3 missing, 1 failed");
  assert.match(
    why("scaled@power=3", "--set", "power=3").join("\n"),
    /it failed in run 2-[0-9a-f]{4}\n {2}three is too much/,
  );
  assert.equal(cirque(folder, "status", "p.yaml", "--set", "power=3", "--exit-code").status, 3);
});
