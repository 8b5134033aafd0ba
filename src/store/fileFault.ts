import { lstatSync } from "node:fs";
import { dirname } from "node:path";

/**
 * An error of the file system in words that name the place; undefined for any other error. Node names a path, but not
 * the file on the way to it that should be a folder.
 */
export function fileFault(error: unknown): string | undefined {
  const { code, path, dest = path } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  if (dest === undefined) return undefined;
  switch (code) {
    case "ENOTDIR":
    case "EEXIST":
      return `${fileOnTheWay(dest)} is a file; expected a folder`;
    case "EISDIR":
      return `${dest} is a folder; expected a file`;
    case "EACCES":
    case "EPERM":
      return `${dest} cannot be read or written (${code}: no permission)`;
    case "EROFS":
      return `${dest} cannot be written (EROFS: its file system is read-only)`;
    case "ENOSPC":
    case "EDQUOT":
      return `${dest} cannot be written: the disk is full`;
    default:
      return undefined;
  }
}

/** The path, or the folder above it, that exists and is no folder; the path itself where nothing is found. */
function fileOnTheWay(path: string): string {
  for (let at = path; at !== dirname(at); at = dirname(at)) {
    try {
      if (!lstatSync(at).isDirectory()) return at;
    } catch {
      // It does not exist, or something above it is a file.
    }
  }
  return path;
}
