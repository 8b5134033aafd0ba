/** Files that only one of several processes can create, on any machines. */
import { linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** A file system without links, or a file with too many of them. */
const WITHOUT_LINKS = ["EPERM", "ENOTSUP", "ENOSYS", "EMLINK"];

/**
 * Gives the file `source` a second name, `path`; false where there is a file of this name, which may be our own: the
 * answer of a network file system may be lost. It appears whole or not at all where the file system has links; else
 * `content` is written.
 */
export function createExclusive(path: string, source: string, content: string): boolean {
  try {
    linkSync(source, path);
    return true;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (WITHOUT_LINKS.includes(code)) return createWithoutLinks(path, content);
    throw error;
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

/** After this many milliseconds, an unreadable file is not one that is still being written. */
const WRITTEN = 2000;

/** True for an unreadable file that nobody writes any more. */
export function isDamaged(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > WRITTEN;
}

/**
 * Removes a file by way of the name `moved`, which no other process uses. Several processes may try, but only one moves
 * it; one that has moved a file that is not to go puts it back.
 */
export function takeAway(path: string, moved: string, isToGo: (path: string) => boolean): void {
  try {
    renameSync(path, moved);
    if (!isToGo(moved)) linkSync(moved, path);
  } catch {
    // Another process has removed it, or created it anew.
  } finally {
    rmSync(moved, { force: true });
  }
}
