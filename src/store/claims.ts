/**
 * Claims: who computes what in a store, so that processes on any machines share the work and none computes what another
 * has. A claim is only an optimisation: two that compute the same key at once end with the same bytes.
 */
import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { filesBelow } from "./filesBelow.js";
import { isAlive, type ProcessMark } from "./processMark.js";

/** The run that makes claims: its process, and the name of its file in the store, which gives its signs of life. */
export interface Claimant {
  process: ProcessMark;
  name: string;
}

export interface Claim extends Claimant {
  /** The step, for people. */
  step: string;
  /** Milliseconds since 1970, by the clock of its machine. */
  since: number;
}

/**
 * Milliseconds without a sign of life after which the run of another machine counts as dead: three signs and a half.
 */
const SILENCE = 35_000;

/**
 * Claims a key before its result is computed. Gives undefined when it is ours, else the live claim of another run. The
 * claim of a dead run is taken over, at once when its process was on this machine.
 */
export function claim(storeFolder: string, key: string, step: string, claimant: Claimant): Claim | undefined {
  const path = claimPath(storeFolder, key);
  const own: Claim = { ...claimant, step, since: Date.now() };
  for (let tries = 0; tries < 5; tries++) {
    if (create(storeFolder, path, own)) return undefined;
    const found = readClaim(path);
    // It was released meanwhile, or it is damaged.
    if (found === undefined) removeDamaged(path);
    else if (found.name === claimant.name) return undefined;
    else if (isLive(storeFolder, found)) return found;
    else takeAway(storeFolder, path, found);
  }
  return undefined;
}

export function release(storeFolder: string, key: string): void {
  rmSync(claimPath(storeFolder, key), { force: true });
}

/** Whether a live run computes this key. */
export function isClaimed(storeFolder: string, key: string): boolean {
  const found = readClaim(claimPath(storeFolder, key));
  return found !== undefined && isLive(storeFolder, found);
}

/** The claims of live runs. */
export function liveClaims(storeFolder: string): Claim[] {
  return filesBelow(join(storeFolder, "claims")).flatMap((path) => {
    const found = readClaim(path);
    return found && isLive(storeFolder, found) ? [found] : [];
  });
}

function claimPath(storeFolder: string, key: string): string {
  return join(storeFolder, "claims", key.slice(0, 2), key);
}

/** Creates the claim; false where there is one. A link appears whole or not at all, on network file systems too. */
function create(storeFolder: string, path: string, own: Claim): boolean {
  const draft = join(storeFolder, "tmp", `${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}`);
  mkdirSync(dirname(path), { recursive: true });
  mkdirSync(dirname(draft), { recursive: true });
  writeFileSync(draft, JSON.stringify(own));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    // The answer of a network file system may be lost: the number of links tells.
    if (statSync(draft).nlink === 2) return true;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    return createWithoutLinks(path, own);
  } finally {
    rmSync(draft, { force: true });
  }
}

function createWithoutLinks(path: string, own: Claim): boolean {
  try {
    writeFileSync(path, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readClaim(path: string): Claim | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Claim;
    return typeof found?.name === "string" && typeof found.process?.host === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Milliseconds after which a claim that cannot be read is no claim that is being written. */
const WRITTEN = 2000;

function removeDamaged(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found && Date.now() - found.mtimeMs > WRITTEN) rmSync(path, { force: true });
}

/** Takes a dead claim away. Several may try: only one moves it, and who has moved another claim puts that back. */
function takeAway(storeFolder: string, path: string, dead: Claim): void {
  const moved = join(storeFolder, "tmp", `${hostname()}-${process.pid}-${randomBytes(6).toString("hex")}`);
  try {
    renameSync(path, moved);
    if (readClaim(moved)?.name !== dead.name) linkSync(moved, path);
  } catch {
    // Another has taken it away, or claimed it since.
  } finally {
    rmSync(moved, { force: true });
  }
}

/** The last sign of life of runs of other machines, and when this process first saw it: clocks of machines differ. */
const signs = new Map<string, { sign: number; seen: number }>();

function isLive(storeFolder: string, { process: owner, name }: Claimant): boolean {
  const path = join(storeFolder, "live", name);
  const file = statSync(path, { throwIfNoEntry: false });
  const known = isAlive(owner);
  // A run that has ended has taken its file away; its process may go on.
  if (known !== undefined) return known && file !== undefined;
  const sign = file?.mtimeMs ?? 0;
  const before = signs.get(name);
  if (before?.sign === sign) return performance.now() - before.seen < SILENCE;
  signs.set(name, { sign, seen: performance.now() });
  return true;
}
