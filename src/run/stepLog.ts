/**
 * What a step said when it last ran: a text file beside the store, by the step's key. What cannot be written is lost: no step fails
 * because of that.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

function logPath(cacheFolder: string, key: string): string {
  return join(cacheFolder, "logs", key.slice(0, 2), `${key}.log`);
}

/** Forgets what was said before. */
export function startLog(cacheFolder: string, key: string): void {
  kept(() => rmSync(logPath(cacheFolder, key), { force: true }));
}

export function appendToLog(cacheFolder: string, key: string, text: string): void {
  const path = logPath(cacheFolder, key);
  kept(() => {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, text);
  });
}

function kept(write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** What there is, if anything. */
export function readLog(cacheFolder: string, key: string): string | undefined {
  const path = logPath(cacheFolder, key);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
