#!/usr/bin/env node
/** The command line: what Cirque does, in order. Results on stdout, progress on stderr. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { stages } from "../stages/index.js";
import { openCache } from "./cache.js";
import { isModulePath, loadPipeline } from "./config.js";
import { ConfigError } from "./configFile.js";
import { mermaid } from "./dag.js";
import { fetchDataset } from "./data/fetch/fetchDataset.js";
import { isKnownName, knownSets } from "./data/knownSets.js";
import { fetchProgress } from "./fetchProgress.js";
import { backendNames, requireBackendName, threadLimit } from "./graph/backends/index.js";
import { suggestion } from "./nearestName.js";
import { schemaOf } from "./parameters.js";
import { type Plan, plan, select } from "./plan.js";
import { progressReporter } from "./progress.js";
import { publish } from "./publish.js";
import { inspect, type Outcome, run } from "./run.js";
import { describeStage } from "./stageHelp.js";
import { stageModule, withModules } from "./stageModule.js";

interface Options {
  set: string[];
  sweep: string[];
  results: string;
  jobs: number;
  dryRun?: boolean;
  force?: boolean;
  failFast?: boolean;
  quiet?: boolean;
  backend: string;
  exitCode?: boolean;
}

interface FetchFlags {
  to?: string;
  url?: string;
  extra?: boolean;
}

const DONE = 0;
const FAILED = 1;
const BAD_CONFIG = 2;
const STALE = 3;
const INTERRUPTED = 130;

/** All steps of a pipeline as the options change it, those of the targets where there are any. */
async function planOf(path: string, options: Options, targets: string[] = []): Promise<Plan> {
  const pipeline = loadPipeline(path, options);
  return select(plan(pipeline, await withModules(pipeline, stages)), targets);
}

async function runPipeline(path: string, targets: string[], options: Options): Promise<number> {
  process.env.CIRQUE_BACKEND = options.backend;
  const steps = await planOf(path, options, targets);
  const { pipeline } = steps;
  const cache = openCache(join(options.results, ".cache"));
  if (options.dryRun) return printStatus(path, targets, options);

  const interrupt = new AbortController();
  process.once("SIGINT", () => {
    console.error("\nstopping; Ctrl+C again stops at once");
    interrupt.abort(new Error("interrupted"));
  });
  process.once("SIGTERM", () => interrupt.abort(new Error("terminated")));
  const onEvent = progressReporter(process.stderr, pipeline.name, options.quiet);
  const jobs = Math.min(options.jobs, threadLimit(options.backend));
  const outcomes = await run(steps, cache, { ...options, jobs, onEvent, signal: interrupt.signal });
  const folder = join(options.results, pipeline.name);
  const { reports, files } = publish(steps, outcomes, folder, targets.length === 0);
  for (const file of reports.length > 0 ? reports : files) console.log(file);
  return summarize(outcomes);
}

/** Says what failed, if anything did. */
function summarize(outcomes: Outcome[]): number {
  const failed = outcomes.filter(({ state }) => state === "failed");
  const blocked = outcomes.filter(({ state }) => state === "blocked");
  if (failed.length === 0 && blocked.length === 0) return DONE;
  const ids = (list: Outcome[]) => list.map(({ step }) => step.id).join(", ");
  console.error(`${failed.length} failed: ${ids(failed)}`);
  if (blocked.length > 0) console.error(`${blocked.length} not run because of that: ${ids(blocked)}`);
  console.error("run again to repeat only these");
  return FAILED;
}

async function checkPipeline(path: string, options: Options): Promise<number> {
  const { pipeline, steps } = await planOf(path, options);
  console.log(`${path}: ok, ${pipeline.stages.length} stages, ${steps.length} steps`);
  return DONE;
}

async function printStatus(path: string, targets: string[], options: Options): Promise<number> {
  const steps = await planOf(path, options, targets);
  const { hits, warnings } = inspect(steps, openCache(join(options.results, ".cache")));
  for (const message of warnings) console.error(`warning ${message}`);
  const width = Math.max(...steps.steps.map(({ id }) => id.length));
  for (const { id, definition } of steps.steps) {
    console.log(`${hits.has(id) ? "cached" : "to run"}  ${id.padEnd(width)}  ${definition.name}`);
  }
  console.log(`${hits.size} cached, ${steps.steps.length - hits.size} to run`);
  return options.exitCode && hits.size < steps.steps.length ? STALE : DONE;
}

async function printStages(kind?: string): Promise<number> {
  if (kind === undefined) {
    const width = Math.max(...stages.map(({ name }) => name.length));
    for (const { name } of stages) {
      const [firstSentence] = String(schemaOf(name).description).split(/(?<=\.) /);
      console.log(`${name.padEnd(width)}  ${firstSentence}`);
    }
    return DONE;
  }
  const stage = isModulePath(kind) ? await stageModule(resolve(kind)) : stages.find(({ name }) => name === kind);
  if (stage === undefined) {
    const names = stages.map(({ name }) => name);
    console.error(`no stage "${kind}"${suggestion(kind, names) || `; expected one of ${names.join(", ")}`}`);
    return BAD_CONFIG;
  }
  console.log(describeStage(stage, stage.schema ?? schemaOf(kind)));
  return DONE;
}

async function fetchData(name: string, { to = join("data", name), ...options }: FetchFlags): Promise<number> {
  if (!isKnownName(name)) {
    const names = Object.keys(knownSets);
    console.error(
      `no data set "${name}" to fetch${suggestion(name, names) || `; expected one of ${names.join(", ")}`}`,
    );
    return BAD_CONFIG;
  }
  await fetchDataset(knownSets[name].files, { ...options, to, report: fetchProgress(process.stderr) });
  console.log(to);
  return DONE;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number of 1 or more");
  return value;
}

/** The name of a backend; nothing, as of an empty variable, stands for the default. */
function backendName(text: string): string {
  const name = text || backendNames[0];
  try {
    requireBackendName(name);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return name;
}

const collect = (value: string, earlier: string[]) => [...earlier, value];

function commandLine(finish: (code: number) => void): Command {
  const { version, description } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const program = new Command("cirque")
    .description(description)
    .version(version)
    .exitOverride()
    .showSuggestionAfterError();
  const verb = (usage: string, text: string) =>
    program
      .command(usage)
      .description(text)
      .option("--set <name=value>", "override a param or the values of a matrix axis (repeatable)", collect, [])
      .option(
        "--sweep <name=values>",
        "give a param or a matrix axis these values: lr=0.1,0.01 (repeatable)",
        collect,
        [],
      )
      .option("--results <folder>", "where results and the cache live", "results");

  verb("run <pipeline> [targets...]", "bring a pipeline's results up to date and publish them")
    .option("-j, --jobs <n>", "worker threads (webgpu: one)", positiveInteger, availableParallelism())
    .option("-n, --dry-run", "only say what would run")
    .option("--force", "run every step, whatever is cached")
    .option("--fail-fast", "stop at the first failure")
    .addOption(
      new Option("--backend <name>", `what computes: ${backendNames.join(", ")}`)
        .env("CIRQUE_BACKEND")
        .default(backendNames[0])
        .argParser(backendName),
    )
    .option("-q, --quiet", "no progress")
    .action(async (path, targets, options) => finish(await runPipeline(path, targets, options)));
  verb("check <pipeline>", "check a pipeline file without running it").action(async (path, options) =>
    finish(await checkPipeline(path, options)),
  );
  verb("status <pipeline> [targets...]", "say which steps are cached and which would run")
    .option("--exit-code", `exit with ${STALE} when a step would run`)
    .action(async (path, targets, options) => finish(await printStatus(path, targets, options)));
  verb("dag <pipeline>", "print the stages as a mermaid flowchart").action(async (path, options) => {
    console.log(mermaid(await planOf(path, options)));
    finish(DONE);
  });
  program
    .command("stages [kind]")
    .description("list the stage kinds, or describe one with its parameters")
    .action(async (kind) => finish(await printStages(kind)));
  program
    .command("data")
    .description("data sets for the stage load-data")
    .command("fetch <name>")
    .description(
      `download a data set, go on with what is there, compare checksums: ${Object.keys(knownSets).join(", ")}`,
    )
    .option("--to <folder>", "where its files go (default: data/<name>)")
    .option("--url <address>", "a mirror that has the files under the same names")
    .option("--extra", "also the files that few need (svhn: the split extra, 1.3 GB)")
    .action(async (name, options) => finish(await fetchData(name, options)));
  return program;
}

try {
  await commandLine((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? DONE : BAD_CONFIG;
  } else if (error instanceof ConfigError) {
    console.error(error.message);
    process.exitCode = BAD_CONFIG;
  } else if (error instanceof Error && (error.message === "interrupted" || error.message === "terminated")) {
    console.error(`${error.message}; finished steps and pieces are kept, run again to go on`);
    process.exitCode = error.message === "interrupted" ? INTERRUPTED : 143;
  } else {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = FAILED;
  }
}
