/**
 * Starts workers on a cluster while steps wait for them: as many as there is work for, in few submissions, and again
 * when workers ended before the work did.
 */
import { randomBytes } from "node:crypto";
import { type Allotment, nameOf } from "../../../pipeline/allotment.js";
import type { Step } from "../../../pipeline/step.js";
import type { Crew, Submission } from "./crew.js";
import { type Queue, SlurmError, SlurmSilence } from "./queue.js";
import { type BadEnd, type Ended, workersOf } from "./workers.js";

/** Milliseconds between two questions to Slurm's queue, and between two submissions for one allotment. */
const QUEUE_INTERVAL = 30_000;
const SUBMISSION_INTERVAL = 10_000;
/** Milliseconds between two calls of a controller that does not answer. */
const SILENCE_INTERVAL = 15_000;

/** How many workers may end so, without a new result meanwhile, before the run gives up. */
const MOST_ENDS: Record<BadEnd, number> = { memory: 3, failed: 3, time: 5, node: 10, preempted: 50, cancelled: 10_000 };
/** The most submissions without a new result: a long step may keep its state over the time limits of many workers. */
const MOST_FRUITLESS = 100;

/** A step whose pieces many workers can share counts as so many. */
const SHARES_OF_PIECES = 8;

export interface DriverOptions {
  crew: Crew;
  queue: Queue;
  /** Of the steps that ask for none. */
  allotment: Allotment;
  /** The most workers at once. */
  most: number;
  /** The run leaves: the workers publish. */
  isDetached: boolean;
  /** The script of a submission. */
  scriptOf(submission: Submission): string;
  /** Throws where nothing can be stored: then workers fail for that reason. */
  requireWritable(): void;
  say(text: string): void;
}

export type Driver = ReturnType<typeof driver>;

export function driver(options: DriverOptions) {
  const { crew, queue, allotment, most, isDetached, scriptOf, requireWritable, say } = options;
  const workers = workersOf();
  for (const submission of crew.submissions()) workers.recall(submission);
  const ends = new Map<BadEnd, number>();
  /** By the name of an allotment: the memory that it has grown to, and when its last submission was. */
  const grown = new Map<string, number>();
  const submitted = new Map<string, number>();
  let fruitless = 0;
  let largest: number | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let silentSince: number | undefined;
  let told = "";
  /** No answer of the queue since a submission whose own answer was lost. */
  let isUnsure = true;
  /** Somebody has cancelled workers: no others are submitted in their place. */
  let isCancelled = false;

  /** Calls Slurm; undefined where its controller is silent, which is waited for. */
  async function answered<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await call();
      if (silentSince !== undefined) say("Slurm answers again");
      silentSince = undefined;
      return answer;
    } catch (error) {
      if (!(error instanceof SlurmSilence)) throw error;
      if (silentSince === undefined) say(`Slurm's controller does not answer; the run waits for it (${error.message})`);
      silentSince = performance.now();
      return undefined;
    }
  }

  /** The workers of one look that have ended so. Throws where that happens again and again. */
  function judge(end: BadEnd, ended: readonly Ended[]): void {
    const jobs = ended.slice(0, 3).map(({ job }) => job);
    const many = ended.length === 1 ? "a worker" : `${ended.length} workers`;
    say(`${many} ${words[end]} (job ${jobs.join(", ")}${ended.length > jobs.length ? ", …" : ""})`);
    if (end === "failed") requireWritable();
    if (end === "cancelled") isCancelled = true;
    if (end === "memory" && !ended.map(growMemory).includes(true)) return;
    const count = (ends.get(end) ?? 0) + 1;
    ends.set(end, count);
    if (count <= MOST_ENDS[end]) return;
    throw new SlurmError(`workers ${words[end]} ${count} times; ${advice[end]}; their output is in ${crew.logs}`);
  }

  /** A worker had too little; false where those that are submitted now have more anyway. */
  function growMemory({ submission: { allotment: had } }: Ended): boolean {
    const name = nameOf({ ...had, memory: 0 });
    if (had.memory < (grown.get(name) ?? 0)) return false;
    grown.set(name, Math.ceil(had.memory * had.memoryGrowth));
    return true;
  }

  async function askQueue(now: number): Promise<void> {
    askedAt = now;
    const entries = await answered(() => queue.look());
    if (entries === undefined) return;
    isUnsure = false;
    const ended = workers.update(entries);
    for (const end of new Set(ended.map((worker) => worker.end)))
      judge(
        end,
        ended.filter((worker) => worker.end === end),
      );
  }

  async function submit(wanted: Allotment, count: number, now: number): Promise<void> {
    if (fruitless > MOST_FRUITLESS)
      throw new SlurmError(`${fruitless} submissions in a row have finished no step; ${advice.time}`);
    submitted.set(nameOf(wanted), now);
    largest ??= await answered(() => queue.arraySize());
    if (largest === undefined) return;
    for (let left = count; left > 0; left -= largest) {
      const token = randomBytes(5).toString("hex");
      const submission = { token, allotment: wanted, count: Math.min(left, largest), isDetached };
      const path = crew.add(submission, scriptOf(submission));
      workers.recall(submission);
      fruitless++;
      const job = await answered(() => queue.submit(path, submission.count)).catch((error) => {
        // A limit of the user's jobs: those that there are go on.
        if (workers.total() === 0 || !/limit/i.test(error.message)) throw error;
        say(error.message);
      });
      // The queue tells whether it has arrived all the same.
      isUnsure = job === undefined;
      if (job === undefined) return;
      workers.add(submission);
      say(`submitted ${submission.count} ${submission.count === 1 ? "worker" : "workers"} as Slurm job ${job}`);
    }
  }

  /** Each allotment that steps ask for, with the number of workers that there is work for. */
  function wantedBy(steps: readonly Step[]): [Allotment, number][] {
    const shares = new Map<string, { allotment: Allotment; shares: number }>();
    for (const step of steps) {
      const asked = step.allotment ?? allotment;
      const entry = shares.get(nameOf(asked)) ?? { allotment: asked, shares: 0 };
      entry.shares += step.definition.parts ? SHARES_OF_PIECES : 1;
      shares.set(nameOf(asked), entry);
    }
    return [...shares.values()].map(({ allotment: asked, shares: count }) => [asked, Math.ceil(count / asked.cpus)]);
  }

  return {
    /**
     * Takes a look at the queue and at what waits, after so many steps have ended; submits what lacks. Rejects where
     * going on is of no use.
     */
    async tick(waiting: readonly Step[], news: number): Promise<void> {
      const now = performance.now();
      if (news > 0) {
        fruitless = 0;
        ends.clear();
      }
      workers.ended(crew.ended());
      if (silentSince !== undefined && now - silentSince < SILENCE_INTERVAL) return;
      if (isUnsure || now - askedAt > QUEUE_INTERVAL) await askQueue(now);
      if (isUnsure || silentSince !== undefined) return;
      if (isCancelled && workers.total() === 0) throw new SlurmError("its workers were cancelled; run again to go on");
      for (const [asked, count] of isCancelled ? [] : wantedBy(waiting)) {
        const memory = Math.max(asked.memory, grown.get(nameOf({ ...asked, memory: 0 })) ?? 0);
        const wanted = { ...asked, memory };
        const missing = Math.min(count - workers.count(wanted), most - workers.total());
        const last = submitted.get(nameOf(wanted));
        if (missing > 0 && (last === undefined || now - last > SUBMISSION_INTERVAL)) await submit(wanted, missing, now);
      }
      const text = `${waiting.length} steps are ready or computed now; ${workers.running()} of ${workers.total()} workers run`;
      if (now === askedAt && waiting.length > 0 && text !== told) say((told = text));
    },
    /** Ends the workers that still wait in the queue: nothing is left for them. */
    dismiss: () => answered(() => queue.cancel("PENDING")),
    cancel: () => answered(() => queue.cancel()),
    drain: () => answered(() => queue.drain()),
  };
}

const words: Record<BadEnd, string> = {
  memory: "ran out of memory",
  time: "reached the time limit in the middle of a piece",
  node: "disappeared with its node",
  preempted: "had to give way (preemption)",
  cancelled: "ended by a cancellation",
  failed: "ended with an error",
};

const advice: Record<BadEnd, string> = {
  memory: "give their stage more (resources: { memory: 16 GB }) or let it grow (memoryGrowth: 2)",
  time: "give their stage more (resources: { time: 4 h })",
  node: "ask who runs the cluster",
  preempted: "choose another partition or qos",
  cancelled: "run again to go on",
  failed: "mend that and run again",
};
