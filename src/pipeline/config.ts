/** A pipeline file, read and changed as the command line asks; `plan` checks what it says. */
import { basename, isAbsolute, resolve } from "node:path";
import type { Scalar } from "../stage.js";
import { suggestion } from "../text/nearestName.js";
import { listed, shown } from "../text/words.js";
import { type ConfigFile, configError, fileError, readConfigFile } from "./configFile.js";
import { secondsOf } from "./duration.js";
import { extended } from "./extendedFile.js";
import { leadsTo, type NamedValues, namesOf, withoutValue, withValue } from "./namedValues.js";
import { validate } from "./validateParameters.js";
import { readYaml } from "./yamlValue.js";

export interface StageEntry {
  name: string;
  /** A stage kind, or the absolute path of a module that defines one. */
  uses: string;
  with: Record<string, unknown>;
  /** Port → names of stages. */
  from: Record<string, string[]>;
  /** What files that the parameters name are relative to. */
  folder: string;
  /** Seconds that a step may take. */
  timeout?: number;
}

export interface Matrix {
  axes: Record<string, Scalar[]>;
  exclude: Record<string, Scalar>[];
  include: Record<string, Scalar>[];
}

export interface Pipeline {
  name: string;
  /** The comment that the file begins with. */
  description: string;
  params: NamedValues;
  matrix: Matrix;
  stages: StageEntry[];
  publish: string[];
  file: ConfigFile;
}

interface RawStage {
  uses: string;
  with?: Record<string, unknown>;
  from?: Record<string, string | string[]>;
  timeout?: number | string;
}

interface RawPipeline {
  name?: string;
  params?: NamedValues;
  matrix?: { exclude?: Record<string, Scalar>[]; include?: Record<string, Scalar>[] } & Record<string, Scalar[]>;
  stages: Record<string, RawStage>;
  publish?: string[];
}

/** What the command line changes in a pipeline: the `name=value` of `--set`, the `name=value,value` of `--sweep`. */
export interface Changes {
  set?: readonly string[];
  sweep?: readonly string[];
}

/**
 * Reads a pipeline file, with the one that it extends, and applies what the command line changes (values as in YAML).
 * Throws ConfigError for what is no YAML, or has not the form of a pipeline, with every problem found, each at its line and column.
 */
export function loadPipeline(path: string, { set = [], sweep = [] }: Changes = {}): Pipeline {
  const file = extended(readConfigFile(path));
  const faults = validate("pipeline", file.value, "");
  if (faults.length > 0) {
    throw configError(file, faults);
  }
  const raw = file.value as RawPipeline;
  const { exclude = [], include = [], ...axes } = raw.matrix ?? {};
  const pipeline: Pipeline = {
    name: raw.name ?? pipelineName(path),
    description: file.heading,
    params: { ...raw.params },
    matrix: { axes, exclude, include },
    stages: Object.entries(raw.stages).map(([name, stage]) => ({
      name,
      uses: isModulePath(stage.uses) ? resolve(file.folderOf(["stages", name, "uses"]), stage.uses) : stage.uses,
      with: stage.with ?? {},
      from: Object.fromEntries(Object.entries(stage.from ?? {}).map(([port, source]) => [port, [source].flat()])),
      folder: file.folderOf(["stages", name, "with"]),
      ...(stage.timeout !== undefined && { timeout: secondsOf(stage.timeout) }),
    })),
    publish: raw.publish ?? [],
    file,
  };
  for (const setting of set) applySetting(pipeline, setting);
  for (const setting of sweep) applySweep(pipeline, setting);
  return pipeline;
}

/** What a pipeline is called that does not say so: as its file. Throws ConfigError where that is no name. */
export function pipelineName(path: string): string {
  const name = basename(path).replace(/\.ya?ml$/, "");
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  const message = `its file's name, ${shown(name)}, is no name for a folder of results; expected letters, digits, ".", "_" and "-", or a name: in the file`;
  throw fileError(path, message);
}

/** Whether `uses` names a file. */
export function isModulePath(uses: string): boolean {
  return /^\.{1,2}\//.test(uses) || isAbsolute(uses);
}

/** The names that `${…}` may mention: of params and of the matrix, those around nested ones too. */
export function valuesAt({ params }: Pipeline, point: Readonly<Record<string, Scalar>>): Map<string, unknown> {
  return namesOf(Object.entries(point).reduce((values, [name, value]) => withValue(values, name, value), params));
}

/** Overrides a param, or the values of a matrix axis, by `name=value`. */
function applySetting(pipeline: Pipeline, setting: string): void {
  const { params, matrix } = pipeline;
  const { name, text, fail } = partsOf(pipeline, "--set", setting);
  const value = parsed(text);
  const isAxis = Object.hasOwn(matrix.axes, name);
  if (isAxis && isAxisValues([value].flat())) {
    matrix.axes[name] = [...new Set([value].flat() as Scalar[])];
    matrix.include = [];
  } else if (!isAxis && value !== undefined && value !== null) {
    pipeline.params = withValue(params, name, value);
  } else {
    fail(`${shown(value)} is not ${isAxis ? "a value or a [list, of, values]" : "a value"}`);
  }
}

/** Makes a param an axis of the matrix, or gives an axis other values, by `name=value,value`. */
function applySweep(pipeline: Pipeline, setting: string): void {
  const { params, matrix } = pipeline;
  const { name, text, fail } = partsOf(pipeline, "--sweep", setting);
  const values = parsed(`[${text}]`);
  if (!Array.isArray(values) || !isAxisValues(values)) fail("expected values with commas between them");
  const around = Object.keys(matrix.axes).find((axis) => axis !== name && (leadsTo(name, axis) || leadsTo(axis, name)));
  if (around !== undefined) fail(`the matrix has "${around}"`);
  pipeline.params = withoutValue(params, name);
  matrix.axes[name] = [...new Set(values as Scalar[])];
  matrix.include = [];
}

/** The two sides of `name=value`, for a name that the pipeline has. */
function partsOf(pipeline: Pipeline, option: string, setting: string) {
  const { file, params, matrix } = pipeline;
  const equals = setting.indexOf("=");
  const name = setting.slice(0, equals).trim();
  const fail = (message: string): never => {
    throw fileError(file.file, `${option} ${setting}: ${message}`);
  };
  if (equals < 1) fail(option === "--set" ? "expected name=value" : "expected name=value,value");
  const names = [...namesOf(params).keys(), ...Object.keys(matrix.axes)];
  if (!names.includes(name)) {
    const known = names.length > 0 ? `expected ${listed(names)}` : "it has no params and no matrix";
    fail(`the pipeline has no "${name}"; ${known}${suggestion(name, names)}`);
  }
  return { name, text: setting.slice(equals + 1), fail };
}

/** A text as YAML; undefined where it is none. */
function parsed(text: string): unknown {
  try {
    return readYaml(text).value;
  } catch {
    return undefined;
  }
}

function isAxisValues(values: readonly unknown[]): boolean {
  return values.length > 0 && values.every((item) => ["string", "number", "boolean"].includes(typeof item));
}
