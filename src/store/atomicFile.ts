/**
 * Writes files that appear whole or not at all: under a private name first, then renamed. Readers and writers need no
 * lock.
 */
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { fileFault } from "./fileFault.js";

/** Bytes, or a function that writes them part by part. */
export type Content = Uint8Array | ((write: (part: Uint8Array) => void) => void);

/** The store cannot be written, so no run that uses it can succeed. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/**
 * Writes a file that appears, read-only and complete, under the name that `nameOf` gives for its hash. An error in
 * `nameOf` ends the writing. `folder` is the store; its tmp/ holds drafts. `durable` survives a power failure. Throws
 * StoreError when the disk is full or the folder cannot be written, and then leaves nothing behind.
 */
export function writeAtomically(
  folder: string,
  content: Content,
  durable: boolean,
  nameOf: (sha256: string) => string,
): { sha256: string; size: number } {
  const draft = draftPath(folder);
  let isBegun = false;
  try {
    const file = withFolder(draft, () => openSync(draft, "wx", READ_ONLY));
    isBegun = true;
    const hash = createHash("sha256");
    let size = 0;
    const write = (part: Uint8Array) => {
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
      hash.update(part);
      size += part.length;
    };
    try {
      if (typeof content === "function") content(write);
      else write(content);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    const sha256 = hash.digest("hex");
    const path = nameOf(sha256);
    withFolder(path, () => renameSync(draft, path));
    return { sha256, size };
  } catch (error) {
    if (isBegun) rmSync(draft, { force: true });
    throw storeError(folder, error);
  }
}

/** Throws StoreError when no file can be created in the store. */
export function requireWritable(folder: string): void {
  try {
    const draft = draftPath(folder);
    closeSync(withFolder(draft, () => openSync(draft, "wx")));
    rmSync(draft);
  } catch (error) {
    throw storeError(folder, error);
  }
}

const READ_ONLY = 0o444;

/** What the names of this thread's drafts begin with, and how many there were. */
const own = `${hostname()}-${process.pid}-${randomBytes(5).toString("hex")}`;
let drafts = 0;

/** A path in the store's tmp/ that no other process uses. */
export function draftPath(folder: string): string {
  drafts++;
  return join(folder, "tmp", `${own}${drafts.toString(16).padStart(6, "0")}`);
}

/** Makes a file at a path; its folder is created where there is none, which is rare. */
export function withFolder<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true });
    return make();
  }
}

/** Folders of a store with files that only the process needs that its host and number name. */
const OF_PROCESSES = ["tmp", "live", "claimants"];

/** Removes what processes on this machine that no longer run have left: drafts, and the files that say who runs. */
export function sweepDead(folder: string): void {
  for (const files of OF_PROCESSES.map((name) => join(folder, name)).filter(existsSync)) {
    for (const name of readdirSync(files)) {
      if (isAbandoned(name.match(/^(.*)-(\d+)-[0-9a-f]+(\.json)?$/))) rmSync(join(files, name), { force: true });
    }
  }
}

/** True when the process of a draft, named by host and process, no longer runs. */
export function isAbandoned(draft: RegExpMatchArray | null): boolean {
  if (draft === null || draft[1] !== hostname()) return false;
  try {
    process.kill(Number(draft[2]), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "EPERM";
  }
}

/** True where there is room for bytes, but not for another file. */
function isOutOfInodes(folder: string): boolean {
  try {
    const { bavail, files, ffree } = statfsSync(folder);
    return bavail > 0 && files > 0 && ffree === 0;
  } catch {
    return false;
  }
}

/** Turns an error of the file system into advice for people; returns any other error unchanged. */
export function storeError(folder: string, error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOSPC":
    case "EDQUOT":
      return new StoreError(
        `the disk of ${folder} ${isOutOfInodes(folder) ? "holds no more files: it has no free inodes" : "is full"}; all finished results are kept; make room (cirque gc), then run again`,
      );
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new StoreError(
        `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); expected a writable folder: --results <folder>`,
      );
    default: {
      const fault = fileFault(error);
      return fault === undefined ? error : new StoreError(fault);
    }
  }
}
