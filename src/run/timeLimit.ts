/** The time limit of a stage (`timeout:` in a pipeline file). */
import { EXPIRED, type Expiry, LONG_EXPIRED, OVERDUE } from "./stopLevel.js";

/**
 * The milliseconds that a step has, once its time is over, to save its state, and then to report progress once more.
 */
const GRACE = 3500;
/** The longest delay of a timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** Watches the time of one step. `expire` is called with each level that the step reaches while it continues. */
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
    /** The time starts here. Later calls change nothing. */
    start() {
      if (seconds === undefined) return;
      timer ??= setTimeout(reach, Math.min(1000 * seconds, LONGEST), EXPIRED, LONG_EXPIRED, OVERDUE);
    },
    end: () => clearTimeout(timer),
  };
}
