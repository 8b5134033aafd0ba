/** A pipeline file and the files that it extends, merged into one whose values still know their positions. */
import { resolve } from "node:path";
import type { Path } from "../text/fault.js";
import { ConfigError, type ConfigFile, configError, readConfigFile } from "./configFile.js";

type Mapping = Record<string, unknown>;

const LONGEST_CHAIN = 16;

/**
 * A file that `extends` another takes over everything that it does not set itself. Params, axes of the matrix and
 * stages merge by name, and so do `with` and `from` of a stage, and the mappings inside. A stage with `uses`, or a
 * block with another `kind` or `name`, replaces the other. `null` removes. Stages of the other file that are only used
 * by removed ones are removed, too. Throws ConfigError when a file cannot be read, or extends itself.
 */
export function extended(file: ConfigFile, chain: readonly string[] = []): ConfigFile {
  if (!isMapping(file.value) || typeof file.value.extends !== "string") return file;
  const { extends: path, ...own } = file.value;
  const fail = (message: string) => configError(file, [{ path: ["extends"], message }]);
  const absolute = resolve(file.folderOf([]), path as string);
  const around = [...chain, resolve(file.file)];
  if (around.includes(absolute)) throw fail(`${path} extends itself: ${[...around, absolute].join(" → ")}`);
  if (around.length > LONGEST_CHAIN) throw fail(`a chain of more than ${LONGEST_CHAIN} files`);
  const base = extended(read(absolute, fail), around);
  if (!isMapping(base.value)) throw fail(`${path} holds no pipeline; expected a mapping`);

  const { name: _, ...inherited } = base.value;
  /** The file that contains a value, or the nearest value around it that one of the files has. */
  const originOf = (where: Path): ConfigFile => {
    if (holds(own, where) || where.length === 0) return file;
    return holds(base.value, where) ? base : originOf(where.slice(0, -1));
  };
  const value: Mapping = { ...inherited, ...own };
  for (const name of ["params", "matrix", "stages", "resources", "slurm"]) {
    const [before, after] = [base.value[name], own[name]];
    if (isMapping(before) && isMapping(after))
      value[name] = name === "stages" ? stagesOf(before, after) : merged(before, after);
  }
  if (isMapping(base.value.stages) && isMapping(value.stages)) {
    value.stages = withoutUnused(base.value.stages, own.stages, value.stages, value.publish);
  }
  return {
    ...file,
    source: `${file.source.trimEnd()}\n\n# ${path}\n${base.source}`,
    value,
    locate(where, part) {
      const origin = originOf(where);
      const place = origin.locate(where, part);
      return { in: { file: origin.file, source: origin.source }, ...place };
    },
    folderOf: (where) => originOf(where).folderOf(where),
  };
}

function read(path: string, fail: (message: string) => ConfigError): ConfigFile {
  try {
    return readConfigFile(path);
  } catch (error) {
    throw error instanceof ConfigError && error.source === "" ? fail(`extends ${error.message}`) : error;
  }
}

/** Both mappings as one, with the own values where they are not mappings; null removes. */
function merged(inherited: Mapping, own: Mapping): Mapping {
  const entries = new Map(Object.entries(inherited));
  for (const [name, value] of Object.entries(own)) {
    const before = entries.get(name);
    if (value === null && entries.has(name)) entries.delete(name);
    else
      entries.set(
        name,
        isMapping(before) && isMapping(value) && !isOther(before, value) ? merged(before, value) : value,
      );
  }
  return Object.fromEntries(entries);
}

/** True when a block is of another kind than the inherited one, so that it has other parameters. */
function isOther(before: Mapping, value: Mapping): boolean {
  return ["kind", "name"].some((tag) => typeof value[tag] === "string" && value[tag] !== before[tag] && tag in before);
}

function stagesOf(inherited: Mapping, own: Mapping): Mapping {
  const entries = new Map(Object.entries(inherited));
  for (const [name, stage] of Object.entries(own)) {
    const before = entries.get(name);
    const isChange = isMapping(before) && isMapping(stage) && !("uses" in stage);
    if (stage === null && entries.has(name)) entries.delete(name);
    else entries.set(name, isChange ? merged(before, stage) : stage);
  }
  return Object.fromEntries(entries);
}

/** Removes inherited stages that were used in the other file and no longer are, unless the own file mentions them. */
function withoutUnused(before: Mapping, own: unknown, stages: Mapping, publish: unknown): Mapping {
  const kept = new Map(Object.entries(stages));
  const had = sourcesOf(Object.values(before));
  const isSpokenOf = (name: string) =>
    (isMapping(own) && Object.hasOwn(own, name)) || (Array.isArray(publish) && publish.includes(name));
  for (let size = -1; size !== kept.size; ) {
    size = kept.size;
    const used = sourcesOf(kept.values());
    for (const name of kept.keys()) {
      if (Object.hasOwn(before, name) && had.has(name) && !used.has(name) && !isSpokenOf(name)) kept.delete(name);
    }
  }
  return Object.fromEntries(kept);
}

/** The stages that these stages take inputs from. */
function sourcesOf(stages: Iterable<unknown>): Set<unknown> {
  return new Set(
    [...stages].flatMap((stage) => (isMapping(stage) && isMapping(stage.from) ? Object.values(stage.from).flat() : [])),
  );
}

function holds(value: unknown, path: Path): boolean {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string | number, unknown>)[name];
  }
  return true;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
