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

test("a network file that is not there is named, and nothing is written", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-init-"));
  const { status, stderr } = cirque(folder, "init", "look.yaml", "--model", "m.onnx", "--data", "d.npz");
  assert.deepEqual([status, stderr], [2, "--model m.onnx: no such file\n"]);
  assert.match(cirque(folder, "check", "look.yaml").stderr, /no such file/);
});

test("without a name, init writes pipeline.yaml, and the other commands take it", () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-init-"));
  const none = cirque(folder, "check");
  assert.equal(none.status, 2);
  assert.match(none.stderr, /^pipeline\.yaml:1:1 no such file; .*`cirque init` writes one/);
  assert.equal(cirque(folder, "init").stdout, "pipeline.yaml\nnext: cirque run pipeline.yaml\n");
  assert.match(cirque(folder, "check").stdout, /^pipeline\.yaml: ok, 9 stages/);
  assert.match(cirque(folder, "status").stdout, /19 missing/);
});
