/** A pipeline file, read and checked as far as that is possible without knowing the stage kinds. */
import { basename } from "node:path";
import { parseDocument } from "yaml";
import { ConfigError, type ConfigFile, type Location, type Path, readConfigFile } from "./configFile.js";
import { suggestion } from "./nearestName.js";
import { listed, shown, validate } from "./parameters.js";
import type { Scalar } from "./stage.js";

export interface StageEntry {
  name: string;
  uses: string;
  with: Record<string, unknown>;
  /** Port → names of stages. */
  from: Record<string, string[]>;
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
  params: Record<string, Scalar>;
  matrix: Matrix;
  stages: StageEntry[];
  publish: string[];
  file: ConfigFile;
}

type RawStage = { uses: string; with?: Record<string, unknown>; from?: Record<string, string | string[]> };

interface RawPipeline {
  name?: string;
  params?: Record<string, Scalar>;
  matrix?: { exclude?: Record<string, Scalar>[]; include?: Record<string, Scalar>[] } & Record<string, Scalar[]>;
  stages: Record<string, RawStage>;
  publish?: string[];
}

/**
 * Reads a pipeline file; `settings` are the `name=value` of `--set` (values as in YAML).
 * Throws ConfigError with every problem found, each at its line and column.
 */
export function loadPipeline(path: string, settings: string[] = []): Pipeline {
  const file = readConfigFile(path);
  const faults = validate("pipeline", file.value, "");
  if (faults.length > 0) {
    throw configError(
      file,
      faults.map((fault) => ({ at: file.locate(fault.path, fault.part), message: fault.message })),
    );
  }
  const raw = file.value as RawPipeline;
  const { exclude = [], include = [], ...axes } = raw.matrix ?? {};
  const pipeline: Pipeline = {
    name: raw.name ?? basename(path).replace(/\.ya?ml$/, ""),
    description: file.heading,
    params: { ...raw.params },
    matrix: { axes, exclude, include },
    stages: Object.entries(raw.stages).map(([name, stage]) => ({
      name,
      uses: stage.uses,
      with: stage.with ?? {},
      from: Object.fromEntries(Object.entries(stage.from ?? {}).map(([port, source]) => [port, [source].flat()])),
    })),
    publish: raw.publish ?? [],
    file,
  };
  const problems = [...matrixProblems(pipeline), ...publishProblems(pipeline)];
  if (problems.length > 0) throw configError(file, problems);
  for (const setting of settings) applySetting(pipeline, setting);
  return pipeline;
}

export function configError(file: ConfigFile, problems: { at: Location; message: string }[]): ConfigError {
  return new ConfigError(file.file, file.source, problems);
}

function matrixProblems({ params, matrix, file }: Pipeline): { at: Location; message: string }[] {
  const names = Object.keys(matrix.axes);
  const clashes = names
    .filter((name) => Object.hasOwn(params, name))
    .map((name) => ({
      path: ["matrix", name] as Path,
      message: `"${name}" is in params and in matrix; keep one of them`,
    }));
  const unknown = (["exclude", "include"] as const).flatMap((list) =>
    matrix[list].flatMap((entry, i) =>
      Object.keys(entry)
        .filter((name) => !names.includes(name))
        .map((name) => ({
          path: ["matrix", list, i, name] as Path,
          message: `the matrix has no "${name}"; expected ${listed(names)}${suggestion(name, names)}`,
        })),
    ),
  );
  const partial = matrix.include.flatMap((entry, i) =>
    names
      .filter((name) => !Object.hasOwn(entry, name))
      .map((name) => ({
        path: ["matrix", "include", i] as Path,
        message: `matrix.include.${i} lacks "${name}"; expected a value for every name of the matrix`,
      })),
  );
  return [...clashes, ...unknown, ...partial].map(({ path, message }) => ({
    at: file.locate(path, path.length === 3 ? "value" : "key"),
    message,
  }));
}

function publishProblems({ publish, stages, file }: Pipeline): { at: Location; message: string }[] {
  const names = stages.map(({ name }) => name);
  return publish.flatMap((name, i) =>
    names.includes(name)
      ? []
      : [{ at: file.locate(["publish", i]), message: `publish: no stage "${name}"${suggestion(name, names)}` }],
  );
}

/** Overrides a param, or the values of a matrix axis, by `name=value`. */
function applySetting(pipeline: Pipeline, setting: string): void {
  const { params, matrix, file } = pipeline;
  const equals = setting.indexOf("=");
  const name = setting.slice(0, equals).trim();
  const fail = (message: string) => {
    const problem = { at: { line: 1, column: 1, length: 0 }, message };
    throw new ConfigError(file.file, "", [problem]);
  };
  if (equals < 1) fail(`--set ${setting}: expected name=value`);
  const names = [...Object.keys(params), ...Object.keys(matrix.axes)];
  if (!names.includes(name)) {
    const known = names.length > 0 ? `expected ${listed(names)}` : "it has no params and no matrix";
    fail(`--set ${setting}: the pipeline has no "${name}"; ${known}${suggestion(name, names)}`);
  }
  const document = parseDocument(setting.slice(equals + 1));
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS();
  const isScalar = (item: unknown): item is Scalar => ["string", "number", "boolean"].includes(typeof item);
  if (isScalar(value) && Object.hasOwn(params, name)) {
    params[name] = value;
  } else if (Object.hasOwn(matrix.axes, name) && [value].flat().length > 0 && [value].flat().every(isScalar)) {
    matrix.axes[name] = [...new Set([value].flat() as Scalar[])];
    matrix.include = [];
  } else {
    const expected = Object.hasOwn(params, name) ? "one value" : "a value or a [list, of, values]";
    fail(`--set ${setting}: ${shown(value)} is not ${expected}`);
  }
}
