/** The time that a stage may take (`timeout:` in a pipeline file). */

/** Milliseconds that a step has, once its time is over, to keep how far it is, and again to come to its next word of progress. */
const GRACE = 2500;
/** Timers hold no more milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Watches the time of one step. `overdue` is called when it goes on although its time has been over for a while. */
export function timeLimit(seconds: number | undefined, overdue: () => void) {
  /** Shared with the threads. From 1 on a step stops by itself, but where it keeps how far it is if it does so; from 2 on anywhere. */
  const expired = new Int32Array(new SharedArrayBuffer(4));
  let timer: NodeJS.Timeout | undefined;
  const expire = () => {
    if (Atomics.add(expired, 0, 1) === 0) timer = setTimeout(expire, GRACE);
    else timer = setTimeout(overdue, GRACE);
  };
  return {
    expired,
    isOver: () => Atomics.load(expired, 0) !== 0,
    /** From here the time counts; called again it changes nothing. */
    start() {
      if (seconds !== undefined) timer ??= setTimeout(expire, Math.min(1000 * seconds, LONGEST));
    },
    end: () => clearTimeout(timer),
  };
}
