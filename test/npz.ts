import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

export interface NpyArray {
  shape: number[];
  data: Float64Array;
}

/** The arrays of an `.npz` file (zip of `.npy`, stored or deflated), numbers of any real type as f64, C order. */
export function readNpz(path: string): Record<string, NpyArray> {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf("PK\x05\x06", undefined, "latin1");
  if (end < 0) throw new Error(`${path} is not a zip file`);
  const arrays: Record<string, NpyArray> = {};
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const method = zip.readUInt16LE(at + 10);
    const nameLength = zip.readUInt16LE(at + 28);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    try {
      arrays[name.replace(/\.npy$/, "")] = parseNpy(method === 0 ? packed : inflateRawSync(packed));
    } catch (error) {
      if (!(error instanceof UnreadableDtype)) throw error;
    }
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return arrays;
}

class UnreadableDtype extends Error {}

function parseNpy(bytes: Buffer): NpyArray {
  const wide = bytes[6] > 1;
  const start = (wide ? 12 : 10) + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", 10, start);
  const descr = /'descr': '([^']+)'/.exec(header)?.[1] ?? "";
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "")
    .split(",")
    .filter((s) => s.trim())
    .map(Number);
  if (header.includes("'fortran_order': True")) throw new UnreadableDtype("Fortran order");
  const body = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length) as ArrayBuffer;
  switch (descr) {
    case "<f8":
      return { shape, data: new Float64Array(body) };
    case "<f4":
      return { shape, data: Float64Array.from(new Float32Array(body)) };
    case "<i8":
      return { shape, data: Float64Array.from(new BigInt64Array(body), Number) };
    default:
      throw new UnreadableDtype(descr);
  }
}
