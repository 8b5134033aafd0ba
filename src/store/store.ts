/**
 * The store of artifacts, by content key. `records/<key>.json` names the object of a key and its origin;
 * `objects/<sha256>.arrow` holds the object. Files appear by rename, the record last, so a reader never sees a
 * half-written one and writers need no lock. An object that is missing, cut short or has another hash counts as absent.
 */
import { existsSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { canonicalJson } from "../artifact/canonicalJson.js";
import { type Content, requireWritable, sweepDead, writeAtomically } from "./atomicFile.js";
import { readChunks } from "./contentHash.js";
import { filesBelow } from "./filesBelow.js";
import { type IntactObject, intactObject, isListed, type Lookup, type StorePaths, storePaths } from "./intactObject.js";
import { recordAt, type StoredRecord } from "./storedRecord.js";
import { stampOf, verifiedObjects } from "./verifiedObjects.js";

export interface Store {
  folder: string;
  /**
   * Looks up the object of a key; it must be intact, like its record. A hash is computed once. Afterwards the file
   * counts as intact until the file system shows that it was written, moved or replaced (its size, times or inode
   * differ). The other stores are searched for what this store lacks.
   */
  lookup(key: string): Lookup;
  /**
   * Does the same as `lookup`, but lists the folder before a record counts as absent: the client of a network file
   * system remembers for a while that a name was absent, and learns of new ones by a list.
   */
  lookAgain(key: string): Lookup;
  /** True when a look-up of this key has found an object before, also in an earlier process. */
  isKnown(key: string): boolean;
  /** The keys of all records, also of the other stores: lists of 256 folders, instead of a look-up for each key. */
  keys(): Set<string>;
  /** What another store has, copied into this one; its hash is compared on the way. */
  adopt(key: string, found: IntactObject): IntactObject;
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
  /** Removes what processes that no longer run have left: drafts, and the files that say who runs. */
  sweep(): void;
}

/** The store in a folder. `others` are folders of stores that are only read. */
export function openStore(folder: string, others: readonly string[] = []): Store {
  const paths = storePaths(folder);
  const verified = verifiedObjects(join(folder, "verified"));
  const lower = others.map((other) => openStore(other));

  function lookup(key: string): Lookup {
    const own = intactObject(key, paths, verified);
    if (own.record) return own;
    for (const other of lower) {
      const found = other.lookup(key);
      if (found.record) return { ...found, elsewhere: other.folder };
    }
    return own;
  }

  return {
    folder,
    lookup,
    lookAgain(key) {
      const found = lookup(key);
      return found.record === undefined && isListed(paths.recordPath(key)) ? lookup(key) : found;
    },
    isKnown: (key) => verified.has(key) || lower.some((other) => other.isKnown(key)),
    keys() {
      const own = filesBelow(join(folder, "records")).map((path) => basename(path, ".json"));
      return new Set([...own, ...lower.flatMap((other) => [...other.keys()])]);
    },
    adopt: (key, found) => adopt(key, found, folder, paths),
    record(key) {
      try {
        return recordAt(paths.recordPath(key));
      } catch {
        return undefined;
      }
    },
    remember() {
      if (!existsSync(folder)) return;
      try {
        verified.save((bytes) => writeAtomically(folder, bytes, false, () => join(folder, "verified")));
      } catch {
        // This only saves time: the store may be read-only, or the disk full.
      }
    },
    put(key, preimage, content, provenance, { durable = true } = {}) {
      const { sha256: object, size: bytes } = writeAtomically(folder, content, durable, paths.objectPath);
      const record: StoredRecord = { key, object, bytes, preimage, provenance };
      writeRecord(record, folder, paths, durable);
      return record;
    },
    remove(key) {
      if (stampOf(paths.recordPath(key)) === undefined) return;
      const found = intactObject(key, paths, verified);
      rmSync(paths.recordPath(key), { force: true });
      if (found.record) rmSync(found.path, { force: true });
      verified.delete(key);
    },
    requireWritable: () => requireWritable(folder),
    sweep: () => sweepDead(folder),
  };
}

/** Copies an object of another store, and compares its hash on the way. */
function adopt(
  key: string,
  { object, path, record, elsewhere }: IntactObject,
  folder: string,
  paths: StorePaths,
): IntactObject {
  const { key: same, ...known } = record();
  writeAtomically(
    folder,
    (write) => readChunks(path, write),
    true,
    (sha256) => {
      if (sha256 === object && same === key) return paths.objectPath(object);
      throw new Error(`${path} has changed in ${elsewhere} since it was verified; run again`);
    },
  );
  return writeRecord({ key, ...known }, folder, paths, true);
}

function writeRecord(record: StoredRecord, folder: string, paths: StorePaths, durable: boolean): IntactObject {
  const bytes = new TextEncoder().encode(canonicalJson(record));
  writeAtomically(folder, bytes, durable, () => paths.recordPath(record.key));
  const path = paths.objectPath(record.object);
  return { object: record.object, path, record: () => record, stamp: stampOf(path) ?? "" };
}
