/** The workers of a run as far as it knows them: from its submissions, the queue of Slurm, and what they say. */
import { type Allotment, fits } from "../../../pipeline/allotment.js";
import type { Submission } from "./crew.js";
import type { QueueEntry } from "./queue.js";

/** The way in which a worker ended that did not end by itself. */
export type BadEnd = "memory" | "time" | "node" | "preempted" | "cancelled" | "failed";

interface Worker {
  submission: Submission;
  isRunning: boolean;
  /** The number of answers in a row that lack it. */
  absences: number;
}

export interface Ended {
  submission: Submission;
  end: BadEnd;
  job: string;
}

/**
 * A worker counts as ended when so many answers in a row lack it, because one answer may come before the job is listed.
 * Empty answers say less, because a busy controller gives them, too.
 */
const ABSENCES = 2;
const EMPTY_ABSENCES = 10;

const badEnds: Record<string, BadEnd> = {
  OUT_OF_MEMORY: "memory",
  TIMEOUT: "time",
  DEADLINE: "time",
  NODE_FAIL: "node",
  BOOT_FAIL: "node",
  PREEMPTED: "preempted",
  CANCELLED: "cancelled",
  REVOKED: "cancelled",
  FAILED: "failed",
};
const running = new Set(["RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "SIGNALING", "STAGE_OUT"]);

export function workersOf() {
  const submissions = new Map<string, Submission>();
  const known = new Map<string, Worker>();
  /** The ids of workers that have ended. They do not come back. */
  const gone = new Set<string>();

  function end(id: string): Worker | undefined {
    const worker = known.get(id);
    gone.add(id);
    known.delete(id);
    return worker;
  }

  return {
    /** A submission of this run: all its workers wait. */
    add(submission: Submission): void {
      submissions.set(submission.token, submission);
      for (let task = 0; task < submission.count; task++)
        known.set(`${submission.token}_${task}`, { submission, isRunning: false, absences: 0 });
    },
    /** A submission of an earlier run: the queue tells which of its workers are still there. */
    recall: (submission: Submission) => submissions.set(submission.token, submission),
    /** These workers have ended by themselves. */
    ended(ids: readonly string[]): void {
      for (const id of ids) end(id);
    },
    /** Takes an answer of the queue and returns the workers that have ended otherwise. */
    update(entries: readonly QueueEntry[]): Ended[] {
      const bad: Ended[] = [];
      const seen = new Set<string>();
      for (const { token, task, job, state } of entries) {
        const id = `${token}_${task}`;
        const submission = submissions.get(token);
        if (submission === undefined || gone.has(id)) continue;
        seen.add(id);
        const isEnded = state === "COMPLETED" || badEnds[state] !== undefined;
        if (isEnded) {
          // An unknown worker belongs to an earlier run, which has reported its end.
          const wasKnown = end(id) !== undefined;
          if (wasKnown && badEnds[state]) bad.push({ submission, end: badEnds[state], job: `${job}_${task}` });
        } else known.set(id, { submission, isRunning: running.has(state), absences: 0 });
      }
      for (const [id, worker] of known) {
        if (seen.has(id)) continue;
        worker.absences++;
        if (worker.absences < (entries.length === 0 ? EMPTY_ABSENCES : ABSENCES)) continue;
        end(id);
        bad.push({ submission: worker.submission, end: "node", job: id });
      }
      return bad;
    },
    /** The number of workers that can compute a step with an allotment. */
    count: (asked: Allotment) =>
      [...known.values()].filter(({ submission }) => fits(asked, submission.allotment)).length,
    total: () => known.size,
    running: () => [...known.values()].filter(({ isRunning }) => isRunning).length,
  };
}
