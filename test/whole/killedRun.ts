import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { StoredRecord } from "../../src/store/storedRecord.js";

const cli = join(process.cwd(), "dist/src/cli/main.js");

/** How many times longer the stage may be made until it stores a state on a fast machine. */
const LONGEST = 64;

/**
 * Asserts that a pipeline whose stage of a kind is killed with -9 each time it has stored a state, `kills` times or
 * until it ends, gives the same bytes at -j 1 as one that is left alone at -j 2, and that no state stays. `before`
 * names the stages that run first, undisturbed. `pipelineOf` gives a pipeline whose stage takes `times` as long, for a
 * machine on which it ends before its first state.
 */
export async function assertKilledRunGoesOn(
  pipelineOf: (times: number) => string,
  kind: string,
  before: string[],
  kills: number,
): Promise<void> {
  for (let times = 1; times <= LONGEST; times *= 4) {
    if (await killedRunGoesOn(pipelineOf(times), kind, before, kills)) return;
  }
  assert.fail("it ended before its first state was stored");
}

/** False when the stage ended before its first state was stored. */
async function killedRunGoesOn(pipeline: string, kind: string, before: string[], kills: number): Promise<boolean> {
  const alone = workplace(pipeline, kind);
  const whole = spawnSync(process.execPath, [cli, "run", "p.yaml", "-j", "2", "-q"], { cwd: alone.folder });
  assert.equal(whole.status, 0, String(whole.stderr));

  const { folder, result, unfinished } = workplace(pipeline, kind);
  const args = [cli, "run", "p.yaml", "-j", "1", "-q"];
  assert.equal(spawnSync(process.execPath, [...args, ...before], { cwd: folder }).status, 0);
  let killed = 0;
  while (killed < kills && result() === undefined) {
    const state = unfinished();
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore" });
    const ended = once(child, "exit");
    while (unfinished() === state && child.exitCode === null) await setTimeout(10);
    if (child.exitCode === null && child.kill("SIGKILL")) killed++;
    await ended;
  }
  if (killed === 0) return false;
  assert.equal(spawnSync(process.execPath, args, { cwd: folder }).status, 0);
  // Objects are named by the hash of their bytes, which every run compares.
  assert.ok(result()?.object);
  assert.equal(result()?.object, alone.result()?.object);
  assert.equal(unfinished(), undefined, "the state is dropped at the end");
  return true;
}

/** The record in a file, none when the run has removed it meanwhile. */
function recordAt(path: string): StoredRecord[] {
  try {
    return [JSON.parse(readFileSync(path, "utf8"))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function workplace(pipeline: string, kind: string) {
  const folder = mkdtempSync(join(tmpdir(), "cirque-killed-"));
  writeFileSync(join(folder, "p.yaml"), pipeline);
  const records = () => {
    const at = join(folder, "results/.cache/records");
    const names = (readdirSync(at, { recursive: true }) as string[]).filter((name) => name.endsWith(".json"));
    return names.flatMap((name) => recordAt(join(at, name)));
  };
  const result = () => records().find(({ preimage }) => (preimage as { stage?: string }).stage === kind);
  /** The hash of the state that a later run goes on from. */
  const unfinished = () => records().find(({ preimage }) => Object.hasOwn(preimage as object, "unfinished"))?.object;
  return { folder, result, unfinished };
}
