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

const pipeline = `# A network that learns two moons.
name: moons
stages:
  train: { uses: load-data, with: { name: two-moons, count: 1000, noise: 0.2 } }
  test: { uses: load-data, with: { name: two-moons, count: 200, noise: 0.2, split: test } }
  model:
    uses: train
    from: { data: train, validation: test }
    with:
      architecture: { kind: mlp, widths: [2, 64, 64, 2], activation: relu }
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: adam, learningRate: 0.001 }
      schedule: { kind: cosine }
      epochs: 400
      batchSize: 50
      checkpoints: { every: 100 }
`;

function workplace() {
  const folder = mkdtempSync(join(tmpdir(), "cirque-training-"));
  writeFileSync(join(folder, "moons.yaml"), pipeline);
  const records = () => {
    const at = join(folder, "results/.cache/records");
    const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
    return names.map((name) => JSON.parse(readFileSync(join(at, name), "utf8")) as CacheRecord);
  };
  const model = () => records().find(({ preimage }) => (preimage as { stage?: string }).stage === "train");
  /** The hash of the state that a later run goes on from. */
  const unfinished = () => records().find(({ preimage }) => Object.hasOwn(preimage as object, "unfinished"))?.object;
  return { folder, model, unfinished };
}

test("a training that is killed with -9, up to three times, ends with the bytes of one that is left alone, at -j 1 and -j 2", async () => {
  const alone = workplace();
  const whole = spawnSync(process.execPath, [cli, "run", "moons.yaml", "-j", "2", "-q"], { cwd: alone.folder });
  assert.equal(whole.status, 0, String(whole.stderr));

  const { folder, model, unfinished } = workplace();
  const args = [cli, "run", "moons.yaml", "-j", "1", "-q"];
  assert.equal(spawnSync(process.execPath, [...args, "train", "test"], { cwd: folder }).status, 0);
  let kills = 0;
  for (; kills < 3 && model() === undefined; ) {
    const before = unfinished();
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    const ended = once(child, "exit");
    while (unfinished() === before && child.exitCode === null) await setTimeout(10);
    if (child.exitCode === null && child.kill("SIGKILL")) kills++;
    await ended;
  }
  assert.ok(kills >= 1, "it ended before its first state was stored");
  assert.equal(spawnSync(process.execPath, args, { cwd: folder }).status, 0);
  assert.equal(model()?.object, alone.model()?.object);
  assert.equal(unfinished(), undefined, "the state is dropped with the end of the training");
  const file = (at: string, object = "") => {
    const objects = join(at, "results/.cache/objects");
    const name = (readdirSync(objects, { recursive: true }) as string[]).find((path) =>
      path.replaceAll("/", "").includes(object),
    );
    return readFileSync(join(objects, name ?? ""));
  };
  assert.deepEqual(file(folder, model()?.object), file(alone.folder, alone.model()?.object));
});
