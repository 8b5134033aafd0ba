import type { Step } from "../../pipeline/step.js";
import type { Outcome, RunEvent } from "../../run/outcome.js";
import { durationOf as seconds } from "../../text/duration.js";
import { counted } from "../../text/words.js";
import { type RunningStep, rowOf, startedStep } from "./runningStep.js";
import { runTimeLeft } from "./timeLeft.js";

/** The most rows of running steps, also in a high terminal; and the rows of the terminal that stay for other lines. */
const MOST_ROWS = 12;
const OTHER_ROWS = 4;

/** The running steps of a run, with the time that each and the whole take yet. `clock` gives milliseconds. */
export function runningTable(clock: () => number) {
  const running = new Map<Step, RunningStep>();
  const began = clock();
  const counts = { all: 0, done: 0, failed: 0 };
  let ofRun = runTimeLeft(new Map());

  const estimate = () => {
    const now = clock();
    const known = [...running].map(([{ stage }, { start, timeLeft }]) => {
      return { stage, age: now - start, left: timeLeft.left(now) };
    });
    ofRun.update(known, now - began, now);
  };
  return {
    /** Returns the number of steps that are not cached. */
    plan({ steps, cached }: Extract<RunEvent, { type: "plan" }>): number {
      counts.all = steps.length - cached.size;
      ofRun = runTimeLeft(stepsToRun(steps, cached));
      return counts.all;
    },
    started: (step: Step) => running.set(step, startedStep(clock())),
    /** Returns the step's state, if it is running. */
    progress({ step, fraction, note }: Extract<RunEvent, { type: "progress" }>): RunningStep | undefined {
      const state = running.get(step);
      if (state === undefined) return undefined;
      Object.assign(state, { fraction, note });
      if (fraction !== undefined) {
        const now = clock();
        state.firstAt ??= now;
        state.timeLeft.report(fraction, now);
        estimate();
      }
      return state;
    },
    finished({ step, state }: Outcome): void {
      const start = running.get(step)?.start;
      running.delete(step);
      counts.done++;
      if (state === "failed") counts.failed++;
      ofRun.finished(step.stage, state === "done" && start !== undefined ? clock() - start : undefined);
      estimate();
    },
    clear: () => running.clear(),
    /** The rows of the table in a terminal of this size. */
    rows(columns: number, height: number): string[] {
      if (running.size === 0) return [];
      const now = clock();
      const shown = [...running].slice(0, Math.max(1, Math.min(MOST_ROWS, height - OTHER_ROWS)));
      const width = Math.min(Math.max(...shown.map(([{ id }]) => id.length)), columns >> 1);
      const rows = shown.map(([{ id }, state]) => rowOf(id, state, width, columns, now));
      if (running.size > shown.length) rows.push(`  and ${running.size - shown.length} more`);
      const rest = ofRun.left(now);
      const left = rest === undefined ? "" : `, about ${seconds(rest / 1000)} left`;
      const failed = counts.failed > 0 ? `, ${counts.failed} failed` : "";
      const elapsed = seconds((now - began) / 1000);
      rows.push(
        `${counts.done} of ${counted(counts.all, "step")}${failed}, ${running.size} running, ${elapsed}${left}`,
      );
      return rows;
    },
  };
}

/** The number of steps of each stage that are not cached. */
function stepsToRun(steps: readonly Step[], cached: ReadonlyMap<string, unknown>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id, stage } of steps) if (!cached.has(id)) counts.set(stage, (counts.get(stage) ?? 0) + 1);
  return counts;
}
