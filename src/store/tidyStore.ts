/** The store looked after: objects read again, and what nothing refers to removed. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hashFile } from "./contentHash.js";
import type { Store } from "./store.js";

/** Reads every record and object and compares hashes. Gives what is damaged, in words; the objects that no record has are counted. */
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
      damaged.push(`the record ${path} is not readable, or not what it says`);
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
  files: string[];
  bytes: number;
  kept: number;
}

/** Files younger than this may belong to a run that is going on. */
const YOUNG = 3_600_000;

/**
 * The files that can go: results with none of the keys in `wanted`, pieces and states of such, objects without a record, and
 * logs without a result. Nothing is removed.
 */
export function findGarbage(store: Store, wanted: ReadonlySet<string>): Garbage {
  const isOld = (path: string) => Date.now() - statSync(path).mtimeMs > YOUNG;

  const garbage: string[] = [];
  const objects = new Set<string>();
  let kept = 0;
  for (const path of filesBelow(join(store.folder, "records"))) {
    const record = store.record(nameOf(path, ".json"));
    // A piece, or the state of an unfinished step, belongs to the whole.
    const { whole, unfinished } = (record?.preimage ?? {}) as { whole?: string; unfinished?: string };
    const isWanted = record !== undefined && wanted.has(whole ?? unfinished ?? record.key);
    if (isWanted || !isOld(path)) {
      kept++;
      if (record) objects.add(record.object);
    } else {
      garbage.push(path);
    }
  }
  const unused = filesBelow(join(store.folder, "objects")).filter(
    (path) => !objects.has(nameOf(path, ".arrow")) && isOld(path),
  );
  const logs = filesBelow(join(store.folder, "logs")).filter(
    (path) => !wanted.has(nameOf(path, ".log")) && isOld(path),
  );
  const files = [...garbage, ...unused, ...logs];
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  return { files, bytes, kept };
}

/** Removes it, the records before their objects. */
export function removeGarbage({ files }: Garbage): void {
  for (const path of files) rmSync(path, { force: true });
}

function stageOf(preimage: unknown): string {
  return (preimage as { stage?: string } | undefined)?.stage ?? "a piece";
}

function nameOf(path: string, ending: string): string {
  return path.slice(path.lastIndexOf("/") + 1, path.endsWith(ending) ? -ending.length : undefined);
}

function filesBelow(folder: string): string[] {
  try {
    return (readdirSync(folder, { recursive: true }) as string[])
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).isFile());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
