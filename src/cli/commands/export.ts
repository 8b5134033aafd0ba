/** `cirque export`: a step's result in the format of other programs. */
import { writeFileSync } from "node:fs";
import { readArtifact } from "../../artifact/artifactFile.js";
import { DONE, UsageError } from "../exitCodes.js";
import { type ExportFormat, exportArtifact } from "../exportArtifact.js";
import { type Options, resultOf, stepOf, storeOf } from "../planned.js";

export async function exportResult(
  path: string,
  name: string,
  options: Options & { format: ExportFormat; out?: string },
): Promise<number> {
  const step = await stepOf(path, name, options);
  const { path: object } = resultOf(step, storeOf(options));
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
