/** A pipeline file together with the one that it extends, as one file whose values still know their places. */
import { resolve } from "node:path";
import type { Path } from "../text/fault.js";
import { ConfigError, type ConfigFile, configError, readConfigFile } from "./configFile.js";

type Mapping = Record<string, unknown>;

/**
 * A file that `extends` another takes over what it does not say itself: params and axes of the matrix by name, and stages by
 * name: one that says what it `uses` stands in the place of the other, one that does not changes its `with` or `from`.
 * A file that extends none is given back as it is. Throws ConfigError where the other cannot be read, or extends a third.
 */
export function extended(file: ConfigFile): ConfigFile {
  if (!isMapping(file.value) || typeof file.value.extends !== "string") return file;
  const { extends: path, ...own } = file.value;
  const fail = (message: string) => configError(file, [{ path: ["extends"], message }]);
  const base = read(resolve(file.folderOf([]), path as string), fail);
  if (!isMapping(base.value)) throw fail(`${path} holds no pipeline; expected a mapping`);
  if (Object.hasOwn(base.value, "extends")) {
    throw fail(`${path} extends another file itself; expected one that stands by itself`);
  }

  const { name: _, ...inherited } = base.value;
  const originOf = (where: Path) => {
    const depth = where[0] === "stages" ? 3 : 2;
    const key = where.slice(0, depth);
    return !holds(file.value, key) && holds(base.value, key) ? base : file;
  };
  return {
    ...file,
    source: `${file.source.trimEnd()}\n\n# ${path}\n${base.source}`,
    value: {
      ...inherited,
      ...own,
      ...merged("params", base.value, own),
      ...merged("matrix", base.value, own),
      ...merged("stages", base.value, own, stageOf),
    },
    locate(where, part) {
      const origin = originOf(where);
      const place = origin.locate(where, part);
      return { ...place, in: { file: origin.file, source: origin.source } };
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

/** Both mappings under a name as one; nothing where neither has it, the own value where one of them is no mapping. */
function merged(
  name: string,
  base: Mapping,
  own: Mapping,
  combine = (_inherited: unknown, value: unknown) => value,
): Mapping {
  const [inherited = {}, values = {}] = [base[name], own[name]];
  if (!isMapping(inherited) || !isMapping(values) || !(name in base || name in own)) return {};
  const entries = Object.entries(values).map(([key, value]) => [
    key,
    Object.hasOwn(inherited, key) ? combine(inherited[key], value) : value,
  ]);
  return { [name]: { ...inherited, ...Object.fromEntries(entries) } };
}

function stageOf(inherited: unknown, stage: unknown): unknown {
  const isChange = isMapping(inherited) && isMapping(stage) && !("uses" in stage);
  return isChange ? { ...inherited, ...stage } : stage;
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
