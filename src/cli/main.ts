#!/usr/bin/env node
/** The command line: what can be asked of Cirque. What a command needs is loaded when it is given. */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { knownSets } from "../data/knownSets.js";
import { backendNames, requireBackendName } from "../graph/backends/index.js";

const commands = () => import("./commands.js");

const DONE = 0;
const BAD_USAGE = 2;

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
  const { version, description } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const program = new Command("cirque")
    .description(description)
    .version(version)
    .exitOverride()
    .showSuggestionAfterError();
  const results = ["--results <folder>", "where results and the cache live", "results"] as const;
  const verb = (usage: string, text: string) =>
    program
      .command(usage)
      .description(text)
      .option("--set <name=value>", "override a param or the values of a matrix axis (repeatable)", collect, [])
      .option("--sweep <name=values>", "make a param a matrix axis: lr=0.1,0.01 (repeatable)", collect, [])
      .option(...results)
      .option(
        "--store-from <folder>",
        "results of others, which are only read: what they have is not run (repeatable)",
        collect,
        [],
      );

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
    .option(
      "--json",
      "print events on stdout, one JSON object a line: plan, started, progress, finished, warning, published, end",
    )
    .action(async (path, targets, options) => finish(await (await commands()).runPipeline(path, targets, options)));
  verb("check <pipeline>", "check a pipeline file without running it").action(async (path, options) =>
    finish(await (await commands()).checkPipeline(path, options)),
  );
  verb("status <pipeline> [targets...]", "say which steps are cached, stale, missing, or failed when they last ran")
    .option("--exit-code", "exit with 3 when a step would run")
    .action(async (path, targets, options) => finish(await (await commands()).printStatus(path, targets, options)));
  verb("why <pipeline> <step>", "say why a step would run: what has changed since it last did").action(
    async (path, step, options) => finish(await (await commands()).printWhy(path, step, options)),
  );
  verb("logs <pipeline> <step>", "print what a step said, and the error it ended with").action(
    async (path, step, options) => finish(await (await commands()).printLog(path, step, options)),
  );
  verb("show <pipeline> <step>", "print the columns, facts and first rows of a step's result")
    .option("--rows <n>", "how many rows", positiveInteger, 10)
    .action(async (path, step, options) => finish(await (await commands()).showStep(path, step, options)));
  verb("export <pipeline> <step>", "write a step's result in the format of other programs")
    .addOption(new Option("--format <format>", "of the file").choices(["csv", "json", "parquet", "npz"]).default("csv"))
    .option("-o, --out <file>", "where to (default: stdout for csv and json, else <step>.<format>)")
    .action(async (path, step, options) => finish(await (await commands()).exportStep(path, step, options)));
  verb("dag <pipeline>", "print the stages as a flowchart")
    .addOption(new Option("--format <format>", "of the chart").choices(["mermaid", "dot", "svg"]).default("mermaid"))
    .action(async (path, options) => finish(await (await commands()).printDag(path, options)));
  verb("runs <pipeline>", "list the runs of a pipeline, the latest first").action(async (path, options) =>
    finish(await (await commands()).printRuns(path, options)),
  );
  verb("diff <pipeline> <run> <run>", "print what two runs differ by (latest, previous or an id of `runs`)").action(
    async (path, a, b, options) => finish(await (await commands()).printDiff(path, a, b, options)),
  );
  program
    .command("gc [pipelines...]")
    .description("remove what neither these pipelines, those that have run here, nor their last runs refer to")
    .option(...results)
    .option("--keep-runs <n>", "how many runs of each pipeline are kept", positiveInteger, 10)
    .option("--yes", "do not ask")
    .action(async (paths, options) => finish(await (await commands()).collectGarbage(paths, options)));
  program
    .command("verify")
    .description("read everything in the cache and compare its hashes")
    .option(...results)
    .action(async (options) => finish(await (await commands()).verify(options)));
  program
    .command("init <pipeline>")
    .description("write a pipeline file to begin with")
    .action(async (path) => finish(await (await commands()).init(path)));
  program
    .command("stages [kind]")
    .description("list the stage kinds, or describe one with its parameters")
    .action(async (kind) => finish(await (await commands()).printStages(kind)));
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
    .action(async (name, options) => finish(await (await commands()).fetchData(name, options)));
  return program;
}

try {
  await commandLine((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? DONE : BAD_USAGE;
  } else {
    const known = error instanceof Error ? error : new Error(String(error));
    const { exitCodeOf } = await commands();
    process.exitCode = exitCodeOf(known);
    const advice = process.exitCode > 128 ? "; finished steps and pieces are kept, run again to go on" : "";
    console.error(`${known.message}${advice}`);
  }
}
