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

type Lookup = { record: CacheRecord; path: string } | { record: undefined; warning?: string };

/** Bytes, or what writes them part by part. */
export type Content = Uint8Array | ((write: (part: Uint8Array) => void) => void);

export interface Cache {
  folder: string;
  /** The record and the object's path, if both are there and intact. */
  lookup(key: string): Lookup;
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

  function lookup(key: string): Lookup {
    const path = recordPath(key);
    if (!existsSync(path)) return { record: undefined };
    const damaged = (what: string): Lookup => ({
      record: undefined,
      warning: `${what}; the step runs again (record ${path})`,
    });
    let record: CacheRecord;
    try {
      record = parseCanonicalJson(readFileSync(path, "utf8")) as CacheRecord;
    } catch {
      return damaged("a cache record is not readable");
    }
    if (record.key !== key || !/^[0-9a-f]{64}$/.test(record.object))
      return damaged("a cache record is not what it says");
    const object = objectPath(record.object);
    if (!existsSync(object)) return damaged("a cached object is missing");
    if (statSync(object).size !== record.bytes) return damaged("a cached object is cut short");
    if (hashFile(object) !== record.object) return damaged("a cached object has changed");
    return { record, path: object };
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

  return { folder, lookup, put, remove, sweep };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
