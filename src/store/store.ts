/**
 * The store of artifacts, by content key. `records/<key>.json` names the object of a key and its origin;
 * `objects/<sha256>.arrow` holds the object. Files appear by rename, the record last, so a reader never sees a
 * half-written one and writers need no lock. An object that is missing, cut short or has another hash counts as absent.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { canonicalJson, parseCanonicalJson } from "../artifact/canonicalJson.js";
import { type Content, requireWritable, sweepDrafts, writeAtomically } from "./atomicFile.js";
import { hashFile, readChunks } from "./contentHash.js";
import { filesBelow } from "./filesBelow.js";
import { stampOf, verifiedObjects } from "./verifiedObjects.js";

/** The facts about one artifact besides its bytes. */
export interface StoredRecord {
  key: string;
  /** sha256 of the object. */
  object: string;
  bytes: number;
  /** The value whose hash is the key. */
  preimage: unknown;
  /** The origin of this copy: seconds, machine, threads, backend. Not part of the key. */
  provenance: Record<string, unknown>;
}

/** An intact object. Its record is read on demand. */
export interface Found {
  /** The folder of the other store that has it. */
  elsewhere?: string;
  object: string;
  path: string;
  record: () => StoredRecord;
  /**
   * The stamp of the object's file when it was verified (stampOf). Another stamp means that the file was changed since.
   */
  stamp: string;
}

type Lookup = Found | { record: undefined; warning?: string };

export interface Store {
  folder: string;
  /**
   * Looks up the object of a key; it must be intact, like its record. A hash is computed once. Afterwards the file
   * counts as intact until the file system shows that it was written, moved or replaced (its size, times or inode
   * differ). The other stores are searched for what this store lacks.
   */
  lookup(key: string): Lookup;
  /**
   * As `lookup`, but its folder is listed before a record counts as absent: the client of a network file system
   * remembers for a while that a name was absent, and learns of new ones by a list.
   */
  lookAgain(key: string): Lookup;
  /** Whether a look-up of this key has found an object before, also one of an earlier process. */
  isKnown(key: string): boolean;
  /** The keys of all records, also of the other stores: lists of 256 folders, instead of a look-up for each key. */
  keys(): Set<string>;
  /** What another store has, copied into this one; its hash is compared on the way. */
  adopt(key: string, found: Found): Found;
  /** The record of a key, if it can be read, even when its object is gone. */
  record(key: string): StoredRecord | undefined;
  /** Saves the list of verified objects for later processes. */
  remember(): void;
  /**
   * Stores bytes under a key, all at once or part by part. Content that is not `durable` survives the end of the
   * process but perhaps not a power failure; after one it counts as absent. Use this for pieces, of which there are
   * many.
   */
  put(
    key: string,
    preimage: unknown,
    content: Content,
    provenance: Record<string, unknown>,
    options?: { durable?: boolean },
  ): StoredRecord;
  /** Removes a key and its object (for pieces that have been joined). */
  remove(key: string): void;
  /** Throws StoreError when nothing can be stored. */
  requireWritable(): void;
  /** Removes the drafts of processes that no longer run. */
  sweep(): void;
}

/** The store in a folder. `others` are folders of stores that are only read. */
export function openStore(folder: string, others: readonly string[] = []): Store {
  const [records, objects] = [join(folder, "records"), join(folder, "objects")];
  const recordPath = (key: string) => `${records}/${key.slice(0, 2)}/${key}.json`;
  const objectPath = (hash: string) => `${objects}/${hash.slice(0, 2)}/${hash}.arrow`;
  const verified = verifiedObjects(join(folder, "verified"));

  const lower = others.map((other) => openStore(other));

  function ownLookup(key: string): Lookup {
    const path = recordPath(key);
    const stamp = stampOf(path);
    if (stamp === undefined) return { record: undefined };
    const known = verified.get(key);
    if (known?.record === stamp) {
      const object = objectPath(known.object);
      if (known.file === stampOf(object)) {
        return { object: known.object, path: object, record: () => recordAt(path), stamp: known.file };
      }
    }
    const damaged = (what: string): Lookup => ({
      record: undefined,
      warning: `${what}; the step runs again (record ${path})`,
    });
    let record: StoredRecord;
    try {
      record = recordAt(path);
    } catch {
      return damaged("a record is not readable");
    }
    if (record?.key !== key || !/^[0-9a-f]{64}$/.test(record.object))
      return damaged("a record does not match its name");
    const object = objectPath(record.object);
    const file = stampOf(object) ?? (isListed(object) ? stampOf(object) : undefined);
    if (file === undefined) return damaged("a stored object is missing");
    try {
      if (statSync(object).size !== record.bytes) return damaged("a stored object is cut short");
      if (hashFile(object) !== record.object) return damaged("a stored object has changed");
    } catch (error) {
      return damaged(`a stored object cannot be read (${(error as NodeJS.ErrnoException).code})`);
    }
    verified.set(key, { record: stamp, file, object: record.object });
    return { object: record.object, path: object, record: () => record, stamp: file };
  }

  function lookup(key: string): Lookup {
    const own = ownLookup(key);
    if (own.record) return own;
    for (const other of lower) {
      const found = other.lookup(key);
      if (found.record) return { ...found, elsewhere: other.folder };
    }
    return own;
  }

  function isKnown(key: string): boolean {
    return verified.has(key) || lower.some((other) => other.isKnown(key));
  }

  function lookAgain(key: string): Lookup {
    const found = lookup(key);
    return found.record === undefined && isListed(recordPath(key)) ? lookup(key) : found;
  }

  function keys(): Set<string> {
    const own = filesBelow(records).map((path) => basename(path, ".json"));
    return new Set([...own, ...lower.flatMap((other) => [...other.keys()])]);
  }

  function adopt(key: string, { object, path, record, elsewhere }: Found): Found {
    const { key: same, ...known } = record();
    writeAtomically(
      folder,
      (write) => readChunks(path, write),
      true,
      (sha256) => {
        if (sha256 === object && same === key) return objectPath(object);
        throw new Error(`${path} has changed in ${elsewhere} since it was verified; run again`);
      },
    );
    return stored({ key, ...known });
  }

  function stored(record: StoredRecord, durable = true): Found {
    const bytes = new TextEncoder().encode(canonicalJson(record));
    writeAtomically(folder, bytes, durable, () => recordPath(record.key));
    const path = objectPath(record.object);
    return { object: record.object, path, record: () => record, stamp: stampOf(path) ?? "" };
  }

  function put(
    key: string,
    preimage: unknown,
    content: Content,
    provenance: Record<string, unknown>,
    { durable = true } = {},
  ): StoredRecord {
    const { sha256: object, size: bytes } = writeAtomically(folder, content, durable, objectPath);
    const record: StoredRecord = { key, object, bytes, preimage, provenance };
    stored(record, durable);
    return record;
  }

  function remove(key: string): void {
    if (stampOf(recordPath(key)) === undefined) return;
    const found = ownLookup(key);
    rmSync(recordPath(key), { force: true });
    if (found.record) rmSync(found.path, { force: true });
    verified.delete(key);
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
      verified.save((bytes) => writeAtomically(folder, bytes, false, () => join(folder, "verified")));
    } catch {
      // This only saves time: the store may be read-only, or the disk full.
    }
  };
  return {
    folder,
    lookup,
    lookAgain,
    isKnown,
    keys,
    adopt,
    record,
    remember,
    put,
    remove,
    requireWritable: () => requireWritable(folder),
    sweep: () => sweepDrafts(folder),
  };
}

/** Whether the list of its folder names a file. */
function isListed(path: string): boolean {
  try {
    return readdirSync(dirname(path)).includes(basename(path));
  } catch {
    return false;
  }
}

function recordAt(path: string): StoredRecord {
  return parseCanonicalJson(readFileSync(path, "utf8")) as StoredRecord;
}
