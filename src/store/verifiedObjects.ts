/** Remembers the verified objects of a store and the stamps of their files, so that they need not be read each time. */
import { hash } from "node:crypto";
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { hashFile } from "./contentHash.js";

interface Verified {
  /** Stamps of the record file and of the object file. */
  record: string;
  file: string;
  object: string;
}

/** Two changes of a file within this many milliseconds may leave the same times. */
const CLOCK_TICK = 2000;

/** Changes whenever a file is written, moved or replaced. Undefined for a file that is missing or cannot be seen. */
export function stampOf(path: string): string | undefined {
  const found = seen(path);
  return found && `${found.size} ${found.mtimeNs} ${found.ctimeNs} ${found.ino}`;
}

/**
 * True when an object that was verified with this stamp is still intact. It is read again when its stamp has changed.
 */
export function isStillIntact({ object, path, stamp }: { object: string; path: string; stamp: string }): boolean {
  if (stampOf(path) === stamp) return true;
  try {
    return hashFile(path) === object;
  } catch {
    return false;
  }
}

function seen(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The list in a file, which begins with the hash of the rest. A damaged or missing file counts as empty. */
export function verifiedObjects(path: string) {
  /** Key → its line without the key. A line is parsed only on demand. */
  let loaded: Map<string, string> | undefined;
  let isChanged = false;
  const known = () => (loaded ??= load(path));
  return {
    has: (key: string) => known().has(key),
    get(key: string): Verified | undefined {
      const line = known().get(key);
      if (line === undefined) return undefined;
      const [record, file, object] = line.split("\t");
      return { record, file, object };
    },
    set(key: string, { record, file, object }: Verified) {
      // The file could still change within the same clock tick.
      const changed = Number(BigInt(file.split(" ")[2]) / 1_000_000n);
      if (Math.abs(Date.now() - changed) < CLOCK_TICK) return;
      known().set(key, `${record}\t${file}\t${object}`);
      isChanged = true;
    },
    delete(key: string) {
      if (known().delete(key)) isChanged = true;
    },
    save(write: (bytes: Uint8Array) => void) {
      if (!isChanged) return;
      const text = [...known()].map(([key, line]) => `${key}\t${line}`).join("\n");
      write(Buffer.from(`${hash("sha256", text)}\n${text}`));
      isChanged = false;
    },
  };
}

function load(path: string): Map<string, string> {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch {
    return new Map();
  }
  const end = content.indexOf("\n");
  const text = content.slice(end + 1);
  if (text === "" || content.slice(0, end) !== hash("sha256", text)) return new Map();
  const lines = new Map<string, string>();
  for (const line of text.split("\n")) {
    const tab = line.indexOf("\t");
    lines.set(line.slice(0, tab), line.slice(tab + 1));
  }
  return lines;
}
