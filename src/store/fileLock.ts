/** A lock that processes on any machines share: a file that only one of them can create. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { threadId } from "node:worker_threads";
import { isAlive, type ProcessMark, thisProcess } from "./processMark.js";

/** Milliseconds between two tries, and after which the lock of a process on another machine counts as left behind. */
const PAUSE = 20;
const LONGEST = 600_000;
/** After this many milliseconds, an unreadable lock is not one that is still being written. */
const WRITTEN = 2000;

/**
 * Returns the result of `work`, which runs while this process alone holds the lock at `path`. Waits for others. The
 * lock of a process that has ended is taken over. Throws the errors of the file system, and those of `work`.
 */
export function withFileLock<T>(path: string, work: () => T): T {
  acquire(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const content = JSON.stringify(thisProcess());
  const begun = performance.now();
  while (!create(path, content)) {
    if (isLeftBehind(path, performance.now() - begun)) takeAway(path);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}

/** A name beside the lock that no other thread uses. */
const ownName = (path: string) => `${path}.draft-${hostname()}-${process.pid}-${threadId}`;

/** False where there is one. It appears with its content, by a link, where the file system has links. */
function create(path: string, content: string): boolean {
  const draft = ownName(path);
  try {
    writeFileSync(draft, content);
    linkSync(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw error;
    return createWithoutLinks(path, content);
  } finally {
    rmSync(draft, { force: true });
  }
}

function createWithoutLinks(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** True when the process that holds the lock has ended, as far as this machine can tell. */
function isLeftBehind(path: string, waited: number): boolean {
  const owner = ownerOf(path);
  if (owner !== undefined) return !(isAlive(owner) ?? waited < LONGEST);
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > WRITTEN;
}

function ownerOf(path: string): ProcessMark | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as ProcessMark;
    return typeof owner?.host === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a lock that was left behind. Several processes may try; one that has moved a live lock puts it back. */
function takeAway(path: string): void {
  const moved = `${ownName(path)}-old`;
  try {
    renameSync(path, moved);
    const owner = ownerOf(moved);
    if (owner !== undefined && isAlive(owner)) linkSync(moved, path);
  } catch {
    // Another process has taken it away, or taken the lock since.
  } finally {
    rmSync(moved, { force: true });
  }
}
