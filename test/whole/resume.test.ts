import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { pieceCount } from "../../src/landscape/pieces.js";
import type { StoredRecord } from "../../src/store/storedRecord.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");
const shape = [11, 11, 9];

const pipeline = `# A landscape in three dimensions.
name: cube
stages:
  model:
    uses: train
    with:
      architecture: { kind: mlp, widths: [2, 40, 40, 1] }
      problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)", collocation: { points: 200 } }
      optimizer: { kind: adam, iterations: 2 }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random, count: 3 } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: [${shape}] } }
`;

function workplace(): { folder: string; args: string[]; records: () => StoredRecord[] } {
  const folder = mkdtempSync(join(tmpdir(), "cirque-resume-"));
  writeFileSync(join(folder, "cube.yaml"), pipeline);
  const records = () => {
    const at = join(folder, "results/.cache/records");
    const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
    return names.map((name) => JSON.parse(readFileSync(join(at, name), "utf8")) as StoredRecord);
  };
  return { folder, args: [cli, "run", "cube.yaml", "-j", "2", "-q"], records };
}

const isPiece = ({ preimage }: StoredRecord) => Object.hasOwn(preimage as object, "whole");
const isGrid = ({ preimage }: StoredRecord) => (preimage as { stage?: string }).stage === "sample-grid";

test("killed in the middle of a grid: the next run keeps every finished piece, and ends with the same bytes", async () => {
  const { folder, args, records } = workplace();
  const count = pieceCount(shape.reduce((product, steps) => product * steps, 1));
  assert.equal(spawnSync(process.execPath, [...args, "directions"], { cwd: folder }).status, 0);
  const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
  const ended = once(child, "exit");
  for (let found = 0; found < count / 3; found = records().filter(isPiece).length) {
    assert.equal(child.exitCode, null, "it ended before it was killed");
    await setTimeout(5);
  }
  child.kill("SIGKILL");
  await ended;
  const finished = records().filter(isPiece).length;
  assert.ok(finished >= count / 3 && finished < count, `${finished} of ${count} pieces were finished`);

  assert.equal(spawnSync(process.execPath, args, { cwd: folder }).status, 0);
  const grid = records().find(isGrid) as StoredRecord;
  assert.equal(grid.provenance.kept, finished, "no finished piece was computed again");
  assert.equal(records().filter(isPiece).length, 0, "the pieces are dropped once they are joined");

  const undisturbed = workplace();
  const alone = undisturbed.args.map((arg) => (arg === "2" ? "1" : arg));
  assert.equal(spawnSync(process.execPath, alone, { cwd: undisturbed.folder }).status, 0);
  const whole = undisturbed.records().find(isGrid) as StoredRecord;
  assert.equal(whole.provenance.kept, 0);
  assert.equal(grid.object, whole.object, "the same bytes, by one worker without a break");
});
