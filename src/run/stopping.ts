/** How the threads of a run learn that they are to stop: a number that all share. A thread must not be ended inside native code. */
export const GOING_ON = 0;
/** Nothing new is begun; what runs ends after its piece, or where it keeps how far it is. */
export const DRAINING = 1;
/** What runs ends at its next word of progress. */
export const STOPPING = 2;
/** As STOPPING: the store cannot be written. */
export const STORE_FAILED = 3;

/** Raises it to a level, if it is not there yet. */
export function raise(stop: Int32Array, level: number): void {
  if (Atomics.load(stop, 0) < level) Atomics.store(stop, 0, level);
}
