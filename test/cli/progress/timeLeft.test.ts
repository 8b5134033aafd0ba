/**
 * Runs on a simulated clock. What is shown must be near the truth and must not climb while the run is steady: neither
 * between two reports nor because pieces end in bunches.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { progressReporter } from "../../../src/cli/progress/progressReporter.js";
import { runTimeLeft, stepTimeLeft } from "../../../src/cli/progress/timeLeft.js";
import { randomStream } from "../../../src/linalg/random.js";
import type { Step } from "../../../src/pipeline/step.js";

/** Looks at an estimate at every tenth of a second; it must never grow. Returns the largest relative error. */
function watched(end: number, leftAt: (now: number) => number | undefined): { error: number; looks: number } {
  let [last, error, looks] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let now = 0; now < end; now += 100) {
    const left = leftAt(now);
    if (left === undefined) continue;
    assert.ok(left <= last, `at ${now / 1000} s: ${left / 1000} s left, after ${last / 1000} s`);
    error = Math.max(error, Math.abs(left - (end - now)) / end);
    looks++;
    last = left;
  }
  return { error, looks };
}

test("a steady step counts down, however rarely it reports", () => {
  for (const [pieces, workers] of [
    [1000, 1],
    [320, 2],
    [40, 1],
    [64, 8],
  ]) {
    const clock = stepTimeLeft();
    const duration = 5000;
    const end = (duration * pieces) / workers;
    clock.report(0, 0);
    let done = 0;
    const { error, looks } = watched(end, (now) => {
      // Workers that began together end together, within milliseconds.
      while (done < pieces && Math.floor(done / workers + 1) * duration + (done % workers) <= now)
        clock.report(++done / pieces, now);
      return clock.left(now);
    });
    assert.ok(error < 0.3 && looks > end / 200, `${pieces} pieces on ${workers}: off by ${error}, ${looks} looks`);
  }
});

test("a step that goes on midway counts what this run has done", () => {
  const clock = stepTimeLeft();
  clock.report(0.8, 1000);
  assert.equal(clock.left(1000), undefined);
  clock.report(0.9, 3000);
  assert.ok(Math.abs(clock.left(3000)! - 2000) < 1e-6);
  assert.ok(Math.abs(clock.left(4000)! - 1000) < 1e-6);
  assert.equal(clock.left(6000), undefined, "an estimate that has passed says nothing");
});

test("a step that slows down tells so", () => {
  const clock = stepTimeLeft();
  clock.report(0, 0);
  clock.report(0.5, 10_000);
  assert.equal(clock.left(10_000), 10_000);
  clock.report(0.6, 30_000);
  assert.equal(clock.left(30_000), 20_000);
  clock.report(0.7, 40_000);
  assert.ok(clock.left(40_000)! <= 20_000);
  for (let k = 1; k <= 60; k++) clock.report(0.7 + k / 2000, 40_000 + 1000 * k);
  assert.ok(clock.left(100_000)! > 20_000, "much slower for longer than any pause so far");
});

/** Steps on workers, each as long as its stage says, ± jitter: the events in order of time. */
function simulated(stages: Record<string, { count: number; duration: number }>, workers: number, jitter: number) {
  const random = randomStream(3, "jitter");
  const free = new Array<number>(workers).fill(0);
  const events: { at: number; stage: string; start?: number }[] = [];
  for (const [stage, { count, duration }] of Object.entries(stages)) {
    for (let k = 0; k < count; k++) {
      const worker = free.indexOf(Math.min(...free));
      const start = free[worker];
      free[worker] += duration * (1 + jitter * (2 * random.uniform() - 1));
      events.push({ at: start, stage }, { at: free[worker], stage, start });
    }
  }
  return { events: events.sort((a, b) => a.at - b.at), end: Math.max(...free) };
}

test("a run of equal steps counts down from when the first of each stage has ended", () => {
  const train = { count: 30, duration: 20_000 };
  for (const jitter of [0, 0.01]) {
    for (const workers of [1, 2, 5]) {
      const { events, end } = simulated({ train }, workers, jitter);
      const clock = runTimeLeft(new Map([["train", train.count]]));
      const running: { start: number }[] = [];
      const { error, looks } = watched(end, (now) => {
        for (; events.length > 0 && events[0].at <= now; events.shift()) {
          const [{ at, stage, start }] = events;
          if (start === undefined) running.push({ start: at });
          else {
            running.splice(
              running.findIndex((each) => each.start === start),
              1,
            );
            clock.finished(stage, at - start);
          }
          const ages = running.map((each) => ({ stage, age: at - each.start, left: undefined }));
          clock.update(ages, Math.max(1, at), at);
        }
        return clock.left(now);
      });
      assert.ok(error < 0.1 && looks > end / 150, `${workers} workers: off by ${error}, ${looks} looks`);
    }
  }
});

test("there is no estimate before it is known how long the steps of each stage take", () => {
  const clock = runTimeLeft(
    new Map([
      ["short", 2],
      ["long", 1],
    ]),
  );
  clock.finished("short", 1000);
  clock.update([], 1000, 1000);
  assert.equal(clock.left(1000), undefined, "nobody knows about long");
  clock.finished("short", 1000);
  clock.update([{ stage: "long", age: 500, left: 60_000 }], 2500, 2500);
  assert.equal(clock.left(2500), 60_000);
});

test("what the terminal shows of a steady run on a simulated clock never climbs", (t) => {
  const { CI, NO_COLOR, TERM } = process.env;
  delete process.env.CI;
  Object.assign(process.env, { NO_COLOR: "1", TERM: "xterm" });
  t.after(() => {
    for (const [name, value] of Object.entries({ CI, NO_COLOR, TERM })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  let [now, text] = [0, ""];
  const stream = { write: (part: string) => (text += part), isTTY: true, columns: 200, rows: 24 };
  const { onEvent, end } = progressReporter(stream, "p", false, () => now);
  const steps = Array.from({ length: 3 }, (_, i) => ({ id: `grid@seed=${i}`, stage: "grid" }) as Step);
  onEvent({ type: "plan", steps, cached: new Map(), jobs: 2 });
  const made = { object: "", path: "", stamp: "", record: () => ({ provenance: {} }) as never };
  for (const step of steps) {
    onEvent({ type: "started", step });
    for (let piece = 0; piece <= 40; piece++, now += 3000) {
      onEvent({ type: "progress", step, fraction: piece / 40 });
      // A second step has news at other times.
      now += 500;
    }
    onEvent({ type: "finished", outcome: { step, state: "done", ...made }, seconds: 143.5 });
  }
  end();
  const secondsIn = (words: string) =>
    [...words.matchAll(/([\d.]+) (h|min|s)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * { h: 3600, min: 60, s: 1 }[unit as "s"],
      0,
    );
  const ofRun = [...text.matchAll(/about ([^,\n]+) left$/gm)].map(([, words]) => secondsIn(words));
  assert.ok(ofRun.length > 100, `${ofRun.length}`);
  for (const [i, left] of ofRun.entries())
    assert.ok(i === 0 || left <= ofRun[i - 1], `${ofRun[i - 1]} s, then ${left} s`);
  const ofSteps = [...text.matchAll(/(seed=\d) .* %.* s {2}(.*) left\n/g)];
  assert.ok(ofSteps.length > 100);
  for (const [i, [, step, words]] of ofSteps.entries()) {
    if (i === 0 || ofSteps[i - 1][1] !== step) continue;
    assert.ok(secondsIn(words) <= secondsIn(ofSteps[i - 1][2]), `${ofSteps[i - 1][2]}, then ${words}`);
  }
});
