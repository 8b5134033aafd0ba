/** Stages from the user's own modules: `uses: ./my-stage.js`. */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { type ArtifactKind, artifactKinds } from "../artifact/artifact.js";
import type { Stage } from "../stage.js";
import { hashFile } from "../store/contentHash.js";
import type { Fault } from "../text/fault.js";
import { listed, shown } from "../text/words.js";
import { isModulePath } from "./config.js";
import { configError } from "./configFile.js";
import { moduleImports } from "./moduleImports.js";
import type { Pipeline } from "./pipeline.js";
import { validate } from "./validateParameters.js";

/**
 * These stages and those that the pipeline and its imports take from modules. Throws ConfigError for a module without a
 * stage.
 */
export async function withModules(pipeline: Pipeline, stages: readonly Stage[]): Promise<readonly Stage[]> {
  const all = new Map<string, Stage>();
  for (const { pipeline: other } of pipeline.imports) {
    for (const stage of await withModules(other, [])) all.set(stage.module?.path as string, stage);
  }
  const faults: Fault[] = [];
  for (const { name, uses } of pipeline.stages) {
    if (!isModulePath(uses) || all.has(uses)) continue;
    try {
      all.set(uses, await stageModule(uses));
    } catch (error) {
      const message = `${name} uses ${uses}: ${(error as Error).message}`;
      faults.push({ path: ["stages", name, "uses"], message });
    }
  }
  if (faults.length > 0) throw configError(pipeline.file, faults);
  return [...stages, ...all.values()];
}

/**
 * The default export of a module as a stage. Its content is part of the key of every step that uses it, and so are the
 * files that it imports by relative paths. Throws Error when there is no such file, or no stage in it.
 */
export async function stageModule(path: string): Promise<Stage> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new Error("no such file; expected a JavaScript module that exports a stage by default");
  }
  const sha256 = hashFile(path);
  // A module that was edited since it was loaded is a different one.
  const { default: stage } = (await import(`${pathToFileURL(path)}?${sha256}`)) as { default?: Stage };
  const fault = faultOf(stage);
  if (stage === undefined || fault) throw new Error(fault);
  const module = { path, sha256, imports: moduleImports(path) };
  return { ...stage, name: stage.name ?? basename(path), schema: stage.schema ?? anything, module };
}

const anything = { type: "object" };

function faultOf(stage: Stage | undefined): string | undefined {
  if (typeof stage !== "object" || stage === null) {
    return `its default export is ${shown(stage)}; expected a stage: { version, inputs, output, run }`;
  }
  const isKind = (kind: unknown) => artifactKinds.includes(kind as ArtifactKind);
  const { version, inputs, output, run, schema } = stage;
  if (!Number.isInteger(version)) return `version is ${shown(version)}; expected a whole number`;
  if (typeof run !== "function") return `run is ${shown(run)}; expected a function`;
  if (!isKind(output)) return `output is ${shown(output)}; expected ${listed(artifactKinds)}`;
  if (typeof inputs !== "object" || inputs === null)
    return `inputs is ${shown(inputs)}; expected ports: { grid: { kinds: ["grid"] } }`;
  for (const [port, wanted] of Object.entries(inputs)) {
    if (!Array.isArray(wanted?.kinds) || wanted.kinds.length === 0 || !wanted.kinds.every(isKind)) {
      return `inputs.${port}.kinds is ${shown(wanted?.kinds)}; expected a list of ${listed(artifactKinds)}`;
    }
  }
  if (schema === undefined) return undefined;
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return `schema is ${shown(schema)}; expected a JSON Schema: { type: "object", properties: { … } }`;
  try {
    validate(schema, {}, "");
  } catch (error) {
    return `schema is not a JSON Schema: ${(error as Error).message}`;
  }
  return undefined;
}
