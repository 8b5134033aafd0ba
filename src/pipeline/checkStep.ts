/** Faults in the parameters of a stage, and the files that they name. */
import { dirname, join, relative, resolve } from "node:path";
import type { Fault, Path } from "../text/fault.js";
import { mentionedFiles } from "./mentionedFiles.js";
import { findFile, MissingFile, type NamedFile } from "./namedFile.js";
import type { StageNode } from "./node.js";
import { validateParameters } from "./validateParameters.js";

export interface Checked {
  /** With defaults filled in. */
  params: Record<string, unknown>;
  files: NamedFile[];
  /** `path` leads to the fault below `with`. */
  faults: Fault[];
}

/**
 * Checks parameters by the stage's schema, then by its own check, and finds their files. `folderOf` gives the folder
 * that a file is relative to. `unknown` are paths of unknown values, whose faults do not count. `textAt` is explained
 * at validateParameters.
 */
export function checkParameters(
  { name, definition }: StageNode,
  params: Record<string, unknown>,
  hashes: Map<string, string>,
  folderOf: (path: Path) => string,
  unknown: readonly Path[] = [],
  textAt?: (path: Path) => string | undefined,
): Checked {
  const files: NamedFile[] = [];
  const schema = definition.schema ?? definition.name;
  const { faults, files: named } = validateParameters(schema, params, name, unknown, textAt);
  if (faults.length > 0 || unknown.length > 0) return { params, files, faults };
  const imports = definition.module?.imports ?? [];
  // Ten thousand steps may have nothing more to check.
  if (named.length + imports.length === 0 && definition.check === undefined && definition.commandOf === undefined)
    return { params, files, faults };
  const add = (path: Path, text: string, missing?: string) =>
    faults.push({ path, message: `${[name, ...path].join(".")}${text}`, ...(missing && { missing }) });
  try {
    const absolute = (path: string) => resolve(folderOf([]), path);
    for (const { path, message } of definition.check?.(params, absolute) ?? []) add([...path], `: ${message}`);
  } catch (error) {
    // For example, an expression that is nested too deeply overflows the stack.
    add([], ` cannot be checked: ${(error as Error).message}`);
  }
  for (const { path, file } of named) {
    const folder = folderOf(path);
    try {
      const own = findFile(file, folder, hashes);
      files.push(own);
      for (const other of definition.companions?.(own.absolute) ?? []) {
        files.push(findFile(join(dirname(file), other), folder, hashes));
      }
    } catch (error) {
      const advice = definition.adviceOnFile?.(params, resolve(folder, file));
      const missing = error instanceof MissingFile ? error.missing : undefined;
      add(path, ` ${(error as Error).message}${advice ? `; ${advice}` : ""}`, missing);
    }
  }
  for (const absolute of imports) {
    files.push(findFile(relative(folderOf([]), absolute), folderOf([]), hashes));
  }
  const command = definition.commandOf?.(params);
  const known = new Set(files.map(({ absolute }) => absolute));
  const folder = folderOf([]);
  for (const path of command === undefined ? [] : mentionedFiles(command, folder)) {
    const file = findFile(path, folder, hashes);
    if (!known.has(file.absolute)) files.push({ ...file, isMentioned: true });
  }
  return { params, files, faults };
}
