import type { RunRecord } from "../run/runHistory.js";
import type { Store } from "../store/store.js";
import { durationOf } from "../text/duration.js";
import { counted } from "../text/words.js";

/** Steps shown by themselves. */
const SLOWEST = 10;

interface Timed {
  step: string;
  stage: string;
  /** That it computed, its pieces added up. Undefined where the store has no record of it. */
  seconds?: number;
  isComputed: boolean;
}

/**
 * The time of a run, in lines: for each stage the seconds that its steps computed, then the slowest steps, and the
 * number of cached ones. Seconds are those of all workers together, so their sum may be above the time that the run
 * took.
 */
export function profileOfRun(run: RunRecord, store: Store): string[] {
  const { id, started, finished, computed = [], failures } = run;
  const done = new Set(computed);
  const steps = Object.entries(run.steps).map(([step, key]): Timed => {
    const seconds = store.record(key)?.provenance.seconds;
    const own = typeof seconds === "number" ? { seconds } : {};
    return { step, stage: step.replace(/@.*/s, ""), ...own, isComputed: done.has(step) };
  });
  const own = steps.filter(({ isComputed }) => isComputed);
  const others = steps.filter(({ isComputed, step }) => !isComputed && !Object.hasOwn(failures, step));
  const took =
    finished === undefined ? "did not end" : `took ${durationOf((Date.parse(finished) - Date.parse(started)) / 1000)}`;
  const head = `run ${id}, ${started}: ${took}; ${own.length} of ${counted(steps.length, "step")} computed`;
  if (finished === undefined) return [`${head}; it is written down at the end of a run which steps these are`];
  const total = sumOf(own);
  const stages = [...new Set(own.map(({ stage }) => stage))]
    .map((stage) => ({ stage, of: own.filter((step) => step.stage === stage) }))
    .sort((a, b) => sumOf(b.of) - sumOf(a.of));
  const slowest = own.filter(({ seconds }) => seconds !== undefined).sort((a, b) => sumOf([b]) - sumOf([a]));
  return [
    head,
    ...(own.length > 0
      ? [
          "",
          ...table(
            ["stage", "steps", "time", "share"],
            stages.map(({ stage, of }) => [
              stage,
              String(of.length),
              durationOf(sumOf(of)),
              `${Math.round((100 * sumOf(of)) / (total || 1))} %`,
            ]),
          ),
          "",
          ...table(
            ["slowest steps", "time"],
            slowest.slice(0, SLOWEST).map((step) => [step.step, durationOf(sumOf([step]))]),
          ),
        ]
      : []),
    ...(others.length > 0
      ? ["", `${others.length} cached or not run; computing what is cached took ${durationOf(sumOf(others))} before`]
      : []),
    ...Object.keys(failures).map((step) => `failed: ${step}`),
  ];
}

function sumOf(steps: readonly Timed[]): number {
  return steps.reduce((sum, { seconds = 0 }) => sum + seconds, 0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, k) => Math.max(name.length, ...rows.map((row) => row[k].length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k])))
      .join("  ")
      .trimEnd(),
  );
}
