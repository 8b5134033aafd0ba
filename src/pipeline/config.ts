/** A pipeline file with the changes of the command line. `plan` checks its content. */
import { basename, isAbsolute, resolve } from "node:path";
import { secondsOf } from "../text/duration.js";
import type { Fault, Path } from "../text/fault.js";
import { shown } from "../text/words.js";
import { allotmentOf, type RawAllotment } from "./allotment.js";
import { type Axis, axisOf, labelOn, type RawAxis } from "./axisValues.js";
import { applySetting, applySweep, type Setting } from "./changes.js";
import { ConfigError, type ConfigFile, configError, fileError, readConfigFile } from "./configFile.js";
import { extended } from "./extendedFile.js";
import type { NamedValues } from "./namedValues.js";
import type {
  ForeignSource,
  Import,
  Matrix,
  Pipeline,
  RawMatrix,
  RawPipeline,
  RawStage,
  StageEntry,
} from "./pipeline.js";
import { substitute } from "./template.js";
import { validate } from "./validateParameters.js";
import { lookupAt } from "./values.js";

/**
 * The changes of the command line: `--set name=value`, `--sweep name=value,value`. Names may be paths into the file.
 */
export interface Changes {
  set?: readonly (string | Setting)[];
  sweep?: readonly string[];
}

/**
 * Reads a pipeline file, with those that it extends or takes inputs from, and applies the changes of the command line
 * (values as in YAML). Throws ConfigError for a file that is not YAML, or has not the form of a pipeline, with every
 * fault at its place.
 */
export function loadPipeline(path: string, changes: Changes = {}): Pipeline {
  return load(path, changes, []);
}

function load(path: string, { set = [], sweep = [] }: Changes, around: readonly string[]): Pipeline {
  const file = extended(readConfigFile(path));
  const check = (value: unknown) => {
    const faults = validate("pipeline", value, "");
    if (faults.length > 0) throw configError(file, faults);
    return value as RawPipeline;
  };
  let raw = check(file.value);
  for (const setting of set) raw = applySetting(raw, setting, file.file);
  for (const setting of sweep) raw = applySweep(raw, setting, file.file);
  if (set.length + sweep.length > 0) check(raw);
  const params = { ...raw.params };
  const reading = { file, params, shared: raw, around: [...around, resolve(path)], imports: [] };
  return {
    name: raw.name ?? pipelineName(path),
    description: file.heading,
    params,
    matrix: matrixOf(raw.matrix ?? {}),
    stages: Object.entries(raw.stages).map(([name, stage]) => entryOf(name, stage, reading)),
    imports: reading.imports,
    publish: raw.publish ?? [],
    allotment: allotmentOf(raw),
    file,
  };
}

function matrixOf({ zip = [], exclude = [], include = [], ...raw }: RawMatrix & Record<string, RawAxis>): Matrix {
  const axes = new Map(Object.entries(raw as Record<string, RawAxis>).map(([name, axis]) => [name, axisOf(axis)]));
  const none: Axis = { labels: [] };
  const labelled = (entry: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, labelOn(axes.get(name) ?? none, value)]));
  // Only lists are separate points: those that `include` adds have no entry on the axis.
  for (const entry of include) {
    for (const [name, value] of Object.entries(entry)) {
      if (typeof value === "object") axes.get(name)?.values?.set(labelOn(axes.get(name) ?? none, value), value);
    }
  }
  return {
    axes: Object.fromEntries([...axes].map(([name, { labels }]) => [name, labels])),
    values: new Map([...axes].flatMap(([name, { values }]) => (values ? [[name, values] as const] : []))),
    zip: zip.length > 0 && typeof zip[0] === "string" ? [zip as string[]] : (zip as string[][]),
    exclude: exclude.map(labelled),
    include: include.map(labelled),
  };
}

/** The state while the stages of a file are read. */
interface Reading {
  file: ConfigFile;
  params: NamedValues;
  /** What it asks for all stages. */
  shared: RawAllotment;
  /** The files that take inputs from this one, and itself, by absolute path. */
  around: readonly string[];
  imports: (Import & { id?: string })[];
}

function entryOf(name: string, stage: RawStage, reading: Reading): StageEntry {
  const { file, shared } = reading;
  const { uses, where, by, timeout, resources, slurm } = stage;
  const from = Object.entries(stage.from ?? {}).map(([port, sources]) => {
    const isList = Array.isArray(sources);
    const named = [sources].flat().map((source, i) => {
      const at = ["stages", name, "from", port, ...(isList ? [i] : [])];
      return typeof source === "string" ? source : importedName(source, at, reading);
    });
    return [port, named] as const;
  });
  return {
    name,
    uses: isModulePath(uses) ? resolve(file.folderOf(["stages", name, "uses"]), uses) : uses,
    with: stage.with ?? {},
    from: Object.fromEntries(from),
    ...(where !== undefined && { where }),
    ...(by !== undefined && { by }),
    folder: file.folderOf(["stages", name, "with"]),
    ...(timeout !== undefined && { timeout: secondsOf(timeout) }),
    ...((resources || slurm) && { allotment: allotmentOf(shared, stage) }),
  };
}

/** The name of a stage of another pipeline. The pipeline is loaded once for each choice of `set`. */
function importedName({ pipeline: path, stage, set = {} }: ForeignSource, at: Path, reading: Reading): string {
  const { file, params, around, imports } = reading;
  const absolute = resolve(file.folderOf(at), path);
  const fail = (message: string, below: string[] = []): never => {
    throw configError(file, [{ path: [...at, ...below], message }]);
  };
  if (around.includes(absolute)) fail(`${path} takes inputs from itself: ${[...around, absolute].join(" → ")}`);
  const faults: Fault[] = [];
  const changes = substitute(set, lookupAt(params, { values: new Map() }, {}), (below, message) => {
    faults.push({ path: [...at, "set", ...below], message: `set: ${message}` });
  });
  if (faults.length > 0) throw configError(file, faults);
  const id = JSON.stringify([absolute, changes]);
  let known = imports.find((other) => other.id === id);
  if (known === undefined) {
    const entries = Object.entries(changes as NamedValues);
    const pipeline = loadedFor(absolute, { set: entries.map(([name, value]) => ({ name, value })) }, around, fail);
    const taken = imports.filter(({ pipeline: { name } }) => name === pipeline.name).length;
    known = { id, name: taken === 0 ? pipeline.name : `${pipeline.name}~${taken + 1}`, pipeline, stages: new Map() };
    imports.push(known);
  }
  known.stages.set(stage, known.stages.get(stage) ?? at);
  return `${known.name}/${stage}`;
}

/**
 * A fault of the other file is reported there. That it cannot be read, or has no such name to set, is reported here.
 */
function loadedFor(path: string, changes: Changes, around: readonly string[], fail: (message: string) => never) {
  try {
    return load(path, changes, around);
  } catch (error) {
    throw error instanceof ConfigError && error.source === "" ? fail(`pipeline: ${error.message}`) : error;
  }
}

/** The name of a pipeline that gives none: that of its file. Throws ConfigError where that is not a name. */
export function pipelineName(path: string): string {
  const name = basename(path).replace(/\.ya?ml$/, "");
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  const expected = 'expected letters, digits, ".", "_" and "-", or a name: in the file';
  throw fileError(path, `its file's name, ${shown(name)}, is not a name for a folder of results; ${expected}`);
}

/** True when `uses` names a file. */
export function isModulePath(uses: string): boolean {
  return /^\.{1,2}\//.test(uses) || isAbsolute(uses);
}
