/** Files that parameters name (`"file": true` in a stage's schema). Their content enters the key of the step. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { hashContent } from "../store/contentHash.js";
import { suggestion } from "../text/nearestName.js";

export interface NamedFile {
  /** The path in the parameters: relative to the folder of the pipeline file, or absolute. */
  path: string;
  absolute: string;
  /** The hash of its content when the run was planned. */
  sha256: string;
  /** A command names it, so it may also be an output of the command. */
  isMentioned?: boolean;
}

/** A file that does not exist. `missing` is the outermost folder on the way to it that does not, or the file. */
export class MissingFile extends Error {
  constructor(
    message: string,
    readonly missing: string,
  ) {
    super(message);
  }
}

function firstMissing(absolute: string): string {
  let at = absolute;
  while (dirname(at) !== at && !existsSync(dirname(at))) at = dirname(at);
  return at;
}

/**
 * Finds and hashes a file or folder. `hashes` remembers earlier hashes, by absolute path. Throws an Error that
 * continues the parameter's name when the file is missing or cannot be read.
 */
export function findFile(path: string, folder: string, hashes: Map<string, string>): NamedFile {
  const expected = "expected the path of a file, relative to the pipeline file";
  if (path.trim() === "") throw new Error(`is empty; ${expected}`);
  const absolute = resolve(folder, path);
  try {
    const sha256 = hashes.get(absolute) ?? hashContent(absolute);
    hashes.set(absolute, sha256);
    return { path, absolute, sha256 };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const found = `is ${JSON.stringify(path)}, but ${absolute}`;
    if (code === "ENOENT" || code === "ENOTDIR") {
      const message = `${found} does not exist; ${expected}${suggestion(basename(path), namesIn(dirname(absolute)))}`;
      throw new MissingFile(message, firstMissing(absolute));
    }
    throw new Error(`${found} cannot be read: ${message}`);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Throws Error when the content of the file has changed since the run was planned. */
export function requireUnchanged({ path, absolute, sha256, isMentioned }: NamedFile): void {
  if (isMentioned) return;
  let found: string | undefined;
  try {
    found = hashContent(absolute);
  } catch {
    found = undefined;
  }
  if (found !== sha256) throw new Error(`the file ${path} changed during the run; run again to use the new content`);
}
