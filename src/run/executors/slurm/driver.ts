/**
 * Starts workers on a cluster while steps wait for them: as many as the work needs, in few submissions, and successors
 * of those that ended before the work did.
 */
import { type Allotment, nameOf } from "../../../pipeline/allotment.js";
import type { Step } from "../../../pipeline/step.js";
import { badEnds } from "./badEnds.js";
import { SlurmError } from "./queue.js";
import { patientCalls } from "./silence.js";
import { type SubmitterOptions, submitter } from "./submitter.js";
import { workersOf } from "./workers.js";

/** The time between two submissions for one allotment, as a share of that between two questions to the queue. */
const SUBMISSION_SHARE = 1 / 3;

/** A step whose pieces many workers can share counts as so many. */
const SHARES_OF_PIECES = 8;

export interface DriverOptions extends SubmitterOptions {
  /** The allotment of steps that ask for none. */
  allotment: Allotment;
  /** The largest number of workers at once. */
  most: number;
  /** Milliseconds between two questions to Slurm's queue. */
  interval: number;
  /** Throws when nothing can be stored, because workers fail for that reason. */
  requireWritable(): void;
}

export type Driver = ReturnType<typeof driver>;

export function driver(options: DriverOptions) {
  const { crew, queue, allotment, most, interval, requireWritable, say } = options;
  const workers = workersOf();
  for (const submission of crew.submissions()) workers.recall(submission);
  const { answered, isSilent, isTooEarly } = patientCalls(interval / 2, say);
  const ends = badEnds({ logs: crew.logs, requireWritable, say });
  const submissions = submitter(options, workers, answered);
  let askedAt = Number.NEGATIVE_INFINITY;
  let told = "";

  async function askQueue(now: number): Promise<void> {
    askedAt = now;
    const entries = await answered(() => queue.look());
    if (entries === undefined) return;
    submissions.settle();
    ends.add(workers.update(entries));
  }

  /** Submits the workers that waiting steps lack. */
  async function submitFor(waiting: readonly Step[], now: number): Promise<void> {
    for (const [asked, count] of wantedBy(waiting, allotment)) {
      const wanted = { ...asked, memory: Math.max(asked.memory, ends.memoryFor(asked)) };
      const missing = Math.min(count - workers.count(wanted), most - workers.total());
      if (missing > 0 && now - submissions.lastFor(wanted) > interval * SUBMISSION_SHARE)
        await submissions.submit(wanted, missing, now);
    }
  }

  return {
    /**
     * Looks at the queue and at the steps that wait, after `news` steps have ended, and submits the workers that they
     * lack. Rejects when it is of no use to go on.
     */
    async tick(waiting: readonly Step[], news: number): Promise<void> {
      const now = performance.now();
      if (news > 0) {
        submissions.forget();
        ends.forget();
      }
      workers.ended(crew.ended());
      if (isTooEarly(now)) return;
      if (submissions.isUnsure() || now - askedAt > interval) await askQueue(now);
      if (submissions.isUnsure() || isSilent()) return;
      if (ends.isCancelled() && workers.total() === 0)
        throw new SlurmError("its workers were cancelled; run again to go on");
      if (!ends.isCancelled()) await submitFor(waiting, now);
      const text = `${waiting.length} steps are ready or computed now; ${workers.running()} of ${workers.total()} workers run`;
      if (now === askedAt && waiting.length > 0 && text !== told) say((told = text));
    },
    /** Ends the workers that still wait in the queue, because nothing is left for them. */
    dismiss: () => answered(() => queue.cancel("PENDING")),
    cancel: () => answered(() => queue.cancel()),
    drain: () => answered(() => queue.drain()),
  };
}

/** Each allotment that steps ask for, with the number of workers that there is work for. */
function wantedBy(steps: readonly Step[], usual: Allotment): [Allotment, number][] {
  const shares = new Map<string, { allotment: Allotment; shares: number }>();
  for (const step of steps) {
    const asked = step.allotment ?? usual;
    const entry = shares.get(nameOf(asked)) ?? { allotment: asked, shares: 0 };
    entry.shares += step.definition.parts ? SHARES_OF_PIECES : 1;
    shares.set(nameOf(asked), entry);
  }
  return [...shares.values()].map(({ allotment, shares: count }) => [allotment, Math.ceil(count / allotment.cpus)]);
}
