/** Whose turn it is: as many steps as the executor computes at once, and none that waits for another process. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Halt } from "./halt.js";
import { slots } from "./slots.js";

/** Milliseconds between two checks of a step that another process computes. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 2000;

const NEVER = new Promise<void>(() => {});

/** The run waits no longer for what other processes compute. */
export class LeftToOthers extends Error {
  override readonly message = "another process computes it";
}

export interface Turns {
  take(): Promise<void>;
  giveBack(): void;
  /**
   * Waits while another process computes, longer with each try but not beyond the end of `until`; gives its turn to
   * another step meanwhile. Throws LeftToOthers when nothing but waiting has gone on for `idle` seconds, and Error when
   * the run ends.
   */
  pause(tries: number, until?: Promise<void>): Promise<void>;
}

export function turnsOf(jobs: number, idle = Number.POSITIVE_INFINITY, halt: Pick<Halt, "isEnding">): Turns {
  const busy = slots(jobs);
  let lastBusy = performance.now();
  return {
    take: busy.take,
    giveBack: busy.giveBack,
    async pause(tries, until = NEVER) {
      busy.giveBack();
      const pause = sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * tries));
      await Promise.race([pause, until]).catch(() => {});
      const isBusy = busy.isBusy();
      await busy.take();
      if (isBusy) lastBusy = performance.now();
      if (halt.isEnding()) throw new Error("stopped");
      if (performance.now() - lastBusy > 1000 * idle) throw new LeftToOthers();
    },
  };
}
