/** Leaves all steps to workers on a Slurm cluster: starts them, and waits until the store has the results. */
import type { Store } from "../../store/store.js";
import { awaitedResults } from "../awaitedResults.js";
import type { Executor } from "../executor.js";
import { DRAINING, type StopLevel } from "../stopLevel.js";
import type { Crew } from "./slurm/crew.js";
import type { Driver } from "./slurm/driver.js";

/** Milliseconds between two looks at the store: the least, the most, and as a multiple of the duration of a look. */
const FIRST_LOOK = 300;
const LONGEST_LOOK = 10_000;
const LOOK_SHARE = 20;

export interface SlurmOptions {
  crew: Crew;
  driver: Driver;
  /** Called with the error that ends the run. */
  onFailure(error: Error): void;
  /** Called when all steps that are ready have their workers. */
  onServed(): void;
  /** Leaves the workers alone when the run ends. */
  isDetached: boolean;
}

export function slurmExecutor(store: Store, options: SlurmOptions): Executor {
  const { crew, driver, onFailure, onServed, isDetached } = options;
  const results = awaitedResults(store, crew.failures);
  let level: StopLevel | 0 = 0;
  let timer: NodeJS.Timeout | undefined;
  let ticking: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function tick(): Promise<void> {
    const start = performance.now();
    const news = results.look();
    const taken = performance.now() - start;
    if (results.size() > 0 && level === 0) {
      await driver.tick(results.steps(), news);
      onServed();
    }
    if (!isClosed) next(Math.min(LONGEST_LOOK, Math.max(FIRST_LOOK, LOOK_SHARE * taken)));
  }
  function next(wait: number): void {
    timer = setTimeout(() => {
      ticking = tick().catch((error: Error) => onFailure(error));
    }, wait);
  }

  return {
    jobs: Number.POSITIVE_INFINITY,
    async run({ step }) {
      throw new Error(`${step} is left to workers`);
    },
    left(step, key) {
      if (timer === undefined) next(FIRST_LOOK);
      return results.wait(step, key);
    },
    stop(to) {
      if (to <= level || isDetached) return;
      level = to;
      const end = (): Promise<unknown> => (to === DRAINING ? driver.drain() : driver.cancel());
      ticking = ticking.then(end).catch(() => {});
    },
    expire() {},
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await ticking;
      if (level === 0 && !isDetached) await driver.dismiss().catch(() => {});
    },
  };
}
