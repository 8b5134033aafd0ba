import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pieceCount } from "../../src/landscape/pieces.js";
import { assertKilledRunGoesOn } from "./killedRun.js";

// One piece of 16 points, each of which takes about half a second: a large loss.
const pipelineOf = (times: number) => `# A loss that takes long.
name: slow
stages:
  model:
    uses: train
    with:
      architecture: { kind: mlp, widths: [2, ${128 * times}, ${128 * times}, 1] }
      problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)", collocation: { points: 10000 } }
      optimizer: { kind: adam, iterations: 1 }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: 4 } }
`;

test("a piece that takes long keeps its state: killed with -9 it goes on from there, to the same bytes", async () => {
  assert.equal(pieceCount(16), 1);
  await assertKilledRunGoesOn(pipelineOf, "sample-grid", ["directions"], 1);
});

test("one Ctrl+C ends a piece that takes long within seconds", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-slow-"));
  writeFileSync(join(folder, "slow.yaml"), pipelineOf(1).replace("steps: 4", "steps: 300"));
  const cli = join(process.cwd(), "dist/src/cli/main.js");
  const started = performance.now();
  const child = spawn(process.execPath, [cli, "run", "slow.yaml", "--json"], { cwd: folder });
  const ended = once(child, "exit");
  let events = "";
  child.stdout.on("data", (text) => {
    events += text;
  });
  while (!/"event":"progress","step":"grid".*"done":/.test(events)) {
    assert.equal(child.exitCode, null, events);
    await setTimeout(50);
  }
  const began = performance.now();
  const starting = (began - started) / 1000;
  child.kill("SIGINT");
  const [code] = await ended;
  const seconds = (performance.now() - began) / 1000;
  assert.equal(code, 130);
  // On a busy machine everything takes longer, from the first point on.
  assert.ok(seconds < 15 + 5 * starting, `it took ${seconds.toFixed(1)} s, the first points ${starting.toFixed(1)} s`);
});
