/**
 * A file system as a network client sees it, for processes started with `--import`: a name that was looked for and
 * absent stays absent for three seconds, whatever other machines have done since, unless its folder is listed; what
 * stat says of a file may be as old, unless the file is opened. Creating a file always asks the server.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname } from "node:path";

/** Milliseconds; a client's own default is up to a minute. */
const REMEMBERED = 3000;

const absent = new Map<string, number>();
const known = new Map<string, { stats: unknown; at: number }>();
const { statSync, readFileSync, openSync, existsSync, readdirSync } = fs;

const isRemembered = (at: number | undefined) => at !== undefined && performance.now() - at < REMEMBERED;

function requirePresent(path: string): void {
  if (!isRemembered(absent.get(path))) return;
  throw Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), { code: "ENOENT" });
}

/** Calls the file system and remembers that a name is absent. */
function remembering<T>(path: unknown, call: () => T): T {
  if (typeof path !== "string") return call();
  requirePresent(path);
  try {
    return call();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") absent.set(path, performance.now());
    throw error;
  }
}

fs.readFileSync = ((path: string, ...rest: unknown[]) =>
  remembering(path, () => (readFileSync as (...all: unknown[]) => unknown)(path, ...rest))) as typeof fs.readFileSync;
fs.openSync = ((path: string, flags: string, ...rest: unknown[]) => {
  const open = () => (openSync as (...all: unknown[]) => number)(path, flags, ...rest);
  known.delete(path);
  return flags === "r" ? remembering(path, open) : open();
}) as typeof fs.openSync;
fs.existsSync = (path) => !isRemembered(absent.get(String(path))) && existsSync(path);
const statRemembered = ((path: string, options: { throwIfNoEntry?: boolean; bigint?: boolean } = {}) => {
  const id = `${path} ${options.bigint ?? false}`;
  const before = known.get(id);
  if (before && isRemembered(before.at)) return before.stats;
  try {
    const stats = remembering(path, () => statSync(path, { ...options, throwIfNoEntry: true }));
    known.set(id, { stats, at: performance.now() });
    return stats;
  } catch (error) {
    if (options.throwIfNoEntry === false && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}) as typeof fs.statSync;
Object.assign(fs, { statSync: statRemembered });
fs.readdirSync = ((path: string, ...rest: unknown[]) => {
  for (const name of absent.keys()) if (dirname(name) === path) absent.delete(name);
  return (readdirSync as (...all: unknown[]) => unknown)(path, ...rest);
}) as typeof fs.readdirSync;
for (const name of ["renameSync", "linkSync"] as const) {
  const call = fs[name];
  fs[name] = (from, to) => {
    call(from, to);
    absent.delete(String(to));
    known.delete(`${to} false`);
    known.delete(`${to} true`);
  };
}
syncBuiltinESMExports();
