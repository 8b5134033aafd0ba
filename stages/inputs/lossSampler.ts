/** Losses at many points, a few at a time, so that a run can be stopped and goes on where it was. */
import { type Artifact, artifact, numbers, rowCount } from "../../src/artifact/artifact.js";
import type { LossTerms } from "../../src/models/problems/objective.js";
import type { StageContext } from "../../src/stage.js";
import type { LossOnSpan } from "./lossOnSpan.js";

/** At most so many points are evaluated between two reports of progress, and fewer where they take longer than this. */
const MOST_PER_BLOCK = 16;
const BLOCK_SECONDS = 0.5;

type Place = Pick<StageContext<unknown>, "progress" | "resume">;

/**
 * The loss and its terms at `size` points; `coefficientsOf` gives the coefficients of `count` points from `start` on.
 */
export type LossSampler = (
  size: number,
  coefficientsOf: (start: number, count: number) => Float64Array,
) => Promise<LossTerms>;

/** The size of a block suits the loss, so it is kept for the next piece. */
const paces = new WeakMap<LossOnSpan, number>();

/**
 * Evaluates a loss at points, in the order in which it is asked for them. The state of the step, or piece, holds what
 * is evaluated; what an earlier run has left there is not evaluated again. `total` is the number of all points; without
 * it the progress has no fraction.
 */
export function lossSampler(onSpan: LossOnSpan, { progress, resume }: Place, total?: number): LossSampler {
  const left = resume.load();
  const known = left === undefined ? 0 : rowCount(left);
  const columns: Record<string, Float64Array> = left ? columnsOf(left) : {};
  let done = 0;

  /** Room for so many points in each column; the room doubles, so that few numbers are copied. */
  function grow(size: number): void {
    for (const [name, column] of Object.entries(columns)) {
      if (column.length >= size) continue;
      columns[name] = new Float64Array(Math.max(size, total ?? 2 * column.length));
      columns[name].set(column);
    }
  }

  return async (size, coefficientsOf) => {
    const first = done;
    grow(first + size);
    done = Math.min(first + size, Math.max(first, known));
    while (done < first + size) {
      const count = Math.min(paces.get(onSpan) ?? onSpan.pointsPerRun, first + size - done);
      const began = performance.now();
      const found = await onSpan.at(coefficientsOf(done - first, count));
      pace(onSpan, count, (performance.now() - began) / 1000);
      for (const [name, values] of Object.entries(found)) {
        columns[name] ??= new Float64Array(total ?? first + size);
        columns[name].set(values, done);
      }
      done += count;
      resume.save(() => artifact("table", upTo(columns, 0, done)));
      progress(total && done / total, { done, unit: "points" });
    }
    return { loss: new Float64Array(0), ...upTo(columns, first, first + size) };
  };
}

/** Doubles the number of points in a block while it takes little time, and halves it where it takes long. */
function pace(onSpan: LossOnSpan, count: number, seconds: number): void {
  const { pointsPerRun } = onSpan;
  const now = paces.get(onSpan) ?? pointsPerRun;
  if (count < now) return;
  const runs = (points: number) => Math.max(pointsPerRun, pointsPerRun * Math.floor(points / pointsPerRun));
  if (seconds > BLOCK_SECONDS) paces.set(onSpan, runs(now / 2));
  else if (2 * seconds < BLOCK_SECONDS) paces.set(onSpan, runs(Math.min(MOST_PER_BLOCK, 2 * now)));
}

function columnsOf(state: Artifact): Record<string, Float64Array> {
  return Object.fromEntries(Object.keys(state.columns).map((name) => [name, Float64Array.from(numbers(state, name))]));
}

function upTo(columns: Readonly<Record<string, Float64Array>>, start: number, end: number) {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.subarray(start, end)]));
}
