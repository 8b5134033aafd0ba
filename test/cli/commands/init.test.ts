import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cirque } from "./workplace.js";

test("init writes a pipeline that runs, and overwrites nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-init-"));
  assert.equal(
    cirque(folder, "init", "pipelines/first").stdout,
    "pipelines/first.yaml\nnext: cirque run pipelines/first.yaml\n",
  );
  assert.match(cirque(folder, "check", "pipelines/first.yaml").stdout, /ok, 9 stages/);
  const again = cirque(folder, "init", "pipelines/first.yaml");
  assert.equal(again.status, 2);
  assert.match(again.stderr, /first\.yaml exists already/);
});
