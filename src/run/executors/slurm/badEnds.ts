import { nameOf } from "../../../pipeline/allotment.js";
import { SlurmError } from "./queue.js";
import type { BadEnd, Ended } from "./workers.js";

/** The number of workers that may end in each way, without a new result meanwhile, before the run gives up. */
const MOST_ENDS: Record<BadEnd, number> = { memory: 3, failed: 3, time: 5, node: 10, preempted: 50, cancelled: 10_000 };

const words: Record<BadEnd, string> = {
  memory: "ran out of memory",
  time: "reached the time limit in the middle of a piece",
  node: "disappeared with its node",
  preempted: "had to give way (preemption)",
  cancelled: "ended by a cancellation",
  failed: "ended with an error",
};

export const advice: Record<BadEnd, string> = {
  memory: "give their stage more (resources: { memory: 16 GB }) or let it grow (memoryGrowth: 2)",
  time: "give their stage more (resources: { time: 4 h })",
  node: "ask who runs the cluster",
  preempted: "choose another partition or qos",
  cancelled: "run again to go on",
  failed: "mend the cause and run again",
};

interface Surroundings {
  /** The folder of the workers' output. */
  logs: string;
  /** Throws when nothing can be stored, because workers fail for that reason. */
  requireWritable(): void;
  say(text: string): void;
}

/** Counts the workers that ended before their work did, and the memory that the next ones need. */
export function badEnds({ logs, requireWritable, say }: Surroundings) {
  const counts = new Map<BadEnd, number>();
  /** By the name of an allotment: the memory that it has grown to. */
  const grown = new Map<string, number>();
  let isCancelled = false;

  /** Returns false when workers that are submitted now have more memory anyway. */
  function growMemory({ submission: { allotment: had } }: Ended): boolean {
    const name = nameOf({ ...had, memory: 0 });
    if (had.memory < (grown.get(name) ?? 0)) return false;
    grown.set(name, Math.ceil(had.memory * had.memoryGrowth));
    return true;
  }

  /** Counts workers that ended in one way. Throws SlurmError when too many have. */
  function count(end: BadEnd, ended: readonly Ended[]): void {
    const jobs = ended.slice(0, 3).map(({ job }) => job);
    const many = ended.length === 1 ? "a worker" : `${ended.length} workers`;
    say(`${many} ${words[end]} (job ${jobs.join(", ")}${ended.length > jobs.length ? ", …" : ""})`);
    if (end === "failed") requireWritable();
    if (end === "cancelled") isCancelled = true;
    if (end === "memory" && !ended.map(growMemory).includes(true)) return;
    const times = (counts.get(end) ?? 0) + 1;
    counts.set(end, times);
    if (times <= MOST_ENDS[end]) return;
    throw new SlurmError(`workers ${words[end]} ${times} times; ${advice[end]}; their output is in ${logs}`);
  }

  return {
    /** Counts the workers that have ended since the last answer of the queue. Throws SlurmError when too many have. */
    add(ended: readonly Ended[]): void {
      for (const end of new Set(ended.map((worker) => worker.end))) {
        count(
          end,
          ended.filter((worker) => worker.end === end),
        );
      }
    },
    /** There is a new result: the counts start again. */
    forget: () => counts.clear(),
    /** The memory that workers with an allotment have turned out to need; 0 when none has run out of it. */
    memoryFor: (asked: Ended["submission"]["allotment"]) => grown.get(nameOf({ ...asked, memory: 0 })) ?? 0,
    /** Somebody has cancelled workers: no others are submitted in their place. */
    isCancelled: () => isCancelled,
  };
}
