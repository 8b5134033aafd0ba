/**
 * Which objects of a store were found intact, and what their files looked like then, so that they need not be read each
 * time.
 */
import { hash } from "node:crypto";
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { hashFile } from "./contentHash.js";

interface Verified {
  /** Stamps of the record and of the object's file. */
  record: string;
  file: string;
  object: string;
}

/** Milliseconds in which a second change of a file may leave its times as they are. */
const CLOCK_TICK = 2000;

/** What changes when a file is written, moved or replaced; undefined where there is none, or none that can be seen. */
export function stampOf(path: string): string | undefined {
  const found = seen(path);
  return found && `${found.size} ${found.mtimeNs} ${found.ctimeNs} ${found.ino}`;
}

/** Whether an object that was found intact, with this stamp, is so still; it is read where its stamp is another. */
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

/** The memory in a file, which begins with the hash of the rest; one that is damaged or absent counts as empty. */
export function verifiedObjects(path: string) {
  /** Key → its line without the key: what is read once is not taken apart before it is asked for. */
  let loaded: Map<string, string> | undefined;
  let isChanged = false;
  const known = () => (loaded ??= load(path));
  return {
    get(key: string): Verified | undefined {
      const line = known().get(key);
      if (line === undefined) return undefined;
      const [record, file, object] = line.split("\t");
      return { record, file, object };
    },
    set(key: string, { record, file, object }: Verified) {
      // The same tick of the clock could yet see another change.
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
