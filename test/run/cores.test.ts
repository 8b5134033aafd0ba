import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { cores } from "../../src/run/cores.js";

test("the cores are those of the allocation and of the control group", () => {
  assert.equal(cores({ SLURM_CPUS_PER_TASK: "1" }), 1);
  const root = mkdtempSync(join(tmpdir(), "cirque-cores-"));
  mkdirSync(join(root, "proc/self"), { recursive: true });
  mkdirSync(join(root, "sys/fs/cgroup/a/b"), { recursive: true });
  writeFileSync(join(root, "proc/self/cgroup"), "0::/a/b\n");
  writeFileSync(join(root, "sys/fs/cgroup/a/b/cpu.max"), "max 100000\n");
  const whole = cores({}, root);
  writeFileSync(join(root, "sys/fs/cgroup/a/cpu.max"), "50000 100000\n");
  assert.equal(cores({}, root), 1);
  assert.ok(whole >= 1);
});
