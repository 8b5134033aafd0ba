import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { CacheRecord } from "../src/cache.js";

const cli = join(process.cwd(), "dist/src/cli.js");

const pipeline = `# Paths between networks that learnt two moons.
name: moons
matrix: { seed: [0, 1] }
stages:
  data: { uses: load-data, with: { name: two-moons, count: 1000, noise: 0.2 } }
  model:
    uses: train
    from: { data: data }
    with:
      architecture: { kind: mlp, widths: [2, 16, 16, 2], activation: relu }
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: adam, learningRate: 0.01 }
      epochs: 5
      seed: "\${seed}"
  paths:
    uses: connect-minima
    from: { minima: [model], data: data }
    with: { learningRate: 0.001, epochs: 150, growEvery: 10, patience: 20 }
`;

function workplace() {
  const folder = mkdtempSync(join(tmpdir(), "cirque-paths-"));
  writeFileSync(join(folder, "moons.yaml"), pipeline);
  const records = () => {
    const at = join(folder, "results/.cache/records");
    const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
    return names.map((name) => JSON.parse(readFileSync(join(at, name), "utf8")) as CacheRecord);
  };
  const paths = () => records().find(({ preimage }) => (preimage as { stage?: string }).stage === "connect-minima");
  /** The hash of the state of a path that a later run goes on from. */
  const unfinished = () => records().find(({ preimage }) => Object.hasOwn(preimage as object, "unfinished"))?.object;
  return { folder, paths, unfinished };
}

test("paths that are killed with -9 end with the bytes of those that are left alone, at -j 1 and -j 2", async () => {
  const alone = workplace();
  const whole = spawnSync(process.execPath, [cli, "run", "moons.yaml", "-j", "2", "-q"], { cwd: alone.folder });
  assert.equal(whole.status, 0, String(whole.stderr));

  const { folder, paths, unfinished } = workplace();
  const args = [cli, "run", "moons.yaml", "-j", "1", "-q"];
  assert.equal(spawnSync(process.execPath, [...args, "model"], { cwd: folder }).status, 0);
  let kills = 0;
  for (; kills < 2 && paths() === undefined; ) {
    const before = unfinished();
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    const ended = once(child, "exit");
    while (unfinished() === before && child.exitCode === null) await setTimeout(10);
    if (child.exitCode === null && child.kill("SIGKILL")) kills++;
    await ended;
  }
  assert.ok(kills >= 1, "it ended before its first state was stored");
  assert.equal(spawnSync(process.execPath, args, { cwd: folder }).status, 0);
  assert.equal(paths()?.object, alone.paths()?.object);
  assert.equal(unfinished(), undefined, "the state is dropped with the end of the path");
});
