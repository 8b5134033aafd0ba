import type { TaskProgress } from "./executor.js";

/** The channel between a worker and its executor. */
export interface Control {
  /** How far the run has to stop: one of the levels of stopLevel.ts. */
  stop(): number;
  /** 0 while the step has time, otherwise a level of stopLevel.ts. */
  expired(): number;
  /** The next free position in the task's `todo`, in order; past its end when none is left. */
  nextPiece(): number;
  tell(progress: TaskProgress): void;
  /** Shows a message of the stage beside the progress. */
  warn(message: string): void;
}

/** Throws when the run stops at `level` or more, or when the time of the step is over. */
export function endAt(level: number, { stop, expired }: Control): void {
  if (expired() !== 0) throw new Error("its time is over");
  if (stop() >= level) throw new Error("stopped");
}
