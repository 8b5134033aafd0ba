/** `cirque cancel`: ends the workers that `run --executor slurm` has submitted. */
import { DONE, UsageError } from "../exitCodes.js";
import { type Options, planOf, storeOf } from "../planned.js";
import { crewFor } from "../slurmCrew.js";

export async function cancel(path: string, targets: string[], options: Options): Promise<number> {
  const { pipeline } = await planOf(path, options, targets);
  const { crew, queue } = crewFor(path, targets, options, storeOf(options, path), pipeline.name);
  if (crew.submissions().length === 0) throw new UsageError(nothingSubmitted(path));
  await queue.cancel();
  console.error("its workers are cancelled; finished steps and pieces are kept");
  return DONE;
}

export function nothingSubmitted(path: string): string {
  return `no workers were submitted for ${path} with these options; expected those of \`run --executor slurm\``;
}
