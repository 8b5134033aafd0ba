/** What a step said when it last ran: a text file beside the store, by the step's key. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

function logPath(cacheFolder: string, key: string): string {
  return join(cacheFolder, "logs", key.slice(0, 2), `${key}.log`);
}

/** Forgets what was said before. */
export function startLog(cacheFolder: string, key: string): void {
  rmSync(logPath(cacheFolder, key), { force: true });
}

export function appendToLog(cacheFolder: string, key: string, text: string): void {
  const path = logPath(cacheFolder, key);
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, text);
}

/** What there is, if anything. */
export function readLog(cacheFolder: string, key: string): string | undefined {
  const path = logPath(cacheFolder, key);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
