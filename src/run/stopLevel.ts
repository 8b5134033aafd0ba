/**
 * How far the tasks of a run have to stop, from least to most. A thread must not be terminated inside native code, so a
 * task checks the level itself.
 */
export const GOING_ON = 0;
/** Nothing new begins. A task ends after its piece, or when it has saved its state. */
export const DRAINING = 1;
/** A task ends when it next reports progress. */
export const STOPPING = 2;

export type StopLevel = typeof GOING_ON | typeof DRAINING | typeof STOPPING;

/**
 * The time of a step is over. A step that saves its state ends when it does so, any other when it next reports
 * progress.
 */
export const EXPIRED = 1;
/** The step ends when it next reports progress. */
export const LONG_EXPIRED = 2;
/** The executor terminates the step if it can. */
export const OVERDUE = 3;

export type Expiry = typeof EXPIRED | typeof LONG_EXPIRED | typeof OVERDUE;
