import type { TaskProgress } from "./executor.js";

/** How a worker hears from its executor and answers. */
export interface Control {
  /** How far the run is to stop: one of the levels of stopLevel.ts. */
  stop(): number;
  /** 0 while the step has time, else how long it has been over: stopLevel.ts. */
  expired(): number;
  /** The place in the task's `todo` that nobody has taken yet, in order; beyond its end when none is left. */
  nextPiece(): number;
  tell(progress: TaskProgress): void;
}

/** Throws when the run stops as far as `level`, or the time of the step is over. */
export function endAt(level: number, { stop, expired }: Control): void {
  if (expired() !== 0) throw new Error("its time is over");
  if (stop() >= level) throw new Error("stopped");
}
