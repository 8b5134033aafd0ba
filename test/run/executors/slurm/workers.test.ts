import assert from "node:assert/strict";
import { test } from "node:test";
import { allotmentOf, fits } from "../../../../src/pipeline/allotment.js";
import { batchScript } from "../../../../src/run/executors/slurm/script.js";
import { workersOf } from "../../../../src/run/executors/slurm/workers.js";

const allotment = allotmentOf({});
const submission = { token: "a1", allotment, count: 2 };
const entry = (state: string, task = 0, token = "a1", job = "7") => ({ token, task, job, state, reason: "None" });

test("a worker counts as lost only when two answers in a row lack it", () => {
  const workers = workersOf();
  workers.add(submission);
  assert.deepEqual(workers.update([]), [], "the answer may come before the job is listed");
  assert.deepEqual(workers.update([entry("RUNNING"), entry("PENDING", 1)]), []);
  assert.equal(workers.running(), 1);
  assert.deepEqual(workers.update([]), [], "an empty answer is no failure");
  assert.equal(workers.total(), 2);
  assert.deepEqual(
    workers.update([entry("RUNNING")]).map(({ end }) => end),
    ["node"],
    "the other one was absent twice in a row, at least",
  );
  for (let i = 0; i < 9; i++) assert.deepEqual(workers.update([]), []);
  assert.equal(workers.update([]).length, 1, "five minutes without any answer are enough");
});

test("the ends of workers are told apart; one that said that it ends is no failure, whatever the queue says later", () => {
  const ends = {
    OUT_OF_MEMORY: "memory",
    TIMEOUT: "time",
    NODE_FAIL: "node",
    PREEMPTED: "preempted",
    CANCELLED: "cancelled",
    FAILED: "failed",
  };
  for (const [state, end] of Object.entries(ends)) {
    const workers = workersOf();
    workers.add(submission);
    workers.ended(["a1_1"]);
    const told = workers.update([entry(state), entry(state, 1)]);
    assert.deepEqual(
      told.map(({ end, job }) => [end, job]),
      [[end, "7_0"]],
    );
    assert.deepEqual(workers.update([entry(state), entry(state, 1)]), [], "told once");
    assert.equal(workers.total(), 0);
  }
  const completed = workersOf();
  completed.add(submission);
  assert.deepEqual(completed.update([entry("COMPLETED"), entry("COMPLETED", 1)]), []);
});

test("numbers of jobs come again: workers are told apart by the token of their submission", () => {
  const workers = workersOf();
  workers.recall({ ...submission, token: "old" });
  workers.add(submission);
  assert.deepEqual(workers.update([entry("FAILED", 0, "old"), entry("RUNNING"), entry("RUNNING", 1)]), []);
  assert.equal(workers.total(), 2);
  assert.deepEqual(workers.update([entry("RUNNING", 0, "foreign"), entry("RUNNING"), entry("RUNNING", 1)]), []);
  assert.equal(workers.total(), 2, "a job of the same name that no submission knows is another store's");
});

test("workers of a run that was killed are found in the queue", () => {
  const workers = workersOf();
  workers.recall(submission);
  workers.update([entry("RUNNING"), entry("TIMEOUT", 1)]);
  assert.equal(workers.total(), 1);
});

test("a step without an allotment fits any worker, another one that has as much and the same settings", () => {
  const large = allotmentOf({ resources: { cpus: 4, memory: "16 GB", time: "4 h" } });
  assert.ok(fits(undefined, allotment));
  assert.ok(fits(allotment, large));
  assert.ok(!fits(large, allotment));
  assert.ok(!fits({ ...allotment, slurm: { partition: "gpu" } }, large));
  assert.deepEqual(allotmentOf({ resources: { cpus: 2 } }, { resources: { memory: "1.5 GB" } }).memory, 1536);
});

test("the script asks for memory and time always, and quotes what the shell would take apart", () => {
  const asked = allotmentOf({
    resources: { cpus: 2, memory: "2 GB", time: "90 min", gpus: 1 },
    slurm: {
      partition: "short,long",
      constraint: "a100&nvlink",
      lines: ["module load nodejs", "#SBATCH --exclude=n7"],
    },
  });
  const script = batchScript(asked, {
    ...{ name: "cirque-p-1", token: "t", logs: "/a b/50%", cwd: "/it's here" },
    command: ["node", "main.js", "work", "my pipeline.yaml", "--set", "x=$HOME"],
  });
  assert.equal(
    script,
    `#!/bin/sh
#SBATCH --job-name=cirque-p-1
#SBATCH --comment=t
#SBATCH --output="/a b/50%%/%A_%a.log"
#SBATCH --open-mode=append
#SBATCH --nodes=1
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
#SBATCH --mem=2048M
#SBATCH --time=90
#SBATCH --signal=B:USR1@540
#SBATCH --gres=gpu:1
#SBATCH --partition=short,long
#SBATCH --constraint=a100&nvlink
#SBATCH --no-requeue
#SBATCH --exclude=n7

module load nodejs
cd '/it'\\''s here' || exit 1
exec node main.js work 'my pipeline.yaml' --set 'x=$HOME'
`,
  );
});
