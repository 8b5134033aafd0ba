/** `cirque export`: a step's result in the format of other programs. */
import { writeFileSync } from "node:fs";
import type { Artifact } from "../../artifact/artifact.js";
import { readArtifact } from "../../artifact/artifactFile.js";
import { DONE, UsageError } from "../exitCodes.js";
import { type ExportFormat, exportArtifact } from "../exportArtifact.js";
import { type Options, resultOf, stepOf, storeOf } from "../planned.js";

export async function exportResult(
  path: string,
  name: string,
  options: Options & { format: ExportFormat; out?: string; graph?: string; batch?: string },
): Promise<number> {
  const step = await stepOf(path, name, options);
  const { path: object } = resultOf(step, storeOf(options, path));
  const isGraph = options.out?.endsWith(".onnx") ?? false;
  if (!isGraph && (options.graph ?? options.batch) !== undefined) {
    throw new UsageError("--graph and --batch are for ONNX files; give a name that ends in .onnx by -o");
  }
  const bytes = isGraph
    ? await onnxOf(readArtifact(object), step.id, options)
    : await exportArtifact(readArtifact(object), options.format);
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

/** A model as an ONNX graph. */
async function onnxOf(
  of: Artifact,
  label: string,
  { graph = "forward", batch = "1" }: { graph?: string; batch?: string },
): Promise<Uint8Array> {
  const { modelGraph, modelGraphs } = await import("../../../stages/inputs/modelGraph.js");
  const what = modelGraphs.find((own) => own === graph);
  if (what === undefined) throw new UsageError(`--graph is "${graph}"; expected ${modelGraphs.join(", ")}`);
  if (of.kind !== "model") throw new UsageError(`${label} is a ${of.kind}; only models are written as ONNX files`);
  const count = Number(batch);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`--batch is "${batch}"; expected a number of samples`);
  try {
    return await modelGraph(of, what, { batch: count });
  } catch (error) {
    throw new UsageError(`${label}: ${(error as Error).message}`);
  }
}
