/** `cirque export`: writes the result of a step in the format of another program. */
import { writeFileSync } from "node:fs";
import type { Artifact } from "../../artifact/artifact.js";
import { readArtifact } from "../../artifact/artifactFile.js";
import type { Step } from "../../pipeline/step.js";
import type { Store } from "../../store/store.js";
import { withArticle } from "../../text/words.js";
import { DONE, UsageError } from "../exitCodes.js";
import type { ExportFormat } from "../export/formatNames.js";
import { endingsOf, exportArtifact, exportEndings, formatOfEnding, needsGrid, usualFormat } from "../exportArtifact.js";
import { type Options, resultOf, stepOf, stepsOf, storeOf } from "../planned.js";

const STDOUT = "-";

export async function exportResult(
  path: string,
  name: string,
  options: Options & { format?: ExportFormat; out?: string; graph?: string; batch?: string },
): Promise<number> {
  const byEnding = formatFor(options);
  const step = await stepOf(path, name, options);
  const store = storeOf(options, path);
  const artifact = readArtifact(resultOf(step, store).path);
  const isGraph = options.out?.endsWith(".onnx") ?? false;
  if (!isGraph && (options.graph ?? options.batch) !== undefined) {
    throw new UsageError("--graph and --batch need an ONNX file; set -o to a name that ends in .onnx");
  }
  const format = byEnding ?? usualFormat(artifact.kind);
  const isPicture = format === "svg" || format === "png" || format === "pdf";
  if (isPicture && !isGraph && artifact.kind !== "figure") {
    const found = `the format ${format} needs a figure; ${step.id} is ${withArticle(artifact.kind)}`;
    throw new UsageError(`${found}; ${await pictureOf(path, step, options)}`);
  }
  const bytes = isGraph
    ? await onnxOf(artifact, step.id, options)
    : await exported(artifact, format, needsGrid(format) ? gridBefore(step, store) : undefined);
  const out = options.out ?? (format === "csv" || format === "json" ? STDOUT : `${step.id}.${format}`);
  if (out === STDOUT) {
    process.stdout.write(bytes);
    return DONE;
  }
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

/** The requested format, by name or by the file's extension. Throws UsageError for an unknown extension. */
function formatFor({ format, out }: { format?: ExportFormat; out?: string }): ExportFormat | undefined {
  if (out === undefined || out === STDOUT || out.endsWith(".onnx")) return format;
  const found = formatOfEnding(out);
  if (format !== undefined) {
    const [fitting, ending] = [endingsOf(format), found && out.slice(out.lastIndexOf("."))];
    if (ending === undefined || fitting.length === 0 || fitting.includes(ending.toLowerCase())) return format;
    throw new UsageError(`-o ${out} ends in ${ending}, but --format is ${format}; expected ${fitting.join(" or ")}`);
  }
  if (found) return found;
  throw new UsageError(`-o ${out} has an unknown extension; expected ${exportEndings.join(", ")}, or --format`);
}

/** Names the picture of a result: the step by which a report draws it, if there is one. */
async function pictureOf(path: string, { id, stage }: Step, options: Options): Promise<string> {
  const drawn = `${stage}:figure`;
  const wanted = drawn + id.slice(stage.length);
  const steps = await stepsOf(path, drawn, options).then(
    (found) => found.steps,
    () => [],
  );
  return steps.some((step) => step.id === wanted) ? `export "${wanted}"` : "add a figure stage that draws it";
}

async function exported(artifact: Artifact, format: ExportFormat, grid: Artifact | undefined): Promise<Uint8Array> {
  try {
    return await exportArtifact(artifact, format, grid);
  } catch (error) {
    throw new UsageError(`format ${format}: ${(error as Error).message}`);
  }
}

/** The nearest grid among the inputs of a step, if its result is in the store. */
function gridBefore(step: Step, store: Store): Artifact | undefined {
  for (let steps = Object.values(step.inputs).flat(); steps.length > 0; ) {
    const grid = steps.find(({ definition }) => definition.output === "grid");
    const found = grid && store.lookup(grid.key);
    if (found?.record) return readArtifact(found.path);
    steps = steps.flatMap(({ inputs }) => Object.values(inputs).flat());
  }
  return undefined;
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
  if (of.kind !== "model")
    throw new UsageError(`${label} is ${withArticle(of.kind)}; only models can be written as ONNX files`);
  const count = Number(batch);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`--batch is "${batch}"; expected a number of samples`);
  try {
    return await modelGraph(of, what, { batch: count });
  } catch (error) {
    throw new UsageError(`${label}: ${(error as Error).message}`);
  }
}
