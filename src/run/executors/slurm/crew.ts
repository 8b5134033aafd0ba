/**
 * A folder of small files in the store, through which the workers of one pipeline and the run that started them
 * communicate. Any run, on any node, can therefore continue where another stopped.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Allotment } from "../../../pipeline/allotment.js";
import { storeError, writeAtomically } from "../../../store/atomicFile.js";
import { sharedFailures } from "../../sharedFailures.js";

/** One call of sbatch. It is stored before the call, because the answer may be lost. */
export interface Submission {
  token: string;
  allotment: Allotment;
  count: number;
  /** True when the run that submits it leaves, so that its workers publish. */
  isDetached?: boolean;
}

export type Crew = ReturnType<typeof crewOf>;

/** The crew of a pipeline. `identity` distinguishes it, with its options, from all others that use the store. */
export function crewOf(storeFolder: string, pipeline: string, identity: unknown) {
  const hash = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 8);
  return crewIn(storeFolder, `${pipeline}-${hash}`);
}

export function crewIn(storeFolder: string, name: string) {
  const folder = join(storeFolder, "slurm", name);
  const at = (...names: string[]) => join(folder, ...names);
  return {
    /** The name of its jobs is `cirque-<name>`. */
    name,
    folder,
    logs: at("logs"),
    failures: sharedFailures(storeFolder, at("failed")),
    /**
     * Stores a submission with its script and returns the path of the script. Throws StoreError when the disk is full;
     * then no half of them is left.
     */
    add(submission: Submission, script: string): string {
      const { token } = submission;
      try {
        for (const part of ["ended", "logs"]) mkdirSync(at(part), { recursive: true });
      } catch (error) {
        throw storeError(storeFolder, error);
      }
      const write = (ending: string, text: string) =>
        writeAtomically(storeFolder, Buffer.from(text), true, () => at("submissions", `${token}.${ending}`));
      write("sh", script);
      write("json", JSON.stringify(submission));
      return at("submissions", `${token}.sh`);
    },
    submissions(): Submission[] {
      return namesIn(at("submissions"))
        .filter((file) => file.endsWith(".json"))
        .map((file) => JSON.parse(readFileSync(at("submissions", file), "utf8")) as Submission);
    },
    submission(token: string): Submission {
      return JSON.parse(readFileSync(at("submissions", `${token}.json`), "utf8")) as Submission;
    },
    /** Notes that a worker has ended by itself: nothing is left for it, or its time is over. */
    end(token: string, task: string): void {
      try {
        writeFileSync(at("ended", `${token}_${task}`), "");
      } catch {
        // The disk is full, perhaps; then the queue tells that it has ended.
      }
    },
    ended: () => namesIn(at("ended")),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
