/** The time that a stage may take (`timeout:` in a pipeline file). */
import { EXPIRED, type Expiry, LONG_EXPIRED, OVERDUE } from "./stopLevel.js";

/** Milliseconds that a step gets, once its time is over, to keep its state, and again to report progress once more. */
const GRACE = 3500;
/** Timers hold no more milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Watches the time of one step. `expire` is called with each level that the step reaches while it goes on. */
export function timeLimit(seconds: number | undefined, expire: (level: Expiry) => void) {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const reach = (...[level, ...later]: Expiry[]) => {
    isOver = true;
    expire(level);
    if (later.length > 0) timer = setTimeout(reach, GRACE, ...later);
  };
  return {
    isOver: () => isOver,
    /** The time counts from here; called again it changes nothing. */
    start() {
      if (seconds === undefined) return;
      timer ??= setTimeout(reach, Math.min(1000 * seconds, LONGEST), EXPIRED, LONG_EXPIRED, OVERDUE);
    },
    end: () => clearTimeout(timer),
  };
}
