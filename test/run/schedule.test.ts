import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { loadPipeline } from "../../src/pipeline/config.js";
import { plan } from "../../src/pipeline/plan.js";
import { withModules } from "../../src/pipeline/stageModule.js";
import type { Executor } from "../../src/run/executor.js";
import { localExecutor } from "../../src/run/executors/local.js";
import type { RunEvent } from "../../src/run/outcome.js";
import { type ScheduleOptions, schedule } from "../../src/run/schedule.js";
import { type SharedFailures, sharedFailures } from "../../src/run/sharedFailures.js";
import { liveClaims } from "../../src/store/claims.js";
import { openStore } from "../../src/store/store.js";
import { inProcessExecutor } from "./inProcessExecutor.js";

const stages = new URL("../../stages/index.js", import.meta.url).href;

/** A step in pieces, one that fails at one point, one that waits, and what depends on them. */
const module = `import { appendFileSync } from "node:fs";
export default {
  version: 1,
  inputs: { before: { kinds: ["table"], many: true, optional: true } },
  output: "table",
  schema: { type: "object", properties: { value: { type: "number" }, pieces: { type: "number", default: 1 }, wait: { type: "number", default: 0 } } },
  parts: ({ params }) => params.pieces,
  async run({ params: { value, wait }, part, folder, sources, progress }) {
    if (value < 0) throw new Error("a negative value");
    appendFileSync(folder + "/executions", value + " " + part.index + "\\n");
    for (let i = 0; i < wait; i++) {
      await new Promise((wake) => setTimeout(wake, 20));
      progress(i / wait);
    }
    const before = sources("before").reduce((sum, { artifact }) => sum + artifact().columns.value[0], 0);
    return { columns: { value: Float64Array.of(before + value + part.index) } };
  },
};
`;

function workplace(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "cirque-schedule-"));
  writeFileSync(join(folder, "stage.mjs"), module);
  writeFileSync(join(folder, "p.yaml"), text);
  appendFileSync(join(folder, "executions"), "");
  return folder;
}

async function runIn(
  folder: string,
  executor: Executor,
  options: Pick<ScheduleOptions, "drain" | "signal" | "failures"> = {},
) {
  const pipeline = loadPipeline(join(folder, "p.yaml"), {});
  const planned = plan(pipeline, await withModules(pipeline, []));
  const events: RunEvent[] = [];
  const onEvent = (event: RunEvent) => events.push(event);
  const outcomes = await schedule(planned, openStore(join(folder, "store")), executor, { stages, onEvent, ...options });
  const told = outcomes.map((outcome) => [
    outcome.step.id,
    outcome.state,
    "error" in outcome ? outcome.error : outcome.object,
  ]);
  return { told, events, executions: readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1) };
}

const pipeline = `matrix: { x: [1, 2, -1] }
stages:
  one: { uses: ./stage.mjs, with: { value: "\${x}" } }
  two: { uses: ./stage.mjs, with: { value: 10, pieces: 4 }, from: { before: one } }
`;

test("another executor, one task at a time in this process, gives the same objects, failures and executions", async () => {
  const [here, there] = [workplace(pipeline), workplace(pipeline)];
  const own = await runIn(here, inProcessExecutor());
  const threads = await runIn(there, localExecutor(2));
  assert.deepEqual(own.told, threads.told);
  assert.deepEqual([...own.executions].sort(), [...threads.executions].sort());
  assert.deepEqual(
    own.told.map(([id, state]) => `${id} ${state}`),
    ["one@x=1 done", "one@x=2 done", "one@x=-1 failed", "two@x=1 done", "two@x=2 done", "two@x=-1 blocked"],
  );
  const again = await runIn(here, inProcessExecutor());
  assert.deepEqual(
    again.told.map(([, state]) => state),
    ["cached", "cached", "failed", "cached", "cached", "blocked"],
  );
  assert.equal(again.executions.length, own.executions.length);
});

test("an executor is stopped as far as the signal says, and a step whose time is over fails alone", async () => {
  const slow = "stages: { one: { uses: ./stage.mjs, with: { value: 1, pieces: 5, wait: 10 } } }";
  for (const make of [inProcessExecutor, () => localExecutor(1)]) {
    const folder = workplace(slow);
    const drain = new AbortController();
    const running = runIn(folder, make(), { drain: drain.signal });
    while (readFileSync(join(folder, "executions"), "utf8") === "") await new Promise((wake) => setTimeout(wake, 10));
    drain.abort(new Error("interrupted"));
    await assert.rejects(running, /interrupted/);
    const { executions } = await runIn(folder, make());
    assert.deepEqual([...executions].sort(), ["1 0", "1 1", "1 2", "1 3", "1 4"], "no piece ran twice");

    const late = workplace(slow.replace("wait: 10", "wait: 500").replace(" } } }", " }, timeout: 0.2 } }"));
    const { told } = await runIn(late, make());
    assert.deepEqual(told, [["one", "failed", "it took longer than its timeout of 0.2 s"]]);
  }
});

/** A step in three pieces. The second waits until all workers have had the time to want it, and fails. */
const failing = `import { appendFileSync } from "node:fs";
export default {
  version: 1, inputs: {}, output: "table", schema: { type: "object" }, parts: () => 3,
  async run({ part, folder }) {
    appendFileSync(folder + "/executions", "piece " + part.index + "\\n");
    if (part.index === 1) {
      await new Promise((wake) => setTimeout(wake, 400));
      throw new Error("piece 1 is wrong");
    }
    return { columns: { value: [part.index] } };
  },
};
`;

test("a piece that fails stays claimed until the other workers can know it, so none computes it again", async () => {
  const folder = workplace("stages: { one: { uses: ./stage.mjs } }");
  writeFileSync(join(folder, "stage.mjs"), failing);
  const store = join(folder, "store");
  const shared = sharedFailures(store, join(store, "failed"));
  const claimsWhenTold: number[] = [];
  const failures: SharedFailures = {
    ...shared,
    add(key, error) {
      claimsWhenTold.push(liveClaims(store).length);
      shared.add(key, error);
    },
  };
  const workers = [inProcessExecutor(), inProcessExecutor(), localExecutor(1)];
  const runs = await Promise.all(workers.map((executor) => runIn(folder, executor, { failures })));
  for (const { told } of runs) assert.deepEqual(told, [["one", "failed", "piece 1 is wrong"]]);
  const executions = readFileSync(join(folder, "executions"), "utf8").split("\n").slice(0, -1);
  assert.deepEqual(executions.sort(), ["piece 0", "piece 1", "piece 2"]);
  assert.equal(claimsWhenTold[0], 1, "the piece is claimed while its failure is told");
  assert.deepEqual(liveClaims(store), [], "and released afterwards");
});

test("a run says whom it waits for, when that takes longer than a moment", async () => {
  for (const pieces of [1, 2]) {
    const folder = workplace(
      `stages: { one: { uses: ./stage.mjs, with: { value: 1, wait: 150, pieces: ${pieces} } } }`,
    );
    const first = runIn(folder, localExecutor(2));
    while (liveClaims(join(folder, "store")).length < pieces) await sleep(20);
    const { told, events } = await runIn(folder, inProcessExecutor());
    await first;
    assert.equal(told[0][1], "cached", "another run has computed it");
    const notes = events.flatMap((event) =>
      event.type === "progress" && typeof event.note === "string" ? event.note : [],
    );
    assert.deepEqual(new Set(notes), new Set([`waits for process ${process.pid} on ${hostname()}, which computes it`]));
  }
});
