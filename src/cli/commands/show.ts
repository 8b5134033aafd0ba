/** `cirque show`: prints the columns, facts and first rows of a step's result. */
import { readArtifact } from "../../artifact/artifactFile.js";
import { printable } from "../../text/printable.js";
import { DONE } from "../exitCodes.js";
import { type Options, resultOf, stepOf, storeOf } from "../planned.js";
import { showArtifact } from "../showArtifact.js";

export async function show(path: string, name: string, options: Options & { rows: number }): Promise<number> {
  const step = await stepOf(path, name, options);
  const found = resultOf(step, storeOf(options, path));
  console.log(`${step.id} (${step.definition.name})`);
  console.log(printable(showArtifact(readArtifact(found.path), found, options.rows)));
  return DONE;
}
