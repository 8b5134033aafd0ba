/** What a worker thread does with one task: run a stage, or one piece of it, and put the result into the store. */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { parentPort } from "node:worker_threads";
import { type Artifact, type ArtifactInPieces, artifact, concatenate } from "../artifact/artifact.js";
import { readArtifact, writeArtifact } from "../artifact/artifactFile.js";
import { withUsedBackends } from "../graph/backends/index.js";
import { type NamedFile, requireUnchanged } from "../pipeline/namedFile.js";
import { stageModule } from "../pipeline/stageModule.js";
import type { Amount, Lineage, PipelineText, Point, Releasable, Stage, StageContext } from "../stage.js";
import { StoreError } from "../store/atomicFile.js";
import { type CacheRecord, openCache } from "../store/cache.js";
import { appendToLog } from "./stepLog.js";
import { DRAINING, GOING_ON, raise, STOPPING, STORE_FAILED } from "./stopping.js";

/** An input as it travels between threads: the path of its object, or the message of the step that failed. */
export interface TaskInput {
  stage: string;
  point: Point;
  path?: string;
  error?: string;
}

/** The module that lists the built-in stages. The engine knows its address only, so it can be given another list. */
export interface StageList {
  isKind(name: string): boolean;
  loadStages(names: readonly string[]): Promise<Stage[]>;
}

export interface Task {
  step: string;
  stage: string;
  /** The path of the module that defines the stage. */
  module?: string;
  /** The address of the module that lists the built-in stages (a StageList). */
  stages: string;
  params: Record<string, unknown>;
  inputs: Record<string, TaskInput[]>;
  /** The folder of the pipeline file. */
  folder: string;
  /** The files that the params name. */
  files: NamedFile[];
  pipeline?: PipelineText;
  lineage?: Lineage[];
  cacheFolder: string;
  key: string;
  preimage: unknown;
  /** `count`: how many pieces; `run`: the whole; `pieces`: those in `todo`; `join`: what is stored at `pieces`. */
  action: "count" | "run" | "pieces" | "join";
  todo?: Piece[];
  /** How many of `todo` are taken: the threads that share it count together, so each takes the next one as it gets free. */
  taken?: Int32Array;
  pieces?: string[];
  /** For `join`: what computed the pieces, backend → version, and how many an earlier run had left. */
  backends?: Record<string, string>;
  kept?: number;
  /** One of the numbers of stopping.ts; all threads of a run share it. */
  stop: Int32Array;
  /** Not 0 when the time of the step is over (timeLimit.ts). */
  expired: Int32Array;
}

/** One of the independent pieces of a step. */
export interface Piece {
  index: number;
  count: number;
  key: string;
}

export interface ProgressMessage {
  step: string;
  part: number;
  fraction?: number;
  note?: string | Amount;
}

/** Runs a task. Resolves to the number of pieces for `count`, else to the record of what was stored last, if anything. */
export default async function work(task: Task): Promise<number | CacheRecord | undefined> {
  endAt(DRAINING, task);
  tell({ step: task.step, part: 0 });
  const stage = await stageOf(task);
  const { contextOf, release } = contexts(task);
  const whole = { index: 0, count: 1 };
  try {
    switch (task.action) {
      case "count":
        return stage.parts?.(contextOf(whole)) ?? 1;
      case "run":
        return (await store(task, stage, () => stage.run(contextOf(whole)))).record;
      case "pieces":
        return await runPieces(task, stage, contextOf);
      case "join": {
        const { join = concatenate, joinInPieces } = stage;
        const { pieces = [] } = task;
        const joined = () =>
          joinInPieces
            ? joinInPieces(
                pieces.map((path) => () => load(path)),
                contextOf(whole),
              )
            : join(pieces.map(load), contextOf(whole));
        return (await store(task, stage, joined, { kept: task.kept })).record;
      }
      default:
        return task.action satisfies never;
    }
  } catch (error) {
    if (error instanceof StoreError) raise(task.stop, STORE_FAILED);
    if (Atomics.load(task.stop, 0) === GOING_ON)
      appendToLog(task.cacheFolder, task.key, `${(error as Error)?.stack ?? error}\n`);
    throw error;
  } finally {
    await release();
  }
}

async function stageOf({ stage: name, module, stages }: Task): Promise<Stage> {
  if (module) return stageModule(module);
  // The built-in stages take a while to load, and a worker may only run stages from modules.
  const { isKind, loadStages }: StageList = await import(stages);
  if (!isKind(name)) throw new Error(`no stage "${name}" in this worker`);
  const [found] = await loadStages([name]);
  return found;
}

/** Takes one piece after the other until none is left. A piece that fails ends the work on all. */
async function runPieces(
  task: Task,
  stage: Stage,
  contextOf: (part: { index: number; count: number }, key: string) => StageContext<unknown>,
): Promise<CacheRecord | undefined> {
  const { todo = [], taken = new Int32Array(1) } = task;
  let last: CacheRecord | undefined;
  let { backends } = task;
  try {
    for (let piece = todo[Atomics.add(taken, 0, 1)]; piece; piece = todo[Atomics.add(taken, 0, 1)]) {
      endAt(DRAINING, task);
      const { key, index, count } = piece;
      const own = { ...task, key, preimage: { whole: task.key, index, count }, backends };
      const run = () => stage.run(contextOf({ index, count }, key));
      ({ record: last, backends } = await store(own, stage, run, {}, { durable: false }));
      tell({ step: task.step, part: index, fraction: 1 });
    }
  } catch (error) {
    Atomics.store(taken, 0, todo.length);
    throw error;
  }
  return last;
}

/** Puts what a computation gives into the store, and says what backends it took. */
async function store(
  task: Task,
  stage: Stage,
  compute: () => Artifact | ArtifactInPieces | Promise<Artifact | ArtifactInPieces>,
  facts: Record<string, unknown> = {},
  options: { durable?: boolean } = {},
): Promise<{ record: CacheRecord; backends: Record<string, string> }> {
  const start = performance.now();
  const { result: given, backends: used } = await withUsedBackends(() =>
    withUnchangedFiles(task, async () => compute()),
  );
  const result = stage.module ? checked(given, stage) : given;
  const backends = { ...task.backends, ...used };
  const provenance = { stage: stage.name, version: stage.version, key: task.key };
  const content = { ...result, metadata: { ...result.metadata, provenance } };
  const made = {
    seconds: (performance.now() - start) / 1000,
    machine: hostname(),
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    backends,
    summary: Object.entries(result.summary),
    ...facts,
  };
  const cache = openCache(task.cacheFolder);
  const record = cache.put(task.key, task.preimage, (write) => writeArtifact(content, write), made, options);
  cache.remove(unfinishedKey(task.key));
  return { record, backends };
}

/** What a stage of one's own gives, once it is what it says. */
function checked(given: Artifact | ArtifactInPieces, { output }: Stage): Artifact | ArtifactInPieces {
  return "pieces" in given
    ? { ...given, kind: output }
    : artifact(output, given.columns, given.metadata, given.summary);
}

function tell(message: ProgressMessage): void {
  parentPort?.postMessage(message);
}

/** Throws when the run stops, as far as `level`, or the time of the step is over. */
function endAt(level: number, { stop, expired }: Task): void {
  if (Atomics.load(expired, 0) !== 0) throw new Error("its time is over");
  if (Atomics.load(stop, 0) >= level) throw new Error("stopped");
}

/** What was computed from files that are no longer those of the key is not stored; a failure may come from that, too. */
async function withUnchangedFiles<T>({ files }: Task, compute: () => Promise<T>): Promise<T> {
  try {
    return await compute();
  } finally {
    files.forEach(requireUnchanged);
  }
}

/** What the stage sees, for the whole or a piece; inputs are loaded once, and what the pieces share is made once. */
function contexts(task: Task) {
  const loaded = new Map<string, Artifact>();
  const artifactOf = ({ path, stage, error }: TaskInput): Artifact => {
    if (path === undefined) throw new Error(`${stage} failed: ${error}`);
    const known = loaded.get(path) ?? load(path);
    loaded.set(path, known);
    return known;
  };
  const sources = (port: string) =>
    (task.inputs[port] ?? []).map((input) => ({
      stage: input.stage,
      point: input.point,
      error: input.error,
      artifact: () => artifactOf(input),
      path: input.path,
    }));
  let reported = 0;
  let keepsState = false;
  let kept: Promise<Releasable> | undefined;
  const contextOf = (part: { index: number; count: number }, key = task.key): StageContext<unknown> => ({
    params: task.params,
    part,
    folder: task.folder,
    log: (text) => appendToLog(task.cacheFolder, task.key, text),
    ports: Object.keys(task.inputs),
    sources,
    input(port) {
      const [first] = sources(port);
      if (first === undefined) throw new Error(`nothing is connected to "${port}"`);
      return first.artifact();
    },
    file(path) {
      const found = task.files.find((file) => file.path === path);
      if (found === undefined) throw new Error(`"${path}" is no file of ${task.stage}: its schema lacks "file": true`);
      return found.absolute;
    },
    resume: resumeOf(task, key, () => {
      keepsState = true;
    }),
    pipeline: task.pipeline,
    lineage: task.lineage,
    shared<T extends Releasable>(make: () => Promise<T>) {
      kept ??= make();
      return kept as Promise<T>;
    },
    progress(fraction, note) {
      if (!keepsState || Atomics.load(task.expired, 0) !== 1) endAt(STOPPING, task);
      const now = performance.now();
      // The amount that a piece ends with is always told: people see the sum.
      if (now - reported < 100 && !(fraction === 1 && typeof note === "object")) return;
      reported = now;
      tell({ step: task.step, part: part.index, fraction, note });
    },
  });
  const release = async () => {
    const made = await kept?.catch(() => undefined);
    await made?.release();
  };
  return { contextOf, release };
}

/** Least milliseconds between two saved states. */
const SAVE_INTERVAL = 2000;

/** The state of an unfinished step is an artifact in the store, under a key of its own. */
function resumeOf(task: Task, key: string, onSave: () => void): StageContext<unknown>["resume"] {
  const cache = openCache(task.cacheFolder);
  const own = unfinishedKey(key);
  let [saved, interval] = [performance.now(), SAVE_INTERVAL];
  return {
    load() {
      const { record, path } = { path: "", ...cache.lookup(own) };
      return record && load(path);
    },
    save(state) {
      onSave();
      const start = performance.now();
      const isLast = Atomics.load(task.stop, 0) !== GOING_ON || Atomics.load(task.expired, 0) !== 0;
      if (start - saved < interval && !isLast) return;
      const before = cache.lookup(own);
      const { object } = cache.put(own, { unfinished: key }, (write) => writeArtifact(state(), write), {});
      if (before.record && before.object !== object) rmSync(before.path, { force: true });
      saved = performance.now();
      // A large state is stored less often: it takes at most a twentieth of the time.
      interval = Math.max(SAVE_INTERVAL, 20 * (saved - start));
      endAt(DRAINING, task);
    },
  };
}

function unfinishedKey(key: string): string {
  return createHash("sha256").update(`unfinished ${key}`).digest("hex");
}

function load(path: string): Artifact {
  return readArtifact(path);
}
