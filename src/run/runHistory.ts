/** The history of runs: a small file per run beside the store, with the keys of its steps and its failures. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { NamedValues } from "../pipeline/namedValues.js";
import type { Plan } from "../pipeline/plan.js";
import type { Scalar } from "../stage.js";
import { StoreError, writeAtomically } from "../store/atomicFile.js";
import type { Outcome } from "./outcome.js";

export interface RunRecord {
  /** The runs of a pipeline are counted from 1: `12-3fa9`. */
  id: string;
  pipeline: string;
  /** The absolute path of the pipeline file. */
  file: string;
  params: NamedValues;
  matrix: Record<string, Scalar[]>;
  /** Clock times, for display. */
  started: string;
  finished?: string;
  /** Step → key. */
  steps: Record<string, string>;
  /** Step → error message. */
  failures: Record<string, string>;
  /** The steps that this run computed; the others were cached, or not run. Undefined while it runs. */
  computed?: string[];
}

/** Records the start of a run. The returned function records its end. */
export function beginRun(storeFolder: string, { pipeline, steps }: Plan): (outcomes: readonly Outcome[]) => void {
  const [latest] = runsOf(storeFolder, pipeline.name);
  const number = 1 + Math.max(0, ...runFiles(storeFolder, pipeline.name).map(numberOf));
  const record: RunRecord = {
    id: `${number}-${randomBytes(2).toString("hex")}`,
    pipeline: pipeline.name,
    file: resolve(pipeline.file.file),
    params: pipeline.params,
    matrix: pipeline.matrix.axes,
    started: new Date().toISOString(),
    steps: Object.fromEntries(steps.map(({ id, key }) => [id, key])),
    failures: {},
  };
  const ids = Object.keys(record.steps);
  const isNews =
    !latest ||
    Object.keys(latest.steps).length !== ids.length ||
    ids.some((id) => latest.steps[id] !== record.steps[id]);
  if (isNews) write(storeFolder, record);
  return (outcomes) => {
    const failures = Object.fromEntries(
      outcomes.flatMap((outcome) => (outcome.state === "failed" ? [[outcome.step.id, outcome.error]] : [])),
    );
    const isQuiet = outcomes.every(({ state }) => state === "cached") && !isNews;
    if (isQuiet && latest.finished && Object.keys(latest.failures).length === 0) return;
    const computed = outcomes.flatMap(({ state, step }) => (state === "done" ? [step.id] : []));
    write(storeFolder, { ...record, finished: new Date().toISOString(), failures, computed });
  };
}

/** All runs, grouped by pipeline, the latest of each first. */
export function listRuns(storeFolder: string): RunRecord[] {
  return namesIn(join(storeFolder, "runs")).flatMap((pipeline) => [...runsOf(storeFolder, pipeline)]);
}

/**
 * The runs of a pipeline, the latest first. Each is read on demand, because one of ten thousand steps takes a megabyte.
 * Unreadable files are skipped.
 */
export function* runsOf(storeFolder: string, pipeline: string): Generator<RunRecord, void> {
  const files = runFiles(storeFolder, pipeline).sort((a, b) => numberOf(b) - numberOf(a));
  while (files.length > 0) {
    // Runs that began at the same time have the same number.
    const same = files.filter((file) => numberOf(file) === numberOf(files[0]));
    const records = files
      .splice(0, same.length)
      .flatMap((file) => read(join(storeFolder, "runs", pipeline, file)) ?? []);
    yield* records.sort((a, b) => (a.started < b.started ? 1 : -1));
  }
}

/** Finds the latest run of a pipeline that matches. Runs are read only as far back as needed. */
export function runFinder(
  storeFolder: string,
  pipeline: string,
): (isIt: (run: RunRecord) => boolean) => RunRecord | undefined {
  const known: RunRecord[] = [];
  const others = runsOf(storeFolder, pipeline);
  return (isIt) => {
    const found = known.find(isIt);
    if (found) return found;
    for (let next = others.next(); !next.done; next = others.next()) {
      known.push(next.value);
      if (isIt(next.value)) return next.value;
    }
    return undefined;
  };
}

/** The runs of each pipeline in two parts: the latest `count`, and the older ones. */
export function recentRuns(storeFolder: string, count: number): { recent: RunRecord[]; older: RunRecord[] } {
  const places = new Map<string, number>();
  const placed = listRuns(storeFolder).map((run) => {
    const place = places.get(run.pipeline) ?? 0;
    places.set(run.pipeline, place + 1);
    return { run, isRecent: place < count };
  });
  const runsThat = (isRecent: boolean) => placed.filter((each) => each.isRecent === isRecent).map(({ run }) => run);
  return { recent: runsThat(true), older: runsThat(false) };
}

/** Deletes the record of a run. */
export function removeRun(storeFolder: string, { pipeline, id }: RunRecord): void {
  rmSync(join(storeFolder, "runs", pipeline, `${id}.json`), { force: true });
}

function write(storeFolder: string, record: RunRecord): void {
  const path = join(storeFolder, "runs", record.pipeline, `${record.id}.json`);
  try {
    writeAtomically(storeFolder, Buffer.from(JSON.stringify(record)), false, () => path);
  } catch (error) {
    // The history is only for display. When a step cannot be stored, the run reports the cause.
    if (!(error instanceof StoreError)) throw error;
  }
}

/** A record that is complete and matches its file name. */
function read(path: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
    const { id, pipeline, file, params, matrix, started, steps, failures } = record;
    const isWhole =
      path.endsWith(join(pipeline, `${id}.json`)) &&
      /^\d+-[0-9a-f]{4}$/.test(id) &&
      [file, started].every((text) => typeof text === "string") &&
      [params, matrix].every(isMapping) &&
      [steps, failures].every(
        (texts) => isMapping(texts) && Object.values(texts).every((at) => typeof at === "string"),
      ) &&
      (record.computed === undefined || Array.isArray(record.computed));
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function runFiles(storeFolder: string, pipeline: string): string[] {
  return namesIn(join(storeFolder, "runs", pipeline)).filter((file) => /^\d+-[0-9a-f]{4}\.json$/.test(file));
}

function numberOf(file: string): number {
  return Number.parseInt(file, 10);
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
