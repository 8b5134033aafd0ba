/**
 * Reads zip archives (PKWARE's APPNOTE 6.3): stored and deflated entries, with 64-bit sizes, every checksum compared.
 */
import { constants, crc32, inflateRawSync } from "node:zlib";
import { unpack } from "./unpacking.js";

const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

interface Entry {
  method: number;
  encrypted: boolean;
  checksum: number;
  packedSize: number;
  size: number;
  offset: number;
}

/** The bytes of an archive, in memory or in a file. */
export interface ZipSource {
  readonly length: number;
  /** Up to `length` bytes from `offset` on; fewer at the end. */
  read(offset: number, length: number): Uint8Array;
}

/**
 * The files of a zip archive by name, in the order of the archive. Each is unpacked on demand; a stored one is a view
 * of `bytes`. `name` begins each message. Throws Error for bytes that are not a zip archive or a damaged one. Reading a
 * file throws when it is damaged, encrypted or compressed by another method than deflate.
 */
export function readZip(bytes: Uint8Array, name: string): Map<string, () => Uint8Array> {
  const source = { length: bytes.length, read: (at: number, length: number) => bytes.subarray(at, at + length) };
  const entries = [...entriesOf(source, name)];
  return new Map(entries.map(([file, entry]) => [file, () => contentOf(source, entry, `${name}: ${file}`)]));
}

/** At least the first `length` bytes of each file, as far as it has them, without the rest. Throws as above. */
export function zipBeginnings(source: ZipSource, name: string, length: number): Map<string, () => Uint8Array> {
  const entries = [...entriesOf(source, name)];
  return new Map(
    entries.map(([file, entry]) => [
      file,
      () => {
        const packed = packedOf(source, entry, `${name}: ${file}`, length);
        // The end of the data is not there, which is no fault.
        return entry.method === STORED ? packed : inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
      },
    ]),
  );
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function* entriesOf(source: ZipSource, name: string): Generator<[string, Entry]> {
  const damaged = (what: string) => new Error(`${name} is a damaged zip archive: ${what}`);
  const found = findDirectory(source);
  if (found === undefined) throw new Error(`${name} is not a zip archive, or is cut short: it has no directory`);
  const directory = source.read(found.offset, Math.max(0, found.end - found.offset));
  const view = viewOf(directory);
  const known = new Set<string>();
  let at = 0;
  for (let i = 0; i < found.count; i++) {
    if (at + 46 > directory.length || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw damaged(`entry ${i + 1} of ${found.count} is not in its directory`);
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const end = at + 46 + nameLength + extraLength + commentLength;
    if (end > directory.length) throw damaged("its directory is cut short");
    const file = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameLength));
    const entry = readEntry(view, at, at + 46 + nameLength, extraLength);
    if (known.has(file)) throw damaged(`it has the file "${file}" twice`);
    known.add(file);
    if (!file.endsWith("/")) yield [file, entry];
    at = end;
  }
}

/** The start and the end of the directory and its number of entries, from the record at the end of the archive. */
function findDirectory(source: ZipSource): { offset: number; end: number; count: number } | undefined {
  // A comment of up to 65,535 bytes may follow the record of 22 bytes; a locator of 20 may come before it.
  const start = Math.max(0, source.length - 20 - 22 - 0xffff);
  const view = viewOf(source.read(start, source.length - start));
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) !== END || at + 22 + view.getUint16(at + 20, true) !== view.byteLength) continue;
    const end = start + at;
    if (at >= 20 && view.getUint32(at - 20, true) === END64_LOCATOR) {
      const wide = viewOf(source.read(Number(view.getBigUint64(at - 12, true)), 56));
      if (wide.byteLength < 56 || wide.getUint32(0, true) !== END64) return undefined;
      return { offset: Number(wide.getBigUint64(48, true)), end, count: Number(wide.getBigUint64(32, true)) };
    }
    return { offset: view.getUint32(at + 16, true), end, count: view.getUint16(at + 10, true) };
  }
  return undefined;
}

function readEntry(view: DataView, at: number, extra: number, extraLength: number): Entry {
  const sizes = { size: 24, packedSize: 20, offset: 42 };
  const entry: Entry = {
    method: view.getUint16(at + 10, true),
    encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
    checksum: view.getUint32(at + 16, true),
    packedSize: view.getUint32(at + sizes.packedSize, true),
    size: view.getUint32(at + sizes.size, true),
    offset: view.getUint32(at + sizes.offset, true),
  };
  // Sizes that do not fit 32 bits are in the extra field 1, in this order; sizes that fit are left out there.
  for (let field = extra; field + 4 <= extra + extraLength; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    let from = field + 4;
    for (const key of ["size", "packedSize", "offset"] as const) {
      if (entry[key] !== 0xffffffff || from + 8 > extra + extraLength) continue;
      entry[key] = Number(view.getBigUint64(from, true));
      from += 8;
    }
  }
  return entry;
}

/** The packed bytes of a file, at most the first `most`. */
function packedOf(source: ZipSource, entry: Entry, name: string, most = Number.POSITIVE_INFINITY): Uint8Array {
  const { method, encrypted, packedSize, offset } = entry;
  if (encrypted) throw new Error(`${name} is encrypted; expected a file without a password`);
  if (method !== STORED && method !== DEFLATED) {
    throw new Error(`${name} is compressed by method ${method}; expected 0 (stored) or 8 (deflated)`);
  }
  const damaged = (what: string) => new Error(`${name} is damaged: ${what}`);
  const local = viewOf(source.read(offset, 30));
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL_ENTRY) throw damaged("it is not in its place");
  const start = offset + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + packedSize > source.length) throw damaged("it is cut short");
  return source.read(start, Math.min(packedSize, most));
}

function contentOf(source: ZipSource, entry: Entry, name: string): Uint8Array {
  const { method, checksum, size } = entry;
  const damaged = (what: string) => new Error(`${name} is damaged: ${what}`);
  const packed = packedOf(source, entry, name);
  const content = method === STORED ? packed : unpack("raw", packed, name, size);
  if (content.length !== size) throw damaged(`${content.length} bytes; expected ${size}`);
  if (crc32(content) !== checksum) throw damaged("its checksum differs");
  return content;
}
