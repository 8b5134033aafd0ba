/** The store looked after: objects read again, and what nothing refers to removed. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Cache } from "../store/cache.js";
import { hashFile } from "../store/contentHash.js";
import { listRuns, type RunRecord, removeRun } from "./runHistory.js";

/** Reads every record and object and compares hashes. Gives what is damaged, in words; the objects that no record has are counted. */
export function verifyStore(cache: Cache): { records: number; bytes: number; damaged: string[]; unreferenced: number } {
  const damaged: string[] = [];
  const objects = new Map(filesBelow(join(cache.folder, "objects")).map((path) => [nameOf(path, ".arrow"), path]));
  const referenced = new Set<string>();
  let bytes = 0;
  const records = filesBelow(join(cache.folder, "records"));
  for (const path of records) {
    const key = nameOf(path, ".json");
    const record = cache.record(key);
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
  runs: RunRecord[];
}

/** Files younger than this may belong to a run that is going on. */
const YOUNG = 3_600_000;

/**
 * What can go: results that neither these keys nor the latest runs of each pipeline refer to, pieces and states of such, objects
 * without a record, logs without a result, and older runs. Nothing is removed.
 */
export function findGarbage(cache: Cache, wanted: ReadonlySet<string>, keepRuns: number): Garbage {
  const all = groupRuns(listRuns(cache.folder));
  const recent = all.flatMap((runs) => runs.slice(0, keepRuns));
  const keys = new Set([...wanted, ...recent.flatMap(({ steps }) => Object.values(steps))]);
  const isOld = (path: string) => Date.now() - statSync(path).mtimeMs > YOUNG;

  const garbage: string[] = [];
  const objects = new Set<string>();
  let kept = 0;
  for (const path of filesBelow(join(cache.folder, "records"))) {
    const record = cache.record(nameOf(path, ".json"));
    // A piece, or the state of an unfinished step, belongs to the whole.
    const { whole, unfinished } = (record?.preimage ?? {}) as { whole?: string; unfinished?: string };
    const isWanted = record !== undefined && keys.has(whole ?? unfinished ?? record.key);
    if (isWanted || !isOld(path)) {
      kept++;
      if (record) objects.add(record.object);
    } else {
      garbage.push(path);
    }
  }
  const unused = filesBelow(join(cache.folder, "objects")).filter(
    (path) => !objects.has(nameOf(path, ".arrow")) && isOld(path),
  );
  const logs = filesBelow(join(cache.folder, "logs")).filter((path) => !keys.has(nameOf(path, ".log")) && isOld(path));
  const files = [...garbage, ...unused, ...logs];
  const bytes = files.reduce((sum, path) => sum + statSync(path).size, 0);
  return { files, bytes, kept, runs: all.flatMap((runs) => runs.slice(keepRuns)) };
}

/** Removes it, the records before their objects. */
export function removeGarbage(cache: Cache, { files, runs }: Garbage): void {
  for (const path of files) rmSync(path, { force: true });
  for (const run of runs) removeRun(cache.folder, run);
}

function groupRuns(runs: RunRecord[]): RunRecord[][] {
  return [...new Set(runs.map(({ pipeline }) => pipeline))].map((name) =>
    runs.filter(({ pipeline }) => pipeline === name),
  );
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
