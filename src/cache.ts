/**
 * The store of artifacts, by content key: `records/<key>.json` says which object a key has and how it came to be,
 * `objects/<sha256>.arrow` holds it. Files appear by rename, the record last, so a reader never sees a half-written one and
 * writers need no lock. What is missing, cut short or of another hash counts as absent.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import { canonicalJson, parseCanonicalJson } from "./canonicalJson.js";
import { hashFile } from "./contentHash.js";
import { stampOf, verifiedObjects } from "./verifiedObjects.js";

/** What is known of one artifact beside its bytes. */
export interface CacheRecord {
  key: string;
  /** sha256 of the object. */
  object: string;
  bytes: number;
  /** What the key is the hash of. */
  preimage: unknown;
  /** How this copy was made: seconds, machine, threads, backend. Not part of the key. */
  provenance: Record<string, unknown>;
}

/** An intact object. Its record is read when it is asked for. */
export interface Found {
  object: string;
  path: string;
  record: () => CacheRecord;
}

type Lookup = Found | { record: undefined; warning?: string };

/** Bytes, or what writes them part by part. */
export type Content = Uint8Array | ((write: (part: Uint8Array) => void) => void);

export interface Cache {
  folder: string;
  /**
   * What is stored under a key, if the record and the object are there and intact. A hash is computed once; then the file counts as
   * intact until the file system says that it was written, moved or replaced (its size, times or inode differ).
   */
  lookup(key: string): Lookup;
  /** The record of a key, if it can be read, whatever became of its object. */
  record(key: string): CacheRecord | undefined;
  /** Keeps what was found intact for later processes. */
  remember(): void;
  /**
   * Stores bytes under a key, given at once or written part by part. What is not `durable` survives the end of the process but perhaps not a power failure, after
   * which it counts as absent: for pieces, of which there are many.
   */
  put(
    key: string,
    preimage: unknown,
    content: Content,
    provenance: Record<string, unknown>,
    options?: { durable?: boolean },
  ): CacheRecord;
  /** Forgets a key and its object (pieces that have been joined). */
  remove(key: string): void;
  /** Removes temporary files of this process and of processes that are gone. */
  sweep(): void;
}

export function openCache(folder: string): Cache {
  const recordPath = (key: string) => join(folder, "records", key.slice(0, 2), `${key}.json`);
  const objectPath = (hash: string) => join(folder, "objects", hash.slice(0, 2), `${hash}.arrow`);
  const temporary = join(folder, "tmp");
  const owner = `${hostname()}-${process.pid}-`;
  let written = 0;

  /** Writes a file that appears, under the name that `nameOf` gives its hash, when it is whole. */
  function writeAtomically(content: Content, durable: boolean, nameOf: (sha256: string) => string) {
    mkdirSync(temporary, { recursive: true });
    const draft = join(temporary, `${owner}${threadId}-${written++}`);
    try {
      const file = openSync(draft, "wx");
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
      mkdirSync(dirname(path), { recursive: true });
      chmodSync(draft, 0o444);
      renameSync(draft, path);
      return { sha256, size };
    } catch (error) {
      rmSync(draft, { force: true });
      throw error;
    }
  }

  const verified = verifiedObjects(join(folder, "verified"));

  function lookup(key: string): Lookup {
    const path = recordPath(key);
    const stamp = stampOf(path);
    if (stamp === undefined) return { record: undefined };
    const known = verified.get(key);
    if (known?.record === stamp && known.file === stampOf(objectPath(known.object))) {
      return { object: known.object, path: objectPath(known.object), record: () => recordAt(path) };
    }
    const damaged = (what: string): Lookup => ({
      record: undefined,
      warning: `${what}; the step runs again (record ${path})`,
    });
    let record: CacheRecord;
    try {
      record = recordAt(path);
    } catch {
      return damaged("a cache record is not readable");
    }
    if (record?.key !== key || !/^[0-9a-f]{64}$/.test(record.object))
      return damaged("a cache record is not what it says");
    const object = objectPath(record.object);
    const file = stampOf(object);
    if (file === undefined) return damaged("a cached object is missing");
    if (statSync(object).size !== record.bytes) return damaged("a cached object is cut short");
    if (hashFile(object) !== record.object) return damaged("a cached object has changed");
    verified.set(key, { record: stamp, file, object: record.object });
    return { object: record.object, path: object, record: () => record };
  }

  function put(
    key: string,
    preimage: unknown,
    content: Content,
    provenance: Record<string, unknown>,
    { durable = true } = {},
  ): CacheRecord {
    const { sha256: object, size: bytes } = writeAtomically(content, durable, objectPath);
    const record: CacheRecord = { key, object, bytes, preimage, provenance };
    writeAtomically(new TextEncoder().encode(canonicalJson(record)), durable, () => recordPath(key));
    return record;
  }

  function remove(key: string): void {
    const found = lookup(key);
    rmSync(recordPath(key), { force: true });
    if (found.record) rmSync(found.path, { force: true });
    verified.delete(key);
  }

  function sweep(): void {
    if (!existsSync(temporary)) return;
    for (const name of readdirSync(temporary)) {
      const [, host, pid] = name.match(/^(.*)-(\d+)-\d+-\d+$/) ?? [];
      if (host === hostname() && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
        rmSync(join(temporary, name), { force: true });
      }
    }
  }

  const record = (key: string) => {
    try {
      return recordAt(recordPath(key));
    } catch {
      return undefined;
    }
  };
  const remember = () => {
    if (!existsSync(folder)) return;
    try {
      verified.save((bytes) => writeAtomically(bytes, false, () => join(folder, "verified")));
    } catch {
      // Of use only to save time: the store may be read-only, or the disk full.
    }
  };
  return { folder, lookup, record, remember, put, remove, sweep };
}

function recordAt(path: string): CacheRecord {
  return parseCanonicalJson(readFileSync(path, "utf8")) as CacheRecord;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
