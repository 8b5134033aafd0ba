/**
 * Steps that failed, told between the workers of one run: what fails in one of them is not computed by another again.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { StoreError, writeAtomically } from "../store/atomicFile.js";

export interface SharedFailures {
  /** The folder of the failures, by which worker threads find them. */
  folder: string;
  /** The error of a step, if it has failed in any worker. */
  of(key: string): string | undefined;
  /** Throws FailedElsewhere with the error of a step that has failed. */
  requireNone(key: string): void;
  add(key: string, error: string): void;
  /** The keys of all that failed. */
  keys(): string[];
  clear(): void;
}

/** Another worker has computed the step, and told its failure. */
export class FailedElsewhere extends Error {}

/** The failures in a folder of the store: a small file for each key. */
export function sharedFailures(storeFolder: string, folder: string): SharedFailures {
  const of = (key: string) => {
    try {
      return readFileSync(join(folder, key), "utf8");
    } catch {
      return undefined;
    }
  };
  return {
    folder,
    of,
    requireNone(key) {
      const error = of(key);
      if (error !== undefined) throw new FailedElsewhere(error);
    },
    add(key, error) {
      try {
        writeAtomically(storeFolder, Buffer.from(error), false, () => join(folder, key));
      } catch (failure) {
        // The other workers find out by themselves.
        if (!(failure instanceof StoreError)) throw failure;
      }
    },
    keys() {
      try {
        return readdirSync(folder);
      } catch {
        return [];
      }
    },
    clear: () => rmSync(folder, { recursive: true, force: true }),
  };
}
