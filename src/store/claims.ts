/**
 * Claims: who computes what in a store, so that processes on any machines share the work and none computes what another
 * has. A claim is only an optimisation: two that compute the same key at once end with the same bytes.
 *
 * A run writes down once who it is, in `claimants/`. A claim is a hard link to that file under the key: the link
 * appears whole or not at all, on network file systems too, and costs one call.
 */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, rmSync, unlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { draftPath, storeError, withFolder, writeAtomically } from "./atomicFile.js";
import { createExclusive, isDamaged, takeAway } from "./exclusiveFile.js";
import { filesBelow } from "./filesBelow.js";
import { isAlive, isStopped, type ProcessMark } from "./processMark.js";

/**
 * The run that makes claims: its process, and the name of its file in the store, whose changes show that it is alive.
 */
export interface Claimant {
  process: ProcessMark;
  name: string;
  /** The job of a cluster that the process belongs to, for people. */
  job?: string;
}

export interface Claim extends Claimant {
  /** The key of the step. */
  key: string;
}

/**
 * After this many milliseconds without a sign of life, a run on another machine counts as dead: three and a half
 * intervals.
 */
const SILENCE = 35_000;

/** What the claim of a piece is called; the claim of a whole step is called by its key. */
export function pieceClaim(key: string, index: number): string {
  return `${key}-${index}`;
}

/**
 * Claims a step or piece before its result is computed. Gives undefined when it is ours, else the live claim of another
 * run. The claim of a dead run is taken over, at once when its process was on this machine.
 */
export function claim(storeFolder: string, what: string, claimant: Claimant): Claim | undefined {
  const path = claimPath(storeFolder, what);
  for (let tries = 0; tries < 5; tries++) {
    if (create(storeFolder, path, claimant)) return undefined;
    const found = readClaim(path);
    // It was released meanwhile, or it is damaged.
    if (found === undefined) {
      if (isDamaged(path)) rmSync(path, { force: true });
    } else if (found.name === claimant.name) return undefined;
    else if (isLive(storeFolder, found)) return found;
    else takeAway(path, draftPath(storeFolder), (moved) => readClaim(moved)?.name === found.name);
  }
  return undefined;
}

export function release(storeFolder: string, what: string): void {
  try {
    unlinkSync(claimPath(storeFolder, what));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Releases what this run has claimed of a step: the whole and its pieces. */
export function releaseOwn(storeFolder: string, key: string, { name }: Claimant): void {
  for (const path of filesBelow(dirname(claimPath(storeFolder, key)))) {
    const what = basename(path);
    if ((what === key || what.startsWith(`${key}-`)) && readClaim(path)?.name === name) release(storeFolder, what);
  }
}

/** The claim of a live run that computes this. */
export function liveClaim(storeFolder: string, what: string): Claim | undefined {
  const found = readClaim(claimPath(storeFolder, what));
  return found !== undefined && isLive(storeFolder, found) ? found : undefined;
}

/** The claims of live runs. */
export function liveClaims(storeFolder: string): Claim[] {
  return filesBelow(join(storeFolder, "claims")).flatMap((path) => {
    const found = readClaim(path);
    return found && isLive(storeFolder, found) ? [found] : [];
  });
}

/** The file of a run that its claims are links to. */
export function claimantPath(storeFolder: string, name: string): string {
  return join(storeFolder, "claimants", name);
}

function claimPath(storeFolder: string, what: string): string {
  return join(storeFolder, "claims", what.slice(0, 2), what);
}

/** Creates the claim; false where there is one. */
function create(storeFolder: string, path: string, claimant: Claimant): boolean {
  const source = claimantPath(storeFolder, claimant.name);
  const content = JSON.stringify(claimant);
  try {
    return withFolder(path, () => {
      try {
        return createExclusive(path, source, content);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT" && !existsSync(source))
          writeAtomically(storeFolder, Buffer.from(content), false, () => source);
        throw error;
      }
    });
  } catch (error) {
    throw storeError(storeFolder, error);
  }
}

function readClaim(path: string): Claim | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Claimant;
    const isWhole = typeof found?.name === "string" && typeof found.process?.host === "string";
    return isWhole ? { ...found, key: basename(path).slice(0, 64) } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The last sign of life of runs on other machines, and when this process first saw it, because the clocks of machines
 * differ.
 */
const signs = new Map<string, { sign: number; seen: number }>();

function isLive(storeFolder: string, { process: owner, name }: Claimant): boolean {
  const sign = signOf(join(storeFolder, "live", name));
  const known = isAlive(owner);
  // A run that has ended has taken its file away; its process may go on. Nobody waits for one that is stopped.
  if (known !== undefined) return known && sign !== undefined && !isStopped(owner);
  const before = signs.get(name);
  if (before !== undefined && before.sign === (sign ?? 0)) return performance.now() - before.seen < SILENCE;
  signs.set(name, { sign: sign ?? 0, seen: performance.now() });
  return true;
}

/** The last sign of life of a run. The file is opened for it: a network file system asks its server only then. */
function signOf(path: string): number | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    return fstatSync(file).mtimeMs;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
