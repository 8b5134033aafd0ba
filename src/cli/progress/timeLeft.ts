/** The remaining time of work, estimated from its progress. Times are milliseconds of one clock. */

/** The first share of the work from which on an estimate is worth telling. */
const ENOUGH = 0.02;
/** An estimate of more than this factor times the current one replaces it, if it holds. */
const MUCH_LONGER = 1.5;

/**
 * A countdown. It runs with the clock. A shorter estimate replaces it; for a longer one it waits until both agree. Only
 * a much longer one, which has held for the longest pause between two estimates, makes it climb: pieces that end
 * together are reported one by one, and the first of them make the work look slow.
 */
function countdown() {
  /** The latest estimate, and the most to tell until it is below that. */
  let state: { found: number; at: number; most: number } | undefined;
  let [last, pause, longerSince] = [Number.NaN, 0, Number.NaN];
  /** The milliseconds left; undefined without an estimate, or when its end has passed. */
  const left = (now: number): number | undefined => {
    if (state === undefined) return undefined;
    const rest = state.found - (now - state.at);
    return rest > 0 ? Math.min(rest, state.most) : undefined;
  };
  return {
    left,
    /** An estimate made at `now`. */
    estimate(found: number, now: number): void {
      pause = Math.max(pause, now - last || 0);
      last = now;
      const current = left(now) ?? Number.POSITIVE_INFINITY;
      if (found < MUCH_LONGER * current) longerSince = Number.NaN;
      else if (Number.isNaN(longerSince)) longerSince = now;
      state = { found, at: now, most: now - longerSince >= pause ? found : current };
    },
  };
}

/** The remaining time of one step. A resumed step starts midway, so its speed is that since the first report. */
export function stepTimeLeft() {
  const { estimate, left } = countdown();
  let first: { at: number; fraction: number } | undefined;
  return {
    left,
    /** The step has done a share of its work, 0 … 1. */
    report(fraction: number, now: number): void {
      first ??= { at: now, fraction };
      const gained = fraction - first.fraction;
      if (gained > ENOUGH) estimate(((now - first.at) * (1 - fraction)) / gained, now);
    },
  };
}

/** The state of a running step, for the estimate of the whole run. */
export interface RunningStep {
  stage: string;
  /** Its age. */
  age: number;
  /** Its own estimate of what is left, if there is one. */
  left: number | undefined;
}

/**
 * The remaining time of a whole run. Steps of one stage take about as long as those that have ended; the steps that run
 * side by side share the time. There is no estimate before every stage that is left has ended a step or has a running
 * one with an estimate.
 *
 * @param waiting the number of steps of each stage that are to run.
 */
export function runTimeLeft(waiting: ReadonlyMap<string, number>) {
  const { estimate, left } = countdown();
  const rest = new Map(waiting);
  const ended = new Map<string, { count: number; duration: number }>();
  let busy = 0;
  return {
    left,
    /** A step has ended, after this time. Steps that were not run count as ended at once. */
    finished(stage: string, duration: number | undefined): void {
      rest.set(stage, (rest.get(stage) ?? 0) - 1);
      if (duration === undefined) return;
      busy += duration;
      const known = ended.get(stage) ?? { count: 0, duration: 0 };
      ended.set(stage, { count: known.count + 1, duration: known.duration + duration });
    },
    /** Estimates anew. `elapsed` is the age of the run. */
    update(running: readonly RunningStep[], elapsed: number, now: number): void {
      const expected = (stage: string) => {
        const known = ended.get(stage);
        if (known) return known.duration / known.count;
        const at = running.find((step) => step.stage === stage && step.left !== undefined);
        return at && at.age + at.left!;
      };
      const remaining = (step: RunningStep) => {
        const whole = expected(step.stage);
        return step.left ?? (whole === undefined ? undefined : Math.max(0, whole - step.age));
      };
      let [work, longest] = [0, 0];
      const active = new Map<string, number>();
      for (const step of running) {
        active.set(step.stage, (active.get(step.stage) ?? 0) + 1);
        const own = remaining(step);
        if (own === undefined) return;
        work += own;
        longest = Math.max(longest, own);
      }
      for (const [stage, count] of rest) {
        const still = count - (active.get(stage) ?? 0);
        if (still <= 0) continue;
        const whole = expected(stage);
        if (whole === undefined) return;
        work += still * whole;
      }
      const sideBySide = (busy + running.reduce((sum, { age }) => sum + age, 0)) / elapsed;
      if (work > 0 && sideBySide > 0) estimate(Math.max(longest, work / sideBySide), now);
    },
  };
}
