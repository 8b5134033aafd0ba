import assert from "node:assert/strict";
import { test } from "node:test";
import { cirque, lines, workplace } from "./workplace.js";

test("runs --profile tells where the time went, by stage and step, and what was cached", () => {
  const folder = workplace();
  const profile = (...args: string[]) => cirque(folder, "runs", "p.yaml", "--profile", ...args);
  const first = lines(profile().stdout);
  assert.match(first[0], /^run 1-[0-9a-f]{4}, .*: took .*; 8 of 8 steps computed$/);
  assert.match(first.join("\n"), /\nstage +steps +time +share\n/);
  const steps = (stage: string) => first.find((line) => line.startsWith(`${stage} `))?.match(/^\S+ +(\d+)/)?.[1];
  assert.deepEqual(["grid", "scaled", "tree", "metrics", "summary"].map(steps), ["1", "2", "2", "2", "1"]);
  assert.match(first.join("\n"), /\nslowest steps +time\n(.*\n){7}/);
  assert.equal(cirque(folder, "run", "p.yaml", "--set", "power=[1, 3]").status, 1);
  const second = profile().stdout;
  assert.match(second, /^run 2-.*; 1 of 8 steps computed/);
  assert.match(second, /cached or not run; computing what is cached took /);
  assert.match(second, /\nfailed: scaled@power=3\n/);
  assert.equal(profile("1").stdout, `${first.join("\n")}\n`, "an earlier run by its number");
  const { status, stderr } = profile("9");
  assert.equal(status, 2);
  assert.match(stderr, /p has no run 9; see cirque runs/);
});
