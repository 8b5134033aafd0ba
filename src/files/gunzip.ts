import { gunzipSync } from "node:zlib";

/** The bytes, unpacked where they are gzip (RFC 1952). Throws Error beginning with `name` when they are damaged or cut short. */
export function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new Error(`${name} is damaged or cut short: ${(error as Error).message}`);
  }
}
