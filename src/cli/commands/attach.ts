/** `cirque attach`: follows the workers that `run --executor slurm` has submitted, and submits successors. */
import { UsageError } from "../exitCodes.js";
import { planOf, storeOf } from "../planned.js";
import { type CrewOptions, crewFor } from "../slurmCrew.js";
import { nothingSubmitted } from "./cancel.js";
import { run } from "./run.js";

export async function attach(
  path: string,
  targets: string[],
  options: CrewOptions & { jobs: number },
): Promise<number> {
  const { pipeline } = await planOf(path, options, targets);
  const { crew } = crewFor(path, targets, options, storeOf(options, path), pipeline.name);
  if (crew.submissions().length === 0) throw new UsageError(nothingSubmitted(path));
  return run(path, targets, { ...options, executor: "slurm", isAttached: true });
}
