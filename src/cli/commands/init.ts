/**
 * `cirque init`: writes a pipeline file to start from, or, for a name that ends in .py, a process that computes losses.
 */
import { constants, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { pipelineName } from "../../pipeline/config.js";
import { DONE, UsageError } from "../exitCodes.js";
import { starter } from "../starter.js";

interface InitOptions {
  /** A trained network in an .onnx file, and the samples for its loss. */
  model?: string;
  data?: string;
}

export async function init(path: string, { model, data }: InitOptions): Promise<number> {
  if ((model === undefined) !== (data === undefined)) {
    throw new UsageError(`${model === undefined ? "--data" : "--model"} alone is not enough; give --model and --data`);
  }
  const file = /\.(ya?ml|py)$/.test(path) ? path : `${path}.yaml`;
  if (existsSync(file)) throw new UsageError(`${file} exists already; expected the name of a new file`);
  if (file.endsWith(".py")) return initProcess(file);
  const name = pipelineName(file);
  const text = model && data ? await ofModel(file, name, model, data) : starter(name, schemaFrom(dirname(file)));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`${file}\nnext: cirque run ${file}`);
  return DONE;
}

/** A Python file that computes losses, to be edited. */
function initProcess(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(new URL("../../../../stages/inputs/external.py", import.meta.url), file, constants.COPYFILE_EXCL);
  const name = basename(file);
  const command = `problem: { kind: external, command: "python3 ${name}", files: [${name}] }`;
  console.log(`${file}\nnext: edit the end of the file, then give a model\n  ${command}`);
  return DONE;
}

async function ofModel(file: string, name: string, model: string, data: string): Promise<string> {
  for (const [option, path] of [
    ["--model", model],
    ["--data", data],
  ] as const) {
    if (!existsSync(path)) throw new UsageError(`${option} ${path}: no such file`);
  }
  const { modelStarter } = await import("../../../stages/inputs/modelStarter.js");
  try {
    return await modelStarter(file, name, model, data);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The path from a folder to the schema of pipeline files; a URL when the two only share the root folder. */
function schemaFrom(folder: string): string {
  const schema = fileURLToPath(new URL("../../../../schemas/pipeline.json", import.meta.url));
  const path = relative(resolve(folder), schema);
  const isNear = !isAbsolute(path) && !resolve(folder, path.match(/^(\.\.\/?)*/)?.[0] || ".").match(/^\/?$/);
  return isNear ? path : schema;
}
