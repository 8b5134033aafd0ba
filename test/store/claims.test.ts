import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { claim, liveClaims, release } from "../../src/store/claims.js";
import { announceRun } from "../../src/store/liveRuns.js";
import { openStore } from "../../src/store/store.js";

test("a live claim of another run is told, a released or dead one is free", () => {
  const { folder } = openStore(mkdtempSync(join(tmpdir(), "cirque-claims-")));
  const [a, b] = [announceRun(folder, []), announceRun(folder, [])];
  assert.ok(a.claimant && b.claimant);
  const key = "c".repeat(64);
  assert.equal(claim(folder, key, a.claimant), undefined);
  assert.equal(claim(folder, key, a.claimant), undefined, "its own");
  assert.equal(claim(folder, key, b.claimant)?.name, a.claimant.name);
  assert.equal(liveClaims(folder).length, 1);
  release(folder, key);
  assert.equal(claim(folder, key, b.claimant), undefined);
  b.withdraw();
  assert.equal(claim(folder, key, a.claimant), undefined, "its run has ended");
  // The process of another boot of this machine is gone.
  const dead = { process: { ...a.claimant.process, boot: "before" }, name: "dead.json" };
  release(folder, key);
  assert.equal(claim(folder, key, dead), undefined);
  assert.equal(claim(folder, key, a.claimant), undefined);
  // Nobody knows more of another machine than its signs of life.
  const far = { process: { ...a.claimant.process, host: "elsewhere" }, name: "far.json" };
  release(folder, key);
  assert.equal(claim(folder, key, far), undefined);
  assert.equal(claim(folder, key, a.claimant)?.process.host, "elsewhere");
  a.withdraw();
});
