/**
 * What the commands of the command line do. Results go to stdout, all else to stderr; each gives an exit code. What
 * reads and draws artifacts is loaded when it is needed.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { isKind, kinds, loadStages } from "../../stages/index.js";
import { fetchDataset } from "../data/fetch/fetchDataset.js";
import { isKnownName, knownSets } from "../data/knownSets.js";
import { threadLimit } from "../graph/backends/index.js";
import { type Changes, isModulePath, loadPipeline, type Pipeline, pipelineName } from "../pipeline/config.js";
import { ConfigError } from "../pipeline/configFile.js";
import { schemaOf } from "../pipeline/parameters.js";
import { type Plan, plan, type Step, select } from "../pipeline/plan.js";
import { stageModule, withModules } from "../pipeline/stageModule.js";
import { type Outcome, type RunEvent, run } from "../run/run.js";
import { beginRun, listRuns, type RunRecord, runFinder, runsOf } from "../run/runHistory.js";
import { readLog } from "../run/stepLog.js";
import { stepStates, why } from "../run/stepState.js";
import { findGarbage, removeGarbage, verifyStore } from "../run/tidyStore.js";
import type { Stage } from "../stage.js";
import { type Cache, type Found, openCache } from "../store/cache.js";
import { suggestion } from "../text/nearestName.js";
import { printable } from "../text/printable.js";
import { type DagFormat, dag } from "./dag.js";
import { eventStream } from "./eventStream.js";
import type { ExportFormat } from "./exportArtifact.js";
import { fetchProgress } from "./fetchProgress.js";
import { progressReporter } from "./progress.js";
import { describeStage } from "./stageHelp.js";
import { starter } from "./starter.js";

const DONE = 0;
const FAILED = 1;
const BAD_CONFIG = 2;
const STALE = 3;
const INTERRUPTED = 130;
const TERMINATED = 143;

/** The exit code of a command that ended by an error. */
export function exitCodeOf({ name, message }: Error): number {
  if (name === "ConfigError" || name === "UsageError") return BAD_CONFIG;
  if (message === "interrupted") return INTERRUPTED;
  return message === "terminated" ? TERMINATED : FAILED;
}

interface Options extends Changes {
  results: string;
  /** Results folders, or stores, of others: what they have need not be run. */
  storeFrom?: string[];
}

interface RunFlags extends Options {
  jobs: number;
  dryRun?: boolean;
  force?: boolean;
  failFast?: boolean;
  quiet?: boolean;
  json?: boolean;
  backend: string;
}

/** All steps of a pipeline as the options change it, those of the targets where there are any. */
async function planOf(path: string, options: Changes, targets: string[] = []): Promise<Plan> {
  const pipeline = loadPipeline(path, options);
  return select(plan(pipeline, await withModules(pipeline, await stagesFor(pipeline)), kinds), targets);
}

/** The stages that a pipeline uses, and the one that the engine puts between others. */
function stagesFor({ stages }: Pipeline): Promise<Stage[]> {
  return loadStages([...new Set([...stages.map(({ uses }) => uses).filter(isKind), "figure" as const])]);
}

function storeOf({ results, storeFrom = [] }: Options): Cache {
  const others = storeFrom.map((folder) => {
    const found = [join(folder, ".cache"), folder].find((at) => existsSync(join(at, "records")));
    if (found) return found;
    throw new UsageError(`--store-from ${folder} holds no store; expected the results folder of another run`);
  });
  return openCache(join(results, ".cache"), others);
}

/** Where the built-in stages are listed; the engine knows no stage, so it is told. */
const stagesModule = new URL("../../stages/index.js", import.meta.url).href;

export async function runPipeline(path: string, targets: string[], options: RunFlags): Promise<number> {
  process.env.CIRQUE_BACKEND = options.backend;
  const steps = await planOf(path, options, targets);
  const cache = storeOf(options);
  if (options.dryRun) return printStatus(path, targets, options);

  const events = options.json ? eventStream((line) => process.stdout.write(line), steps) : undefined;
  const reporter = progressReporter(process.stderr, steps.pipeline.name, options.quiet || options.json);
  const stops = stopSignals(reporter.say);
  const onEvent = (event: RunEvent) => {
    reporter.onEvent(event);
    events?.onEvent(event);
  };
  const jobs = Math.min(options.jobs, threadLimit(options.backend));
  const endRun = beginRun(cache.folder, steps);
  let outcomes: Outcome[] = [];
  try {
    outcomes = await run(steps, cache, { ...options, stages: stagesModule, jobs, onEvent, ...stops });
    reporter.end();
    endRun(outcomes);
    const { publish } = await import("./publish.js");
    const folder = join(options.results, steps.pipeline.name);
    const { reports, files } = publish(steps, outcomes, folder, targets.length === 0);
    events?.published(files);
    if (!events) for (const file of reports.length > 0 ? reports : files) console.log(file);
  } catch (error) {
    reporter.end();
    events?.end(exitCodeOf(error as Error), outcomes, (error as Error).message);
    throw error;
  }
  const code = summarize(outcomes);
  events?.end(code, outcomes);
  return code;
}

/** Milliseconds that threads and the commands they have started get to end by themselves when people will not wait. */
const LAST_GRACE = 500;

/** Ctrl+C once lets what runs come to a point from which it can go on; twice stops at once, as SIGTERM does. */
function stopSignals(say: (text: string) => void): { drain: AbortSignal; signal: AbortSignal } {
  const drain = new AbortController();
  const stop = new AbortController();
  process.once("SIGINT", () => {
    say("finishing what runs, beginning nothing new; Ctrl+C again stops at once");
    drain.abort(new Error("interrupted"));
    process.once("SIGINT", () => {
      stop.abort(new Error("interrupted"));
      // The default action: the process ends.
      setTimeout(() => process.kill(process.pid, "SIGINT"), LAST_GRACE).unref();
    });
  });
  process.once("SIGTERM", () => stop.abort(new Error("terminated")));
  return { drain: drain.signal, signal: stop.signal };
}

/** Steps that are named in one line. */
const MOST_TOLD = 10;

/** Says what failed, if anything did. */
function summarize(outcomes: Outcome[]): number {
  const failed = outcomes.filter(({ state }) => state === "failed");
  const blocked = outcomes.filter(({ state }) => state === "blocked");
  if (failed.length === 0 && blocked.length === 0) return DONE;
  const ids = (list: Outcome[]) => {
    const told = list.slice(0, MOST_TOLD).map(({ step }) => step.id);
    return `${told.join(", ")}${list.length > told.length ? ` and ${list.length - told.length} more` : ""}`;
  };
  console.error(`${failed.length} failed: ${ids(failed)}`);
  if (blocked.length > 0) console.error(`${blocked.length} not run because of that: ${ids(blocked)}`);
  console.error("run again to repeat only these");
  return FAILED;
}

export async function checkPipeline(path: string, options: Options): Promise<number> {
  const { pipeline, steps } = await planOf(path, options);
  console.log(`${path}: ok, ${pipeline.stages.length} stages, ${steps.length} steps`);
  return DONE;
}

export async function printStatus(
  path: string,
  targets: string[],
  options: Options & { exitCode?: boolean },
): Promise<number> {
  const plan = await planOf(path, options, targets);
  const cache = storeOf(options);
  const { states, warnings } = stepStates(plan, cache, runFinder(cache.folder, plan.pipeline.name));
  for (const message of warnings) console.error(`warning ${printable(message)}`);
  const width = Math.max(...plan.steps.map(({ id }) => id.length));
  const lines = plan.steps.map(
    ({ id, definition }) => `${states.get(id)?.padEnd(7)}  ${id.padEnd(width)}  ${definition.name}`,
  );
  const counts = (["cached", "stale", "missing", "failed"] as const)
    .map((state) => [[...states.values()].filter((found) => found === state).length, state] as const)
    .filter(([count]) => count > 0);
  console.log([...lines, counts.map(([count, state]) => `${count} ${state}`).join(", ")].join("\n"));
  return options.exitCode && counts.some(([, state]) => state !== "cached") ? STALE : DONE;
}

export async function printDag(path: string, options: Options & { format: DagFormat }): Promise<number> {
  console.log(dag(await planOf(path, options), options.format));
  return DONE;
}

/** The steps of a plan that a name stands for: of a stage, or one of them. */
async function stepsOf(path: string, name: string, options: Options): Promise<{ pipeline: Pipeline; steps: Step[] }> {
  const { pipeline, steps } = await planOf(path, options, [name]);
  return { pipeline, steps: steps.filter(({ id, stage }) => id === name || stage === name) };
}

/** The one step that a name stands for. */
async function stepOf(path: string, name: string, options: Options): Promise<Step> {
  const { steps } = await stepsOf(path, name, options);
  const [step, ...more] = steps;
  if (more.length === 0) return step;
  const ids = [step, ...more].slice(0, 8).map(({ id }) => id);
  throw new UsageError(`"${name}" is repeated; expected one of ${ids.join(", ")}${more.length > 7 ? ", …" : ""}`);
}

/** What the command line asks for is not there: exit code 2. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

export async function printWhy(path: string, name: string, options: Options): Promise<number> {
  const { pipeline, steps } = await stepsOf(path, name, options);
  const cache = storeOf(options);
  const lastRun = runFinder(cache.folder, pipeline.name);
  console.log(printable(steps.flatMap((step) => why(step, cache, lastRun)).join("\n")));
  return DONE;
}

export async function printLog(path: string, name: string, options: Options): Promise<number> {
  const { folder } = storeOf(options);
  const { steps } = await stepsOf(path, name, options);
  for (const { id, key } of steps) {
    const log = readLog(folder, key);
    console.error(`${id}: ${log === undefined ? "it said nothing, or has not run" : "it said"}`);
    if (log) process.stdout.write(log.endsWith("\n") ? log : `${log}\n`);
  }
  return DONE;
}

/** What the store has of a step. */
function resultOf({ id, key }: Step, cache: Cache): Found {
  const found = cache.lookup(key);
  if (found.record) return found;
  throw new UsageError(`${id} has no result yet; run it first`);
}

export async function showStep(path: string, name: string, options: Options & { rows: number }): Promise<number> {
  const step = await stepOf(path, name, options);
  const found = resultOf(step, storeOf(options));
  const { readArtifact } = await import("../artifact/artifactFile.js");
  const { showArtifact } = await import("./showArtifact.js");
  console.log(`${step.id} (${step.definition.name})`);
  console.log(printable(showArtifact(readArtifact(found.path), found, options.rows)));
  return DONE;
}

export async function exportStep(
  path: string,
  name: string,
  options: Options & { format: ExportFormat; out?: string },
): Promise<number> {
  const step = await stepOf(path, name, options);
  const { path: object } = resultOf(step, storeOf(options));
  const { readArtifact } = await import("../artifact/artifactFile.js");
  const { exportArtifact } = await import("./exportArtifact.js");
  const bytes = await exportArtifact(readArtifact(object), options.format);
  if (options.out === undefined && (options.format === "csv" || options.format === "json")) {
    process.stdout.write(bytes);
    return DONE;
  }
  const out = options.out ?? `${step.id}.${options.format}`;
  try {
    writeFileSync(out, bytes);
  } catch (error) {
    throw new UsageError(
      `${out} cannot be written (${(error as NodeJS.ErrnoException).code}); expected the path of a file`,
    );
  }
  console.log(out);
  return DONE;
}

export async function printRuns(path: string, options: Options): Promise<number> {
  const { name } = loadPipeline(path, options);
  const lines = [...runsOf(storeOf(options).folder, name)].map(({ id, started, finished, steps, failures }) => {
    const failed = Object.keys(failures).length;
    const end = finished === undefined ? "did not end" : failed > 0 ? `${failed} failed` : "done";
    return `${id.padEnd(10)}  ${started}  ${Object.keys(steps).length} steps, ${end}`;
  });
  console.log(lines.length > 0 ? lines.join("\n") : `${name} has not run here`);
  return DONE;
}

export async function printDiff(path: string, a: string, b: string, options: Options): Promise<number> {
  const { name } = loadPipeline(path, options);
  const cache = storeOf(options);
  const runs = [...runsOf(cache.folder, name)];
  const found = (id: string): RunRecord => {
    const index =
      id === "latest"
        ? 0
        : id === "previous"
          ? 1
          : runs.findIndex((run) => run.id === id || run.id.split("-")[0] === id);
    if (runs[index]) return runs[index];
    const known = runs.slice(0, 8).map((run) => run.id);
    throw new UsageError(
      `no run "${id}" of ${name}; expected latest, previous${known.map((id) => `, ${id}`).join("")}`,
    );
  };
  const { diffRuns } = await import("./diffRuns.js");
  const lines = diffRuns(found(a), found(b), cache);
  console.log(lines.length > 0 ? printable(lines.join("\n")) : "no difference");
  return DONE;
}

export async function verify(options: Options): Promise<number> {
  const { records, bytes, damaged, unreferenced } = verifyStore(storeOf(options));
  for (const message of damaged) console.log(message);
  const unused = unreferenced > 0 ? `; ${unreferenced} objects that nothing refers to, which gc removes` : "";
  console.log(
    `${records} results, ${sizeOf(bytes)}: ${damaged.length === 0 ? "all intact" : `${damaged.length} damaged, which run again when they are needed`}${unused}`,
  );
  return damaged.length === 0 ? DONE : FAILED;
}

export async function collectGarbage(
  paths: string[],
  options: Options & { keepRuns: number; yes?: boolean },
): Promise<number> {
  const cache = storeOf(options);
  const known = listRuns(cache.folder).map(({ file }) => file);
  const files = new Set([...paths.map((path) => resolve(path)), ...known.filter(existsSync)]);
  const wanted = new Set<string>();
  for (const file of files) {
    try {
      for (const { key } of (await planOf(file, {})).steps) wanted.add(key);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // Better nothing removed than what a pipeline needs whose file is being edited.
      console.error(error.message);
      console.error(`nothing was removed: ${file} cannot be read`);
      return BAD_CONFIG;
    }
  }
  const garbage = findGarbage(cache, wanted, options.keepRuns);
  const { files: unused, bytes, kept, runs } = garbage;
  console.log(
    `${kept} results are kept: wanted by ${[...files].map((file) => relative(".", file)).join(", ") || "no pipeline"}, or by the last ${options.keepRuns} runs of each`,
  );
  console.log(`${unused.length} files can go (${sizeOf(bytes)}), and the record of ${runs.length} older runs`);
  if (unused.length + runs.length === 0) return DONE;
  if (!options.yes && !(await isAgreed("remove them?"))) {
    console.log("nothing was removed; --yes removes them");
    return DONE;
  }
  removeGarbage(cache, garbage);
  console.log("removed");
  return DONE;
}

async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export async function init(path: string): Promise<number> {
  const file = /\.ya?ml$/.test(path) ? path : `${path}.yaml`;
  if (existsSync(file)) throw new UsageError(`${file} exists already; expected the name of a new file`);
  const name = pipelineName(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, starter(name));
  console.log(`${file}\nnext: cirque run ${file}`);
  return DONE;
}

export async function printStages(kind?: string): Promise<number> {
  if (kind === undefined) {
    const width = Math.max(...kinds.map((name) => name.length));
    for (const name of kinds) {
      const [firstSentence] = String(schemaOf(name).description).split(/(?<=\.) (?=[A-Z])/);
      console.log(`${name.padEnd(width)}  ${firstSentence}`);
    }
    return DONE;
  }
  if (!isModulePath(kind) && !isKind(kind)) {
    throw new UsageError(`no stage "${kind}"${suggestion(kind, kinds) || `; expected one of ${kinds.join(", ")}`}`);
  }
  const stage = isKind(kind) ? (await loadStages([kind]))[0] : await stageModule(resolve(kind));
  console.log(describeStage(stage, stage.schema ?? schemaOf(kind)));
  return DONE;
}

export async function fetchData(
  name: string,
  { to = join("data", name), ...options }: { to?: string; url?: string; extra?: boolean },
): Promise<number> {
  if (!isKnownName(name)) {
    const names = Object.keys(knownSets);
    throw new UsageError(
      `no data set "${name}" to fetch${suggestion(name, names) || `; expected one of ${names.join(", ")}`}`,
    );
  }
  await fetchDataset(knownSets[name].files, { ...options, to, report: fetchProgress(process.stderr) });
  console.log(to);
  return DONE;
}
