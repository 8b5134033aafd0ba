/** A lock that processes on any machines share: a file that only one of them can create. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { threadId } from "node:worker_threads";
import { createExclusive, isDamaged, takeAway } from "./exclusiveFile.js";
import { isAlive, isStopped, type ProcessMark, thisProcess } from "./processMark.js";

/** Milliseconds between two tries, and after which the lock of a process on another machine counts as left behind. */
const PAUSE = 20;
const LONGEST = 600_000;
/** The errors in a folder that cannot be written. */
const READ_ONLY = ["EROFS", "EACCES", "EPERM"];

/**
 * Returns the result of `work`, which runs while this process alone holds the lock at `path`. Waits for others. The
 * lock of a process that has ended, or is stopped, is taken over. In a folder that cannot be written, `work` runs
 * without a lock: it can read, and fails where it writes. Throws the errors of the file system, and those of `work`.
 */
export function withFileLock<T>(path: string, work: () => T): T {
  const content = JSON.stringify(thisProcess());
  try {
    acquire(path, content);
  } catch (error) {
    if (!READ_ONLY.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  try {
    return work();
  } finally {
    // A process that was stopped meanwhile may have lost it to another.
    if (textOf(path) === content) rmSync(path, { force: true });
  }
}

function acquire(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const begun = performance.now();
  while (!create(path, content)) {
    const waited = performance.now() - begun;
    if (isLeftBehind(path, waited)) takeAway(path, ownName(path), (moved) => isLeftBehind(moved, waited));
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}

/** A name beside the lock that no other thread uses. */
const ownName = (path: string) => `${path}.draft-${hostname()}-${process.pid}-${threadId}`;

/** False where there is one. */
function create(path: string, content: string): boolean {
  const draft = ownName(path);
  try {
    writeFileSync(draft, content);
    return createExclusive(path, draft, content);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** True when nobody works with the lock, as far as this machine can tell. */
function isLeftBehind(path: string, waited: number): boolean {
  const owner = ownerOf(path);
  if (owner === undefined) return isDamaged(path);
  return isStopped(owner) || !(isAlive(owner) ?? waited < LONGEST);
}

function ownerOf(path: string): ProcessMark | undefined {
  try {
    const owner = JSON.parse(textOf(path)) as ProcessMark;
    return typeof owner?.host === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Empty where there is no file. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
