/** Unpacks deflate, zlib and gzip with bounds, so that a small file cannot fill the memory. */
import { constants, gunzipSync, inflateRawSync, inflateSync } from "node:zlib";

/** Nothing up to this size is refused. */
const ALWAYS = 256 * 2 ** 20;
/** The largest ratio beyond that size. Deflate reaches 1,032 on zeros; measurements stay below 50. */
const MOST_TIMES = 200;

/** By format: raw deflate (zip), zlib (MATLAB, VTK) and gzip (RFC 1951, 1950, 1952). */
const methods = { raw: inflateRawSync, zlib: inflateSync, gzip: gunzipSync };
export type Packing = keyof typeof methods;

/**
 * Throws an Error that begins with `name` when `packed` bytes are to give `size` bytes and this is more than any
 * measurement gives: over 256 MiB and over 200 times as many.
 */
export function requirePlausible(packed: number, size: number, name: string): void {
  if (size <= mostOf(packed)) return;
  throw new Error(`${name} claims ${size} bytes from ${packed}; ${ADVICE}`);
}

const mostOf = (packed: number) => Math.max(ALWAYS, MOST_TIMES * packed);
const ADVICE =
  `expected at most ${MOST_TIMES} times as many, or 256 MiB. ` +
  "Save it without compression if it really holds so much";

/**
 * Unpacks bytes. `size` is the unpacked size, if the file states it; then no more memory is taken. `name` begins each
 * message. Throws Error for damaged bytes, for more than `size` bytes, and the errors of requirePlausible.
 */
export function unpack(packing: Packing, packed: Uint8Array, name: string, size?: number): Uint8Array {
  if (size !== undefined) requirePlausible(packed.length, size, name);
  const most = size ?? mostOf(packed.length);
  // One byte more than expected, because a full buffer is followed by another.
  const chunkSize = size === undefined ? 2 ** 16 : Math.max(64, size + 1);
  try {
    return methods[packing](packed, { maxOutputLength: Math.max(most, 1), chunkSize });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_BUFFER_TOO_LARGE") throw new Error(`${name} is damaged or cut short: ${message}`);
    if (size !== undefined) throw new Error(`${name} is damaged: it unpacks to more than ${size} bytes`);
    throw new Error(`${name} holds more than ${most} bytes in ${packed.length}; ${ADVICE}`);
  }
}

/** The unpacked first bytes, enough for a header. Throws an Error that begins with `name` when they are damaged. */
export function unpackBeginning(packing: Packing, packed: Uint8Array, name: string): Uint8Array {
  try {
    return methods[packing](packed.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw new Error(`${name} is damaged or cut short: ${(error as Error).message}`);
  }
}
