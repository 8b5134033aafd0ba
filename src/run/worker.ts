/** The work of a worker on one task: it runs a stage, or one piece of it, and stores the result. */
import { availableParallelism, hostname } from "node:os";
import { type Artifact, type ArtifactInPieces, concatenate } from "../artifact/artifact.js";
import { readArtifact, writeArtifact } from "../artifact/artifactFile.js";
import { withBackend } from "../graph/backends/index.js";
import { requireUnchanged } from "../pipeline/namedFile.js";
import { stageModule } from "../pipeline/stageModule.js";
import type { Amount, Stage, StageContext } from "../stage.js";
import { StoreError } from "../store/atomicFile.js";
import { claim, pieceClaim, release } from "../store/claims.js";
import { openStore } from "../store/store.js";
import type { StoredRecord } from "../store/storedRecord.js";
import { type Control, endAt } from "./control.js";
import type { Task, TaskResult } from "./executor.js";
import { moduleError, moduleResult } from "./moduleResult.js";
import { FailedElsewhere, sharedFailures } from "./sharedFailures.js";
import { stageContexts } from "./stageContexts.js";
import { appendToLog } from "./stepLog.js";
import { DRAINING, GOING_ON } from "./stopLevel.js";
import { unfinishedKey } from "./unfinished.js";

/** The module that lists the built-in stages. The engine only knows its URL, so it can use another list. */
interface StageList {
  isKind(name: string): boolean;
  loadStages(names: readonly string[]): Promise<Stage[]>;
}

/** Runs a task to its end. Rejects with the error of the stage, or StoreError. */
export async function runTask(task: Task, control: Control): Promise<TaskResult> {
  endAt(DRAINING, control);
  control.tell({ part: 0 });
  const stage = await stageOf(task);
  const { contextOf, release, amountOf } = stageContexts(task, control);
  const whole = { index: 0, count: 1 };
  try {
    switch (task.action) {
      case "count":
        return stage.parts?.(contextOf(whole)) ?? 1;
      case "run":
        return (
          await computed(
            task,
            stage,
            () => stage.run(contextOf(whole)),
            () => ({ amount: amountOf(0) }),
          )
        ).record;
      case "pieces":
        return await runPieces(task, control, stage, contextOf, amountOf);
      case "join":
        return (
          await computed(
            task,
            stage,
            () => joined(task, stage, contextOf(whole)),
            () => ({ kept: task.kept, amount: task.amount }),
          )
        ).record;
      default:
        return task.action satisfies never;
    }
  } catch (thrown) {
    const error = moduleError(thrown, stage);
    if (!(error instanceof StoreError || error instanceof FailedElsewhere) && control.stop() === GOING_ON)
      appendToLog(task.storeFolder, task.key, `${(error as Error)?.stack ?? error}\n`);
    throw error;
  } finally {
    await release();
  }
}

async function stageOf({ stage: name, module, stages }: Task): Promise<Stage> {
  if (module) return stageModule(module);
  // The built-in stages load slowly, and a worker may only run stages from modules.
  const { isKind, loadStages }: StageList = await import(stages);
  if (!isKind(name)) throw new Error(`no stage "${name}" in this worker`);
  const [found] = await loadStages([name]);
  return found;
}

/** Takes one piece after the other until none is left. */
async function runPieces(
  task: Task,
  control: Control,
  stage: Stage,
  contextOf: (part: { index: number; count: number }, key: string) => StageContext<unknown>,
  amountOf: (piece: number) => Amount | undefined,
): Promise<StoredRecord | undefined> {
  const { todo = [] } = task;
  const store = openStore(task.storeFolder);
  const failures = task.failures === undefined ? undefined : sharedFailures(task.storeFolder, task.failures);
  let last: StoredRecord | undefined;
  let { backends } = task;
  for (let piece = todo[control.nextPiece()]; piece; piece = todo[control.nextPiece()]) {
    endAt(DRAINING, control);
    const { key, index, count } = piece;
    // Another process may have it or be computing it. The caller, which shares the pieces, checks again later.
    const isStored = () => [task.key, key].some((each) => store.lookAgain(each).record);
    const claimed = pieceClaim(task.key, index);
    if (task.claimant && (isStored() || claim(task.storeFolder, claimed, task.claimant))) continue;
    const own = { ...task, key, preimage: { whole: task.key, index, count }, backends };
    const run = () => stage.run(contextOf({ index, count }, key));
    // It may have been stored, or have failed, between the lookup and the claim. The claim on a piece that fails stays:
    // the run releases it when it has told the failure.
    const isNew = !(task.claimant && isStored());
    if (isNew) {
      failures?.requireNone(task.key);
      ({ record: last, backends } = await computed(own, stage, run, () => ({ amount: amountOf(index) }), {
        durable: false,
      }));
    }
    if (task.claimant) release(task.storeFolder, claimed);
    if (isNew) control.tell({ part: index, fraction: 1 });
  }
  return last;
}

function joined({ pieces = [] }: Task, stage: Stage, context: StageContext<unknown>): Artifact | ArtifactInPieces {
  const { join = concatenate, joinInPieces } = stage;
  if (joinInPieces === undefined) return join(pieces.map(readArtifact), context);
  return joinInPieces(
    pieces.map((path) => () => readArtifact(path)),
    context,
  );
}

/** Computes a result, stores it, and returns the backends that the task has used so far. */
async function computed(
  task: Task,
  stage: Stage,
  compute: () => Artifact | ArtifactInPieces | Promise<Artifact | ArtifactInPieces>,
  facts: () => Record<string, unknown>,
  options: { durable?: boolean } = {},
): Promise<{ record: StoredRecord; backends: Record<string, string> }> {
  const start = performance.now();
  const { result: given, backends: used } = await withBackend(task.backend, () =>
    withUnchangedFiles(task, async () => compute()),
  );
  const result = stage.module ? moduleResult(given, stage) : given;
  const backends = { ...task.backends, ...used };
  const provenance = { stage: stage.name, version: stage.version, key: task.key };
  const content = { ...result, metadata: { ...result.metadata, provenance } };
  const made = {
    seconds: (performance.now() - start) / 1000 + (task.secondsOfPieces ?? 0),
    machine: hostname(),
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    backends,
    summary: Object.entries(result.summary),
    ...facts(),
  };
  const store = openStore(task.storeFolder);
  const record = store.put(task.key, task.preimage, (write) => writeArtifact(content, write), made, options);
  store.remove(unfinishedKey(task.key));
  return { record, backends };
}

/** A result is not stored when the files differ from those of the key. A failure may come from such files, too. */
async function withUnchangedFiles<T>({ files }: Task, compute: () => Promise<T>): Promise<T> {
  try {
    return await compute();
  } finally {
    files.forEach(requireUnchanged);
  }
}
