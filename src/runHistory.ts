/** What runs there were: a small file for each beside the store, with the keys of its steps and what failed. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { StoreError, writeAtomically } from "./atomicFile.js";
import type { NamedValues } from "./namedValues.js";
import type { Plan } from "./plan.js";
import type { Outcome } from "./run.js";
import type { Scalar } from "./stage.js";

export interface RunRecord {
  /** Runs of a pipeline count from 1: `12-3fa9`. */
  id: string;
  pipeline: string;
  /** The absolute path of the pipeline file. */
  file: string;
  params: NamedValues;
  matrix: Record<string, Scalar[]>;
  /** Clock times, for people. */
  started: string;
  finished?: string;
  /** Step → key. */
  steps: Record<string, string>;
  /** Step → what went wrong. */
  failures: Record<string, string>;
}

/** Writes down that a run begins. The function that it gives writes down how it ended. */
export function beginRun(cacheFolder: string, { pipeline, steps }: Plan): (outcomes: readonly Outcome[]) => void {
  const before = listRuns(cacheFolder, pipeline.name);
  const number = 1 + Math.max(0, ...before.map(({ id }) => Number.parseInt(id, 10)));
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
  const [latest] = before;
  const isNews = !latest || JSON.stringify(latest.steps) !== JSON.stringify(record.steps);
  if (isNews) write(cacheFolder, record);
  return (outcomes) => {
    const failures = Object.fromEntries(
      outcomes.flatMap((outcome) => (outcome.state === "failed" ? [[outcome.step.id, outcome.error]] : [])),
    );
    const isQuiet = outcomes.every(({ state }) => state === "cached") && !isNews;
    if (isQuiet && latest.finished && Object.keys(latest.failures).length === 0) return;
    write(cacheFolder, { ...record, finished: new Date().toISOString(), failures });
  };
}

/** The runs of a pipeline, or of all, the latest of each first. Files that cannot be read are passed over. */
export function listRuns(cacheFolder: string, pipeline?: string): RunRecord[] {
  const folder = join(cacheFolder, "runs");
  const pipelines = pipeline === undefined ? namesIn(folder) : [pipeline];
  return pipelines.flatMap((name) =>
    namesIn(join(folder, name))
      .flatMap((file) => read(join(folder, name, file)) ?? [])
      .sort((a, b) => Number.parseInt(b.id, 10) - Number.parseInt(a.id, 10) || (a.started < b.started ? 1 : -1)),
  );
}

/** Forgets a run. */
export function removeRun(cacheFolder: string, { pipeline, id }: RunRecord): void {
  rmSync(join(cacheFolder, "runs", pipeline, `${id}.json`), { force: true });
}

function write(cacheFolder: string, record: RunRecord): void {
  const path = join(cacheFolder, "runs", record.pipeline, `${record.id}.json`);
  try {
    writeAtomically(cacheFolder, Buffer.from(JSON.stringify(record)), false, () => path);
  } catch (error) {
    // Of use to people only: where a step is to be stored, the run says what is wrong.
    if (!(error instanceof StoreError)) throw error;
  }
}

/** A record that is whole, and where it says that it is. */
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
      );
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}

function isMapping(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
