import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname } from "node:path";

/** The number of bytes received, and the total if the server states it. */
export type OnBytes = (done: number, total: number | undefined) => void;

/** The expected size and checksum of a file. */
interface Expected {
  md5: string;
  /** The approximate size. A server that sends more than twice as much is stopped. */
  megabytes: number;
}

/** How often a broken connection is resumed without a new byte in between. */
const TRIES = 3;

/**
 * Downloads `url` to the file `path` and creates its folder. Does nothing if the file exists with this checksum. The
 * received bytes are kept beside it as `.partial`; a broken download resumes from its end, in this run or the next. The
 * file gets its name when it is complete and its checksum is right.
 *
 * @throws Error when the server cannot be reached, refuses, keeps breaking off, or sends other bytes than expected.
 */
export async function download(
  url: string,
  path: string,
  { md5, megabytes }: Expected,
  onBytes: OnBytes,
): Promise<"kept" | "downloaded"> {
  if (existsSync(path) && (await md5Of(path)) === md5) return "kept";
  const partial = `${path}.partial`;
  for (let tries = 1, before = sizeOf(partial); ; tries++) {
    try {
      await receive(url, partial, 2e6 * megabytes, onBytes);
      break;
    } catch (error) {
      if (error instanceof TooMuch) {
        rmSync(partial);
        throw new Error(`${url}: ${error.message}; ${basename(partial)} is removed`);
      }
      const now = sizeOf(partial);
      if (now > before) [tries, before] = [0, now];
      if (error instanceof Refused || tries >= TRIES) {
        const kept = now > 0 ? `; ${now} bytes are kept, and the same command resumes there` : "";
        throw new Error(`${url}: ${reasonOf(error)}${kept}`);
      }
    }
  }
  const found = await md5Of(partial);
  if (found !== md5) {
    rmSync(partial);
    throw new Error(`${url} has the MD5 checksum ${found}; expected ${md5}; ${basename(partial)} is removed`);
  }
  renameSync(partial, path);
  return "downloaded";
}

/** The server answered, but refuses to send the file. */
class Refused extends Error {}

/** The server sends too many bytes. */
class TooMuch extends Error {}

/** Appends the missing bytes to `partial`. Starts again when the server does not support ranges. */
async function receive(url: string, partial: string, most: number, onBytes: OnBytes): Promise<void> {
  const there = sizeOf(partial);
  const headers = { "accept-encoding": "identity", ...(there > 0 && { range: `bytes=${there}-` }) };
  const response = await fetch(url, { headers });
  const { status, body } = response;
  if (status === 416) {
    // There is nothing left to send. The checksum tells whether the bytes are those of the file.
    await body?.cancel();
    return;
  }
  const goesOn = status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${there}-`);
  if ((status !== 200 && !goesOn) || body === null) {
    await body?.cancel();
    throw new Refused(`the server answers ${status} ${response.statusText}`.trim());
  }
  const length = response.headers.get("content-length");
  let done = goesOn ? there : 0;
  const total = length === null ? undefined : done + Number(length);
  mkdirSync(dirname(partial), { recursive: true });
  const file: FileHandle = await open(partial, goesOn ? "a" : "w");
  try {
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      done += chunk.length;
      if (done > most) throw new TooMuch(`the server sends more than ${most / 1e6} MB; expected about half as much`);
      await file.write(chunk);
      onBytes(done, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

/** The message of an error and of its cause, because fetch only says "fetch failed". */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  const { message: why = "", code = "" } = (cause ?? {}) as NodeJS.ErrnoException;
  return [message, why || code].filter((part) => part !== "").join(": ");
}
