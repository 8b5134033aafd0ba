/** The sha256 of the content of a file or a folder, read in pieces, so a file may have any size. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../artifact/canonicalJson.js";

/** The hash of the bytes of a file. Throws the file system's error when it cannot be read. */
export function hashFile(path: string): string {
  const hash = createHash("sha256");
  readChunks(path, (part) => hash.update(part));
  return hash.digest("hex");
}

/**
 * Passes on the bytes of a file in order, part by part. A part is valid only until the next. Throws the errors of
 * hashFile.
 */
export function readChunks(path: string, take: (part: Uint8Array) => void): void {
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafe(1 << 20);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) take(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
}

/**
 * The hash of the bytes of a file, or of the names and contents of all files below a folder. Follows links. Throws the
 * file system's error when something cannot be read, and Error for a path that is neither a file nor a folder (a
 * device, a pipe).
 */
export function hashContent(path: string): string {
  if (statSync(path).isFile()) return hashFile(path);
  const files: [string, string][] = [];
  collect(path, "", [], files);
  return createHash("sha256")
    .update(`folder ${canonicalJson(Object.fromEntries(files))}`)
    .digest("hex");
}

function collect(path: string, name: string, above: string[], files: [string, string][]): void {
  const found = statSync(path);
  if (found.isFile()) {
    files.push([name, hashFile(path)]);
  } else if (found.isDirectory()) {
    const real = realpathSync(path);
    if (above.includes(real)) throw new Error(`the link ${path} leads to a folder that contains it`);
    for (const entry of readdirSync(path)) {
      collect(join(path, entry), name === "" ? entry : `${name}/${entry}`, [...above, real], files);
    }
  } else {
    throw new Error(`${path} is neither a file nor a folder`);
  }
}
