/** The command line: every command with its options. The code of a command is loaded when you use it. */
import { Command, InvalidArgumentError, Option } from "commander";
import { knownSets } from "../data/knownSets.js";
import { backendNames, requireBackendName } from "../graph/backends/names.js";
import { cores } from "../run/cores.js";
import { executorNames } from "../run/executors/names.js";
import { secondsOf } from "../text/duration.js";
import { exportFormats } from "./export/formatNames.js";

type Finish = (code: number) => void;

const results = [
  "--results <folder>",
  "folder of the results and the cache (default: results/ of the project: the nearest folder above with .git or package.json)",
] as const;
const repeatable = (value: string, earlier: string[]) => [...earlier, value];

/** A command that takes a pipeline file, with the options that all of these have. */
/** The file that commands mean when they are not given one. */
const USUAL_FILE = "pipeline.yaml";

function withUsualFile(command: Command): Command {
  const [pipeline] = command.registeredArguments;
  if (!pipeline.required) pipeline.default(USUAL_FILE).description = "pipeline file";
  return command;
}

/** A command for one pipeline, by default the usual file. */
function pipelineCommand(program: Command, usage: string, text: string): Command {
  return withPlanOptions(withUsualFile(program.command(usage)).description(text));
}

/** The options that determine what a pipeline is and where its results are. */
function withPlanOptions(command: Command): Command {
  return command
    .option("--set <name=value>", "override a param or the values of a matrix axis (repeatable)", repeatable, [])
    .option("--sweep <name=values>", "make a param a matrix axis: lr=0.1,0.01 (repeatable)", repeatable, [])
    .option(...results)
    .option(
      "--store-from <folder>",
      "use results of other runs, read-only, instead of computing them again (repeatable)",
      repeatable,
      [],
    );
}

function backendOption(): Option {
  return new Option("--backend <name>", `compute backend: ${backendNames.join(", ")}`)
    .env("CIRQUE_BACKEND")
    .default(backendNames[0])
    .argParser(backendName);
}

function duration(text: string): number {
  const seconds = secondsOf(text);
  if (Number.isNaN(seconds)) throw new InvalidArgumentError("expected a duration: 90, 90s, 10m, 2h");
  return seconds;
}

/** The commands that run a pipeline, and those that report its state. */
function addRunning(program: Command, finish: Finish): void {
  pipelineCommand(program, "run [pipeline] [targets...]", "bring a pipeline's results up to date and publish them")
    .option("-j, --jobs <n>", "worker threads (webgpu: one)", positiveInteger, cores())
    .option("-n, --dry-run", "only print which steps would run")
    .option("--force", "run every step, even if it is cached")
    .option("--fail-fast", "stop at the first failure")
    .addOption(new Option("--executor <name>", "where steps run").choices(executorNames).default("local"))
    .addOption(workersOption())
    .addOption(pollOption())
    .option("--detach", "slurm: submit workers and leave")
    .option("--print-script", "slurm: print what would be submitted")
    .addOption(backendOption())
    .option("-q, --quiet", "no progress")
    .option("--open", "show the run in the browser as it goes on, like `cirque open`, until Ctrl+C")
    .option(
      "--json",
      "print events on stdout, one JSON object per line: plan, started, progress, finished, warning, published, end",
    )
    .action(async (path, targets, options) => {
      const { run } = await import("./commands/run.js");
      finish(await run(path, targets, options));
    });
  pipelineCommand(
    program,
    "work [pipeline] [targets...]",
    "compute ready steps that no other process computes, on any machine that shares the results folder",
  )
    .option("-j, --jobs <n>", "worker threads (webgpu: one)", positiveInteger, cores())
    .option("--wait", "stay until the pipeline is complete")
    .option("--idle <duration>", "how long to stay while others compute all that is ready: 90s, 10m, 2h", duration, 10)
    .addOption(new Option("--crew <file>", "the submission that started this worker").hideHelp())
    .addOption(backendOption())
    .option("-q, --quiet", "no progress")
    .action(async (path, targets, options) => {
      const { work } = await import("./commands/work.js");
      finish(await work(path, targets, options));
    });
  pipelineCommand(program, "check [pipeline]", "check a pipeline file without running it").action(
    async (path, options) => {
      const { check } = await import("./commands/check.js");
      finish(await check(path, options));
    },
  );
  pipelineCommand(
    program,
    "status [pipeline] [targets...]",
    "print which steps are cached, stale, missing, or failed in their last run",
  )
    .option("--exit-code", "exit with 3 when a step would run")
    .action(async (path, targets, options) => {
      const { status } = await import("./commands/status.js");
      finish(await status(path, targets, options));
    });
  pipelineCommand(
    program,
    "why <pipeline> <step>",
    "explain why a step would run: what has changed since its last run",
  ).action(async (path, step, options) => {
    const { why } = await import("./commands/why.js");
    finish(await why(path, step, options));
  });
  pipelineCommand(program, "dag [pipeline]", "print the stages as a flowchart")
    .addOption(
      new Option("--format <format>", "format of the chart").choices(["mermaid", "dot", "svg"]).default("mermaid"),
    )
    .action(async (path, options) => {
      const { dag } = await import("./commands/dag.js");
      finish(await dag(path, options));
    });
}

/** What deals with workers on a cluster. */
function addCluster(program: Command, finish: Finish): void {
  pipelineCommand(
    program,
    "attach [pipeline] [targets...]",
    "follow the workers of `run --executor slurm`, given its other options again, and publish",
  )
    .addOption(workersOption())
    .addOption(pollOption())
    .addOption(backendOption())
    .option("-q, --quiet", "no progress")
    .action(async (path, targets, options) => {
      const { attach } = await import("./commands/attach.js");
      finish(await attach(path, targets, { ...options, jobs: cores() }));
    });
  pipelineCommand(program, "cancel [pipeline] [targets...]", "end the workers of `run --executor slurm`").action(
    async (path, targets, options) => {
      const { cancel } = await import("./commands/cancel.js");
      finish(await cancel(path, targets, options));
    },
  );
}

function workersOption(): Option {
  return new Option("--workers <n>", "slurm: the most workers at once").default(32).argParser(positiveInteger);
}

function pollOption(): Option {
  return new Option("--poll <duration>", "slurm: the time between two questions to its queue")
    .default(30, "30s")
    .argParser((text) => {
      const seconds = duration(text);
      if (seconds < 1) throw new InvalidArgumentError("expected one second at least");
      return seconds;
    });
}

/** What reads the results of runs. */
function addReading(program: Command, finish: Finish): void {
  pipelineCommand(program, "open [pipeline]", "show the report in the browser, live while a run goes on, until Ctrl+C")
    .option("--port <n>", "on 127.0.0.1 (default: any that is free)", positiveInteger, 0)
    .action(async (path, options) => {
      const { open } = await import("./commands/open.js");
      finish(await open(path, options));
    });
  pipelineCommand(program, "logs <pipeline> <step>", "print what a step said, and the error it ended with").action(
    async (path, step, options) => {
      const { logs } = await import("./commands/logs.js");
      finish(await logs(path, step, options));
    },
  );
  pipelineCommand(program, "show <pipeline> <step>", "print the columns, facts and first rows of a step's result")
    .option("--rows <n>", "number of rows", positiveInteger, 10)
    .action(async (path, step, options) => {
      const { show } = await import("./commands/show.js");
      finish(await show(path, step, options));
    });
  pipelineCommand(program, "export <pipeline> <step>", "write a step's result in the format of other programs")
    .addOption(
      new Option("--format <format>", "format of the file (default: by its extension)").choices([...exportFormats]),
    )
    .option(
      "-o, --out <file>",
      "output file (default: stdout for csv and json, otherwise <step>.<format>); .onnx for a model's graph",
    )
    .option("--graph <what>", "content of an .onnx file: forward (default), loss, gradient or hessian-vector-product")
    .option("--batch <n>", "number of samples that the graph takes at once (default: 1)")
    .action(async (path, step, options) => {
      const { exportResult } = await import("./commands/export.js");
      finish(await exportResult(path, step, options));
    });
  pipelineCommand(program, "runs [pipeline]", "list the runs of a pipeline, the latest first")
    .option("--profile [run]", "where the time of a run went, by stage and step (default: the latest)")
    .action(async (path, options) => {
      const { runs } = await import("./commands/runs.js");
      finish(await runs(path, options));
    });
  pipelineCommand(
    program,
    "diff <pipeline> <run> <run>",
    "print how two runs differ (latest, previous or an id of `runs`)",
  ).action(async (path, a, b, options) => {
    const { diff } = await import("./commands/diff.js");
    finish(await diff(path, a, b, options));
  });
}

/** The commands that maintain the store. */
function addStore(program: Command, finish: Finish): void {
  program
    .command("gc [pipelines...]")
    .description(
      "remove results that are not used by these pipelines, by pipelines that have run here, or by their last runs",
    )
    .option(...results)
    .option("--keep-runs <n>", "number of runs of each pipeline to keep", positiveInteger, 10)
    .option("-n, --dry-run", "only list what would be removed")
    .option("--yes", "do not ask")
    .action(async (paths, options) => {
      const { gc } = await import("./commands/gc.js");
      finish(await gc(paths, options));
    });
  withPlanOptions(program.command("verify [pipeline]"))
    .description("read everything in the cache and compare its hashes")
    .option("--recompute <n>", "compute this many steps of the pipeline again, at random, and compare", positiveInteger)
    .option(
      "--tolerance <share>",
      "allowed difference of a recomputed number, as a share of the column's largest",
      share,
      1e-4,
    )
    .option("-j, --jobs <n>", "worker threads (webgpu: one)", positiveInteger, cores())
    .addOption(backendOption())
    .action(async (path, options) => {
      const { verify } = await import("./commands/verify.js");
      finish(await verify(path, options));
    });
}

/** The commands that help you write a pipeline. */
function addWriting(program: Command, finish: Finish): void {
  withUsualFile(program.command("init [pipeline]"))
    .description("write a pipeline file to start from; --model and --data use your own trained network")
    .option("--model <file>", "an ONNX file")
    .option("--data <file>", "an .npz file with the samples of the loss, as the arrays x and y")
    .action(async (path, options) => {
      const { init } = await import("./commands/init.js");
      finish(await init(path, options));
    });
  program
    .command("stages [kind]")
    .description("list the stage kinds, or describe one with its parameters")
    .action(async (kind) => {
      const { stages } = await import("./commands/stages.js");
      finish(await stages(kind));
    });
  program
    .command("data")
    .description("data sets for the stage load-data")
    .command("fetch <name>")
    .description(
      `download a data set, continue a broken download, compare checksums: ${Object.keys(knownSets).join(", ")}`,
    )
    .option("--to <folder>", "folder for its files (default: data/<name>)")
    .option("--url <address>", "a mirror with files of the same names")
    .option("--extra", "also download the files that few need (svhn: the split extra, 1.3 GB)")
    .action(async (name, options) => {
      const { dataFetch } = await import("./commands/dataFetch.js");
      finish(await dataFetch(name, options));
    });
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number of 1 or more");
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value < 1)) throw new InvalidArgumentError("expected a number from 0 to 1");
  return value;
}

/** The name of a backend. An empty text, such as the value of an empty variable, stands for the default. */
function backendName(text: string): string {
  const name = text || backendNames[0];
  try {
    requireBackendName(name);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return name;
}

/** The program. `finish` gets the exit code of the command. */
export function commandLine(description: string, version: string, finish: Finish): Command {
  const program = new Command("cirque")
    .description(description)
    .version(version)
    .exitOverride()
    .showSuggestionAfterError();
  for (const add of [addRunning, addCluster, addReading, addStore, addWriting]) add(program, finish);
  return program;
}
