import { randomBytes } from "node:crypto";
import { type Allotment, nameOf } from "../../../pipeline/allotment.js";
import { advice } from "./badEnds.js";
import type { Crew, Submission } from "./crew.js";
import { type Queue, SlurmError } from "./queue.js";
import type { patientCalls } from "./silence.js";
import type { workersOf } from "./workers.js";

/** The most submissions without a new result: a long step may keep its state over the time limits of many workers. */
const MOST_FRUITLESS = 100;

export interface SubmitterOptions {
  crew: Crew;
  queue: Queue;
  /** True when the run leaves, so that the workers publish. */
  isDetached: boolean;
  /** The script of a submission. */
  scriptOf(submission: Submission): string;
  say(text: string): void;
}

/** Submits workers as arrays of jobs, as large as Slurm takes them. */
export function submitter(
  { crew, queue, isDetached, scriptOf, say }: SubmitterOptions,
  workers: ReturnType<typeof workersOf>,
  answered: ReturnType<typeof patientCalls>["answered"],
) {
  /** By the name of an allotment: the time of its last submission. */
  const submitted = new Map<string, number>();
  let fruitless = 0;
  let largest: number | undefined;
  /** The queue has not answered since a submission whose own answer was lost. */
  let isUnsure = true;

  async function submitArray(allotment: Allotment, count: number): Promise<void> {
    const submission = { token: randomBytes(5).toString("hex"), allotment, count, isDetached };
    const path = crew.add(submission, scriptOf(submission));
    workers.recall(submission);
    fruitless++;
    const job = await answered(() => queue.submit(path, count)).catch((error) => {
      // Slurm limits the jobs of a user: the workers that are there go on.
      if (workers.total() === 0 || !/limit/i.test(error.message)) throw error;
      say(error.message);
    });
    // The queue tells whether it has arrived all the same.
    isUnsure = job === undefined;
    if (job === undefined) return;
    workers.add(submission);
    say(`submitted ${count} ${count === 1 ? "worker" : "workers"} as Slurm job ${job}`);
  }

  return {
    /** Submits so many workers. Rejects with SlurmError when Slurm refuses them, or when none has finished a step. */
    async submit(allotment: Allotment, count: number, now: number): Promise<void> {
      if (fruitless > MOST_FRUITLESS)
        throw new SlurmError(`${fruitless} submissions in a row have finished no step; ${advice.time}`);
      submitted.set(nameOf(allotment), now);
      largest ??= await answered(() => queue.arraySize());
      if (largest === undefined) return;
      for (let left = count; left > 0; left -= largest) {
        await submitArray(allotment, Math.min(left, largest));
        if (isUnsure) return;
      }
    },
    /** The time of the last submission for an allotment. */
    lastFor: (allotment: Allotment) => submitted.get(nameOf(allotment)) ?? Number.NEGATIVE_INFINITY,
    isUnsure: () => isUnsure,
    /** The queue has answered, so it is known which submissions have arrived. */
    settle: () => {
      isUnsure = false;
    },
    /** There is a new result: the count of submissions without one starts again. */
    forget: () => {
      fruitless = 0;
    },
  };
}
