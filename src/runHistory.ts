/** What runs there were: a small file for each beside the store, with the keys of its steps and what failed. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  const folder = join(cacheFolder, "runs", pipeline.name);
  const before = listRuns(cacheFolder, pipeline.name);
  const number = 1 + Math.max(0, ...before.map(({ id }) => Number.parseInt(id, 10)));
  const record: RunRecord = {
    id: `${number}-${randomBytes(2).toString("hex")}`,
    pipeline: pipeline.name,
    file: pipeline.file.file,
    params: pipeline.params,
    matrix: pipeline.matrix.axes,
    started: new Date().toISOString(),
    steps: Object.fromEntries(steps.map(({ id, key }) => [id, key])),
    failures: {},
  };
  const [latest] = before;
  const isNews = !latest || JSON.stringify(latest.steps) !== JSON.stringify(record.steps);
  if (isNews) write(folder, record);
  return (outcomes) => {
    const failures = Object.fromEntries(
      outcomes.flatMap((outcome) => (outcome.state === "failed" ? [[outcome.step.id, outcome.error]] : [])),
    );
    const isQuiet = outcomes.every(({ state }) => state === "cached") && !isNews;
    if (isQuiet && latest.finished && Object.keys(latest.failures).length === 0) return;
    write(folder, { ...record, finished: new Date().toISOString(), failures });
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

function write(folder: string, record: RunRecord): void {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${record.id}.json`);
  writeFileSync(`${path}.draft`, JSON.stringify(record));
  renameSync(`${path}.draft`, path);
}

function read(path: string): RunRecord | undefined {
  if (!path.endsWith(".json")) return undefined;
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
    const isWhole =
      typeof record.id === "string" && typeof record.steps === "object" && typeof record.failures === "object";
    return isWhole ? record : undefined;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
