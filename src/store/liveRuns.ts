/**
 * The runs that use a store now. Each has a small file with the keys that it needs, so that nobody removes their
 * results.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { StoreError, writeAtomically } from "./atomicFile.js";
import { type Claimant, claimantPath } from "./claims.js";
import { filesBelow } from "./filesBelow.js";
import { isAlive, type ProcessMark, thisProcess } from "./processMark.js";

/**
 * Milliseconds between two signs of life, and the time without one after which a run on another machine counts as dead.
 */
const SIGN_INTERVAL = 10_000;
const SILENCE = 3_600_000;

export interface LiveRun {
  process: ProcessMark;
  /** Milliseconds since 1970. */
  started: number;
  keys: string[];
}

/**
 * Announces a run before it looks up results in the store. `withdraw` ends the announcement. Without `claimant` the run
 * cannot make claims.
 */
export function announceRun(
  storeFolder: string,
  keys: readonly string[],
): { claimant?: Claimant; withdraw: () => void } {
  const name = `${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}.json`;
  const path = join(storeFolder, "live", name);
  const run: LiveRun = { process: thisProcess(), started: Date.now(), keys: [...keys] };
  try {
    writeAtomically(storeFolder, Buffer.from(JSON.stringify(run)), false, () => path);
  } catch (error) {
    // Nothing can be removed from a store that cannot be written.
    if (!(error instanceof StoreError)) throw error;
    return { withdraw: () => {} };
  }
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // Nobody needs a sign of life in a store that is gone.
    }
  }, SIGN_INTERVAL);
  timer.unref();
  const withdraw = () => {
    clearInterval(timer);
    rmSync(path, { force: true });
    rmSync(claimantPath(storeFolder, name), { force: true });
  };
  return { claimant: { process: run.process, name, ...clusterJob(process.env) }, withdraw };
}

/** The runs that are alive. Removes the files of dead runs. */
export function liveRuns(storeFolder: string): LiveRun[] {
  return filesBelow(join(storeFolder, "live")).flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const silent = Date.now() - found.mtimeMs;
    const run = read(path) ?? { process: { host: "", boot: "", pid: 0, start: "" }, started: found.mtimeMs, keys: [] };
    if (isAlive(run.process) ?? silent < SILENCE) return [run];
    rmSync(path, { force: true });
    rmSync(claimantPath(storeFolder, basename(path)), { force: true });
    return [];
  });
}

/** The job of Slurm that this process belongs to, if it does. */
function clusterJob(environment: NodeJS.ProcessEnv): { job?: string } {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: task, SLURM_JOB_ID: job } = environment;
  if (array && task) return { job: `${array}_${task}` };
  return job ? { job } : {};
}

/** Undefined for a file that is damaged or gone. */
function read(path: string): LiveRun | undefined {
  try {
    const { process, started, keys } = JSON.parse(readFileSync(path, "utf8")) as LiveRun;
    return Array.isArray(keys) && Number.isFinite(started) && typeof process?.host === "string"
      ? { process, started, keys }
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
