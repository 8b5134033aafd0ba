import { readdirSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { hashFile } from "./contentHash.js";
import { recordAt, type StoredRecord } from "./storedRecord.js";
import { stampOf, type verifiedObjects } from "./verifiedObjects.js";

/** An intact object. Its record is read on demand. */
export interface IntactObject {
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

/** The object of a key, or why there is none. */
export type Lookup = IntactObject | { record: undefined; warning?: string };

/** The files of a store. */
export interface StorePaths {
  recordPath(key: string): string;
  objectPath(hash: string): string;
}

export function storePaths(folder: string): StorePaths {
  return {
    recordPath: (key) => `${folder}/records/${key.slice(0, 2)}/${key}.json`,
    objectPath: (hash) => `${folder}/objects/${hash.slice(0, 2)}/${hash}.arrow`,
  };
}

/**
 * Looks up the object of a key, which must be intact, like its record. A hash is computed once; afterwards the file
 * counts as intact as long as its stamp stays the same.
 */
export function intactObject(
  key: string,
  { recordPath, objectPath }: StorePaths,
  verified: ReturnType<typeof verifiedObjects>,
): Lookup {
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
  if (record?.key !== key || !/^[0-9a-f]{64}$/.test(record.object)) return damaged("a record does not match its name");
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

/** True when the list of its folder names a file. */
export function isListed(path: string): boolean {
  try {
    return readdirSync(dirname(path)).includes(basename(path));
  } catch {
    return false;
  }
}
