/** Maintains a store: verifies its objects, and removes those that nothing refers to. */
import { linkSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseCanonicalJson } from "../artifact/canonicalJson.js";
import { draftPath, withFolder } from "./atomicFile.js";
import { hashFile } from "./contentHash.js";
import { filesBelow } from "./filesBelow.js";
import { liveRuns } from "./liveRuns.js";
import type { Store } from "./store.js";
import type { StoredRecord } from "./storedRecord.js";

/**
 * Reads every record and object and compares hashes. Returns descriptions of the damage, and the number of objects
 * without a record.
 */
export function verifyStore(store: Store): { records: number; bytes: number; damaged: string[]; unreferenced: number } {
  const damaged: string[] = [];
  const objects = new Map(filesBelow(join(store.folder, "objects")).map((path) => [nameOf(path, ".arrow"), path]));
  const referenced = new Set<string>();
  let bytes = 0;
  const records = filesBelow(join(store.folder, "records"));
  for (const path of records) {
    const key = nameOf(path, ".json");
    const record = store.record(key);
    if (record?.key !== key) {
      damaged.push(`the record ${path} is not readable or does not match its name`);
      continue;
    }
    const object = objects.get(record.object);
    if (object === undefined) damaged.push(`the object of ${stageOf(record.preimage)} ${key} is missing`);
    else if (hashFile(object) !== record.object)
      damaged.push(`the object ${object} of ${stageOf(record.preimage)} has changed`);
    else bytes += record.bytes;
    referenced.add(record.object);
  }
  const unreferenced = [...objects.keys()].filter((object) => !referenced.has(object)).length;
  return { records: records.length, bytes, damaged, unreferenced };
}

export interface Garbage {
  /** In the order of removal: records before their objects. */
  files: { path: string; bytes: number; what: string }[];
  bytes: number;
  kept: number;
}

/** Milliseconds. Files younger than this may belong to a run that is about to announce itself. */
const YOUNG = 3_600_000;

/**
 * Lists the files that can go: results whose key is neither in `wanted` nor needed by a live run, their pieces and
 * states, objects without a record, and logs without a result. Files written since an hour before the first live run
 * began stay, too. Removes nothing. Throws the file system's error when the store cannot be read completely.
 */
export function findGarbage(store: Store, wanted: ReadonlySet<string>): Garbage {
  const { keys, since } = needed(store, wanted);
  const files: Garbage["files"] = [];
  const add = (path: string, what: string) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found && found.mtimeMs < since) files.push({ path, bytes: found.size, what });
    return found === undefined || found.mtimeMs < since;
  };
  const objects = new Set<string>();
  let kept = 0;
  for (const path of filesBelow(join(store.folder, "records"))) {
    const record = readRecord(path);
    const isWanted = record !== undefined && keys.has(ownerOf(record));
    if (!isWanted && add(path, record ? `${stageOf(record.preimage)} ${record.key}` : "a damaged record")) continue;
    kept++;
    if (record) objects.add(record.object);
  }
  for (const path of filesBelow(join(store.folder, "objects"))) {
    if (!objects.has(nameOf(path, ".arrow"))) add(path, "an object without a record");
  }
  for (const path of filesBelow(join(store.folder, "logs"))) {
    if (!keys.has(nameOf(path, ".log"))) add(path, "a log without a result");
  }
  return { files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), kept };
}

/** The keys that are needed, and the time after which every file is. */
function needed(store: Store, wanted: ReadonlySet<string>): { keys: Set<string>; since: number } {
  const live = liveRuns(store.folder);
  const since = Math.min(Date.now(), ...live.map(({ started }) => started)) - YOUNG;
  return { keys: new Set([...wanted, ...live.flatMap(({ keys }) => keys)]), since };
}

/**
 * Removes garbage that is still garbage. Keeps files written since they were listed, and files that a newer run needs.
 * Returns the number of removed files.
 */
export function removeGarbage(store: Store, { files }: Garbage, wanted: ReadonlySet<string>): number {
  const now = neededNow(store, wanted);
  const spared = new Set<string>();
  const isGarbage = (at: string, path: string) => {
    const { keys, since } = now();
    const record = path.endsWith(".json") ? readRecord(at) : undefined;
    const found = statSync(at, { throwIfNoEntry: false });
    if (found === undefined) return false;
    const isNeeded = record !== undefined && keys.has(ownerOf(record));
    if (!isNeeded && found.mtimeMs < since && !spared.has(path)) return true;
    if (record) spared.add(join(store.folder, "objects", record.object.slice(0, 2), `${record.object}.arrow`));
    return false;
  };
  return files.filter(({ path }) => removeIf(store.folder, path, (at) => isGarbage(at, path))).length;
}

/**
 * Removes a file if `isGarbage`, and says whether it did. The file is moved away and looked at again before it is
 * removed: what is written in between under its name is another file, and a run that begins in between is known then.
 * A file that is no garbage is put back.
 */
export function removeIf(folder: string, path: string, isGarbage: (at: string) => boolean): boolean {
  if (!isGarbage(path)) return false;
  const moved = draftPath(folder);
  try {
    withFolder(moved, () => renameSync(path, moved));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
  if (isGarbage(moved)) {
    rmSync(moved, { force: true });
    return true;
  }
  putBack(moved, path);
  return false;
}

/** Gives a moved file its name again, unless a newer file has it. */
function putBack(moved: string, path: string): void {
  try {
    linkSync(moved, path);
  } catch (error) {
    // A file system without links.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") renameSync(moved, path);
  }
  rmSync(moved, { force: true });
}

/** What is needed at each moment. It is read again when a run has begun or ended. */
function neededNow(store: Store, wanted: ReadonlySet<string>): () => ReturnType<typeof needed> {
  const runsNow = () => filesBelow(join(store.folder, "live")).sort().join();
  let known = { runs: runsNow(), ...needed(store, wanted) };
  return () => {
    const runs = runsNow();
    if (runs === known.runs) return known;
    const { keys, since } = needed(store, wanted);
    // A run that has ended since still protects what it has made.
    known = { runs, keys: new Set([...known.keys, ...keys]), since: Math.min(known.since, since) };
    return known;
  };
}

/** The key of the step that a record belongs to. A piece, and the state of an unfinished step, belong to the step. */
function ownerOf({ key, preimage }: StoredRecord): string {
  const { whole, unfinished } = (preimage ?? {}) as { whole?: string; unfinished?: string };
  return whole ?? unfinished ?? key;
}

/** Undefined for a record that is damaged or gone. Throws when the file system refuses to read it. */
function readRecord(path: string): StoredRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const record = parseCanonicalJson(text) as StoredRecord;
    return typeof record?.key === "string" && typeof record.object === "string" ? record : undefined;
  } catch {
    return undefined;
  }
}

function stageOf(preimage: unknown): string {
  return (preimage as { stage?: string } | undefined)?.stage ?? "a piece";
}

function nameOf(path: string, ending: string): string {
  return path.slice(path.lastIndexOf("/") + 1, path.endsWith(ending) ? -ending.length : undefined);
}
