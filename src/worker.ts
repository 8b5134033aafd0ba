/** What a worker thread does with one task: run a stage, or one piece of it, and put the result into the store. */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import { parentPort } from "node:worker_threads";
import { stages } from "../stages/index.js";
import { type Artifact, concatenate, decodeArtifact, encodeArtifact } from "./artifact.js";
import { type CacheRecord, openCache } from "./cache.js";
import { withUsedBackends } from "./graph/backends/index.js";
import { type NamedFile, requireUnchanged } from "./namedFile.js";
import type { Lineage, PipelineText, Point, StageContext } from "./stage.js";

/** An input as it travels between threads: the path of its object, or the message of the step that failed. */
export interface TaskInput {
  stage: string;
  point: Point;
  path?: string;
  error?: string;
}

export interface Task {
  step: string;
  stage: string;
  params: Record<string, unknown>;
  inputs: Record<string, TaskInput[]>;
  /** The files that the params name. */
  files: NamedFile[];
  pipeline?: PipelineText;
  lineage?: Lineage[];
  cacheFolder: string;
  key: string;
  preimage: unknown;
  /** `count`: how many pieces; `run`: the whole, or piece `part`; `join`: the pieces at `pieces`. */
  action: "count" | "run" | "join";
  part: { index: number; count: number };
  pieces?: string[];
  /** For `join`: what computed the pieces, backend → version. */
  backends?: Record<string, string>;
  /** Becomes 1 when the run is to stop. A thread must not be ended inside native code, so the work stops by itself. */
  stop: Int32Array;
}

export interface ProgressMessage {
  step: string;
  part: number;
  fraction?: number;
  note?: string;
}

/** Runs a task. Resolves to the number of pieces for `count`, else to the record of what was stored. */
export default async function work(task: Task): Promise<number | CacheRecord> {
  const start = performance.now();
  refuseWhenStopping(task);
  tell(task);
  const stage = stages.find(({ name }) => name === task.stage);
  if (stage === undefined) throw new Error(`no stage "${task.stage}" in this worker`);
  const context = contextOf(task);
  if (task.action === "count") return stage.parts?.(context) ?? 1;
  const { result, backends } = await withUsedBackends(() =>
    withUnchangedFiles(task, async () =>
      task.action === "join"
        ? joinPieces(task, stage.join ?? ((pieces) => concatenate(pieces)), context)
        : stage.run(context),
    ),
  );
  const provenance = { stage: stage.name, version: stage.version, key: task.key };
  const bytes = encodeArtifact({ ...result, metadata: { ...result.metadata, provenance } });
  const cache = openCache(task.cacheFolder);
  const record = cache.put(task.key, task.preimage, bytes, {
    seconds: (performance.now() - start) / 1000,
    machine: hostname(),
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    backends: { ...task.backends, ...backends },
    summary: Object.entries(result.summary),
  });
  cache.remove(unfinishedKey(task.key));
  return record;
}

function tell({ step, part }: Task, fraction?: number, note?: string): void {
  const message: ProgressMessage = { step, part: part.index, fraction, note };
  parentPort?.postMessage(message);
}

function refuseWhenStopping({ stop }: Task): void {
  if (Atomics.load(stop, 0) !== 0) throw new Error("stopped");
}

/** What was computed from files that are no longer those of the key is not stored; a failure may come from that, too. */
async function withUnchangedFiles<T>({ files }: Task, compute: () => Promise<T>): Promise<T> {
  try {
    return await compute();
  } finally {
    files.forEach(requireUnchanged);
  }
}

function joinPieces(
  task: Task,
  join: (pieces: Artifact[], context: StageContext<unknown>) => Artifact,
  context: StageContext<unknown>,
): Artifact {
  return join(
    (task.pieces ?? []).map((path) => load(path)),
    context,
  );
}

function contextOf(task: Task): StageContext<unknown> {
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
    }));
  let reported = 0;
  return {
    params: task.params,
    part: task.part,
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
    resume: resumeOf(task),
    pipeline: task.pipeline,
    lineage: task.lineage,
    progress(fraction, note) {
      refuseWhenStopping(task);
      const now = performance.now();
      if (now - reported < 100) return;
      reported = now;
      tell(task, fraction, note);
    },
  };
}

/** Milliseconds between two saved states. */
const SAVE_INTERVAL = 2000;

/** The state of an unfinished step is an artifact in the store, under a key of its own. */
function resumeOf({ cacheFolder, key }: Task): StageContext<unknown>["resume"] {
  const cache = openCache(cacheFolder);
  const own = unfinishedKey(key);
  let saved = performance.now();
  return {
    load() {
      const { record, path } = { path: "", ...cache.lookup(own) };
      return record && load(path);
    },
    save(state) {
      if (performance.now() - saved < SAVE_INTERVAL) return;
      const before = cache.lookup(own);
      const { object } = cache.put(own, { unfinished: key }, encodeArtifact(state()), {});
      if (before.record && before.record.object !== object) rmSync(before.path, { force: true });
      saved = performance.now();
    },
  };
}

function unfinishedKey(key: string): string {
  return createHash("sha256").update(`unfinished ${key}`).digest("hex");
}

function load(path: string): Artifact {
  return decodeArtifact(readFileSync(path));
}
