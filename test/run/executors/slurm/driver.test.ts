import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allotmentOf } from "../../../../src/pipeline/allotment.js";
import type { Step } from "../../../../src/pipeline/step.js";
import { crewIn } from "../../../../src/run/executors/slurm/crew.js";
import { type DriverOptions, driver } from "../../../../src/run/executors/slurm/driver.js";
import type { QueueEntry } from "../../../../src/run/executors/slurm/queue.js";

const interval = 150;

/** A driver whose queue answers at once; all submitted workers run. */
function driven(options: Partial<DriverOptions> = {}) {
  const crew = crewIn(mkdtempSync(join(tmpdir(), "cirque-driver-")), "p-1");
  const counts: number[] = [];
  let looks = 0;
  const queue = {
    async submit(_script: string, count: number) {
      counts.push(count);
      return String(counts.length);
    },
    async look(): Promise<QueueEntry[]> {
      looks++;
      return crew
        .submissions()
        .flatMap(({ token, count }) =>
          Array.from({ length: count }, (_, task) => ({ token, task, job: "1", state: "RUNNING", reason: "None" })),
        );
    },
    cancel: async () => "",
    drain: async () => {},
    arraySize: async () => 1001,
  };
  const made = driver({
    ...{ crew, queue, interval, most: 5000, allotment: allotmentOf({}), isDetached: false },
    ...{ scriptOf: () => "", say() {}, requireWritable() {}, ...options },
  });
  return { tick: made.tick, counts, looks: () => looks };
}

const steps = (count: number) => Array.from({ length: count }, () => ({ definition: {} }) as Step);

test("steps that become ready one after another share submissions, and the queue is asked once in an interval", async () => {
  const { tick, counts, looks } = driven();
  const start = performance.now();
  for (let ready = 1; ready <= 100; ready++) {
    await tick(steps(ready), 1);
    await sleep(interval / 30);
  }
  const intervals = (performance.now() - start) / interval;
  assert.ok(counts.length <= 1 + 3 * intervals, `${counts.length} submissions in ${intervals} intervals`);
  assert.ok(looks() <= 1 + intervals, `${looks()} looks`);
  await sleep(interval);
  await tick(steps(100), 1);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    100,
  );
});

test("five thousand steps are three thousand workers at most, in as many arrays as Slurm's limit takes", async () => {
  const { tick, counts } = driven({ most: 3000 });
  await tick(steps(5000), 0);
  assert.deepEqual(counts, [1001, 1001, 998]);
  await sleep(interval);
  await tick(steps(4000), 1000);
  assert.equal(counts.length, 3, "those that run go on");
});
