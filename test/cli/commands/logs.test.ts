import assert from "node:assert/strict";
import { test } from "node:test";
import { cirque, workplace } from "./workplace.js";

test("logs keep what a step said, and the error of one that failed", () => {
  const folder = workplace();
  assert.equal(cirque(folder, "logs", "p.yaml", "scaled").stdout, "to the power of 1\nto the power of 2\n");
  cirque(folder, "run", "p.yaml", "--set", "power=3");
  assert.match(
    cirque(folder, "logs", "p.yaml", "scaled", "--set", "power=3").stdout,
    /^Error: three is too much\n {4}at .*scale\.mjs/,
  );
});
