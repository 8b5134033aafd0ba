/**
 * What a step said when it last ran: a text file beside the store, by the step's key. What cannot be written is lost: no step fails
 * because of that.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

function logPath(storeFolder: string, key: string): string {
  return join(storeFolder, "logs", key.slice(0, 2), `${key}.log`);
}

/** Forgets what was said before. */
export function startLog(storeFolder: string, key: string): void {
  kept(() => rmSync(logPath(storeFolder, key), { force: true }));
}

export function appendToLog(storeFolder: string, key: string, text: string): void {
  const path = logPath(storeFolder, key);
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
export function readLog(storeFolder: string, key: string): string | undefined {
  const path = logPath(storeFolder, key);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
