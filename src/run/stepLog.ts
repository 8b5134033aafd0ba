/**
 * What a step printed when it last ran: a text file beside the store, by the step's key. A text that cannot be written
 * is lost: no step fails because of that.
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

/** A log grows to this many bytes; then its middle is left out, so that so much of its head and of its tail stay. */
const MOST_BYTES = 16 * 2 ** 20;
const KEPT_BYTES = 4 * 2 ** 20;
/** Bytes between two looks at the size of a log. */
const LOOK_INTERVAL = 2 ** 20;

function logPath(storeFolder: string, key: string): string {
  return join(storeFolder, "logs", key.slice(0, 2), `${key}.log`);
}

/** Forgets what the step printed before. */
export function startLog(storeFolder: string, key: string): void {
  ignoringDisk(() => unlinkSync(logPath(storeFolder, key)));
}

/** Bytes that this thread has appended since it last looked at the size, by log. */
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

/** Leaves out the middle of a log, and says there how much that is, with what was left out before. */
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

/** What the step printed, if anything. */
export function readLog(storeFolder: string, key: string): string | undefined {
  const path = logPath(storeFolder, key);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
