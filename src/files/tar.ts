/** Reads tar archives (POSIX ustar and pax, GNU long names) as they stream in. */

const BLOCK = 512;
/** The longest name, in bytes. */
const LONGEST_NAME = 2 ** 20;

export interface TarFile {
  path: string;
  content: Uint8Array;
}

/**
 * The files of a tar archive one after the other. Folders and links are skipped. Files that `wanted` refuses are
 * skipped too, without keeping them in memory. `name` begins each message. Throws Error for bytes that are not a tar
 * archive or are cut short.
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  wanted: (path: string) => boolean,
): AsyncGenerator<TarFile> {
  const take = blocksOf(chunks);
  let named: { path?: string; size?: number } = {};
  for (let first = true; ; first = false) {
    const header = await take(BLOCK, true);
    const ends = header?.every((byte) => byte === 0);
    if (ends && !first) return;
    if (header?.length !== BLOCK) throw new Error(`${name} is cut short: its archive has no end`);
    if (checksumOf(header) !== octal(header, 148, 8)) {
      throw new Error(
        first ? `${name} holds no tar archive` : `${name} is a damaged tar archive: the checksum of a header differs`,
      );
    }
    const { path = pathOf(header), size = octal(header, 124, 12) } = named;
    const type = String.fromCharCode(header[156]);
    const isFile = type === "0" || type === "\0" || type === "7";
    const describes = type === "x" || type === "L";
    if (!Number.isSafeInteger(size) || size < 0 || (describes && size > LONGEST_NAME)) {
      throw new Error(`${name} is a damaged tar archive: ${path} has a size of ${size} bytes`);
    }
    const keep = describes || (isFile && wanted(path));
    const content = await take(size, keep);
    const padding = await take((BLOCK - (size % BLOCK)) % BLOCK, false);
    if (content === undefined || padding === undefined) throw new Error(`${name} is cut short inside ${path}`);
    if (describes) {
      named = { ...named, ...(type === "L" ? { path: text(content) } : paxOf(content)) };
      continue;
    }
    if (type !== "g") named = {};
    if (keep) yield { path, content };
  }
}

/**
 * Takes the next n bytes of a stream, and returns them if they are to be kept. Undefined when the stream ends earlier.
 */
function blocksOf(chunks: AsyncIterable<Uint8Array>) {
  const stream = chunks[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();
  return async (length: number, keep: boolean): Promise<Uint8Array | undefined> => {
    // Memory is allocated as bytes arrive, not as a header claims.
    const taken: Uint8Array[] = [];
    for (let at = 0; at < length; ) {
      if (rest.length === 0) {
        const { value, done } = await stream.next();
        if (done) return undefined;
        rest = value;
        continue;
      }
      const part = rest.subarray(0, length - at);
      if (keep) taken.push(part);
      rest = rest.subarray(part.length);
      at += part.length;
    }
    return new Uint8Array(Buffer.concat(taken));
  };
}

/** Text up to the first zero byte. */
function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString("utf8");
}

const octal = (header: Uint8Array, at: number, length: number) =>
  Number.parseInt(text(header.subarray(at, at + length)).trim() || "0", 8);

/** The sum of the bytes of a header, with the bytes of the checksum itself counted as spaces. */
function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0);
}

function pathOf(header: Uint8Array): string {
  const [path, prefix] = [text(header.subarray(0, 100)), text(header.subarray(345, 500))];
  const isPosix = text(header.subarray(257, 263)) === "ustar";
  return isPosix && prefix !== "" ? `${prefix}/${path}` : path;
}

/** Lines of "length key=value". */
function paxOf(content: Uint8Array): { path?: string; size?: number } {
  const bytes = Buffer.from(content);
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) break;
    const [, key, value] = bytes.toString("utf8", at, at + length - 1).match(/^\d+ ([^=]+)=([\s\S]*)$/) ?? [];
    if (key === "path") found.path = value;
    if (key === "size") found.size = Number(value);
    at += length;
  }
  return found;
}
