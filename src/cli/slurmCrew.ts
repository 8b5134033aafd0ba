/** The crew of Slurm workers of a pipeline: what `run --executor slurm`, `attach`, `cancel` and `work` share. */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Allotment, nameOf } from "../pipeline/allotment.js";
import type { Plan } from "../pipeline/plan.js";
import type { Executor } from "../run/executor.js";
import { type Crew, crewIn, crewOf, type Submission } from "../run/executors/slurm/crew.js";
import { driver } from "../run/executors/slurm/driver.js";
import { type Queue, slurmQueue } from "../run/executors/slurm/queue.js";
import { batchScript } from "../run/executors/slurm/script.js";
import { slurmExecutor } from "../run/executors/slurm.js";
import type { Store } from "../store/store.js";
import { UsageError } from "./exitCodes.js";
import type { Options } from "./planned.js";

export interface CrewOptions extends Options {
  backend: string;
  /** The most workers at once. */
  workers: number;
  /** The seconds between two questions to the queue, and for which a worker stays without work. */
  poll: number;
  detach?: boolean;
}

const program = fileURLToPath(new URL("./main.js", import.meta.url));

/** The crew of a pipeline with these options: runs with the same ones, from any node, share it. */
export function crewFor(path: string, targets: string[], options: Options, store: Store, pipeline: string) {
  const { set = [], sweep = [] } = options;
  const crew = crewOf(store.folder, pipeline, [resolve(path), targets, set, sweep]);
  return { crew, queue: slurmQueue(`cirque-${crew.name}`) };
}

/** The script of a submission. */
function scriptFor(path: string, targets: string[], options: CrewOptions, crew: Crew, submission: Submission): string {
  const { token, allotment } = submission;
  const { set = [], sweep = [], storeFrom = [], backend, poll } = options;
  const each = (option: string, values: readonly unknown[]) => values.flatMap((value) => [option, String(value)]);
  const command = [
    ...[process.execPath, ...process.execArgv, program, "work", resolve(path), ...targets],
    ...each("--set", set),
    ...each("--sweep", sweep),
    ...each(
      "--store-from",
      storeFrom.map((folder) => resolve(folder)),
    ),
    // The store is .cache of the results.
    ...["--results", resolve(crew.folder, "../../.."), "--backend", backend, "-j", String(allotment.cpus)],
    ...["--idle", String(poll), "-q", "--crew", join(resolve(crew.folder), "submissions", `${token}.json`)],
  ];
  const facts = { name: `cirque-${crew.name}`, token, logs: resolve(crew.logs), cwd: process.cwd(), command };
  return batchScript(allotment, facts);
}

/** The scripts that would be submitted, one for each allotment of a plan. */
export function scriptsOf(path: string, targets: string[], options: CrewOptions, plan: Plan, store: Store): string {
  const { crew } = crewFor(path, targets, options, store, plan.pipeline.name);
  const all = plan.steps.map(({ allotment = plan.pipeline.allotment }) => [nameOf(allotment), allotment] as const);
  return [...new Map<string, Allotment>(all).values()]
    .map((allotment) => scriptFor(path, targets, options, crew, { token: "<token>", allotment, count: 1 }))
    .join("\n");
}

/** What `run` needs to leave the steps to a crew. */
export interface CrewRun {
  crew: Crew;
  queue: Queue;
  say(text: string): void;
  /** Ends the run by an error, or because it leaves. */
  end(reason: Error): void;
}

/** The run may leave: the workers that there is work for are submitted. */
class Detached extends Error {
  override readonly name = "Detached";
}

export function crewExecutor(
  path: string,
  targets: string[],
  options: CrewOptions,
  plan: Plan,
  store: Store,
  { crew, queue, say, end }: CrewRun,
): Executor {
  const { detach: isDetached = false, workers: most, poll } = options;
  const steers = driver({
    crew,
    queue,
    most,
    interval: 1000 * poll,
    allotment: plan.pipeline.allotment,
    isDetached,
    scriptOf: (submission) => scriptFor(path, targets, options, crew, submission),
    requireWritable: () => store.requireWritable(),
    say,
  });
  const onServed = () => {
    if (isDetached) end(new Detached("the workers go on; `cirque attach` follows them, `cirque cancel` ends them"));
  };
  return slurmExecutor(store, { crew, driver: steers, onFailure: end, onServed, isDetached });
}

/** The crew and the submission that a worker belongs to, by the file of the latter. */
export function memberOf(file: string, store: Store): { crew: Crew; submission: Submission } {
  const crew = crewIn(store.folder, basename(dirname(dirname(file))));
  try {
    return { crew, submission: crew.submission(basename(file, ".json")) };
  } catch (error) {
    throw new UsageError(`--crew ${file} cannot be read: ${(error as Error).message}`);
  }
}
