/**
 * How far the tasks of a run are to stop, from least to most. A thread must not be ended inside native code, so a task
 * looks.
 */
export const GOING_ON = 0;
/** Nothing new begins; a task ends after its piece, or where it keeps its state. */
export const DRAINING = 1;
/** A task ends when it next reports progress. */
export const STOPPING = 2;

export type StopLevel = typeof GOING_ON | typeof DRAINING | typeof STOPPING;

/**
 * The time of a step is over: a step that keeps its state ends where it does so, any other when it next reports
 * progress.
 */
export const EXPIRED = 1;
/** The step ends when it next reports progress. */
export const LONG_EXPIRED = 2;
/** The executor ends the step by force where it can. */
export const OVERDUE = 3;

export type Expiry = typeof EXPIRED | typeof LONG_EXPIRED | typeof OVERDUE;
