/**
 * The output of a step in its last run: a text file beside the store, named by the step's key. A text that cannot be
 * written is lost, and the step does not fail because of it.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";

/** The largest log, in bytes. Beyond it the middle is left out, and this much of its head and tail stays. */
const MOST_BYTES = 16 * 2 ** 20;
const KEPT_BYTES = 4 * 2 ** 20;
/** The number of bytes between two checks of a log's size. */
const LOOK_INTERVAL = 2 ** 20;

function logPath(storeFolder: string, key: string): string {
  return join(storeFolder, "logs", key.slice(0, 2), `${key}.log`);
}

/** Deletes the earlier output of the step. */
export function startLog(storeFolder: string, key: string): void {
  ignoringDisk(() => unlinkSync(logPath(storeFolder, key)));
}

/** The bytes that this thread has appended since it last checked the size, by log. */
const appended = new Map<string, number>();

export function appendToLog(storeFolder: string, key: string, text: string): void {
  const path = logPath(storeFolder, key);
  ignoringDisk(() => {
    mkdirSync(dirname(path), { recursive: true });
    appendFileSync(path, text);
    const bytes = (appended.get(path) ?? 0) + text.length;
    appended.set(path, bytes < LOOK_INTERVAL ? bytes : 0);
    if (bytes >= LOOK_INTERVAL && statSync(path).size > MOST_BYTES) cut(path);
  });
}

/** Removes the middle of a log, and states there how much was removed in total. */
function cut(path: string): void {
  const content = readFileSync(path);
  const before = /^\n… (\d+) bytes are left out here …\n/.exec(content.toString("utf8", KEPT_BYTES, KEPT_BYTES + 80));
  const start = KEPT_BYTES + (before ? Buffer.byteLength(before[0]) : 0);
  const end = content.length - KEPT_BYTES;
  const leftOut = end - start + Number(before?.[1] ?? 0);
  const mark = Buffer.from(`\n… ${leftOut} bytes are left out here …\n`);
  const draft = `${path}.draft-${process.pid}-${threadId}`;
  writeFileSync(draft, Buffer.concat([content.subarray(0, KEPT_BYTES), mark, content.subarray(end)]));
  renameSync(draft, path);
}

function ignoringDisk(write: () => void): void {
  try {
    write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

/** The output of the step, if any. */
export function readLog(storeFolder: string, key: string): string | undefined {
  const path = logPath(storeFolder, key);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
