import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { claim } from "../../src/store/claims.js";
import { announceRun } from "../../src/store/liveRuns.js";
import { isAlive, isStopped, type ProcessMark, thisProcess } from "../../src/store/processMark.js";

const isLinux = process.platform === "linux";

test("this process is alive and goes on; one of another boot is gone, and nobody knows of another machine", () => {
  const own = thisProcess();
  assert.equal(isAlive(own), true);
  assert.equal(isStopped(own), false);
  assert.equal(isAlive({ ...own, boot: "before" }), false);
  assert.equal(isAlive({ ...own, host: "elsewhere" }), undefined);
  assert.equal(isStopped({ ...own, host: "elsewhere" }), false);
});

test("what a stopped process has claimed is free while it is stopped", { skip: !isLinux }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-stopped-"));
  const child = spawn("sleep", ["60"]);
  const { claimant, withdraw } = announceRun(folder, []);
  assert.ok(child.pid !== undefined && claimant);
  const process: ProcessMark = { ...thisProcess(), pid: child.pid, start: "" };
  const other = { process, name: "other.json" };
  writeFileSync(join(folder, "live", other.name), "");
  const key = "c".repeat(64);
  assert.equal(claim(folder, key, other), undefined);
  assert.equal(claim(folder, key, claimant)?.name, other.name);
  child.kill("SIGSTOP");
  while (!isStopped(process)) await sleep(1);
  assert.equal(isAlive(process), true, "so that gc keeps what it needs");
  assert.equal(claim(folder, key, claimant), undefined);
  child.kill("SIGKILL");
  withdraw();
});
