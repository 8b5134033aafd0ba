import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

export interface NpyArray {
  shape: number[];
  data: Float64Array;
}

/** The real arrays of an .npz file (f4, f8, i4, i8; others are left out), cast to f64, in C order. */
export function readNpz(path: string): Record<string, NpyArray> {
  const file = readFileSync(path);
  const end = file.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const arrays: Record<string, NpyArray> = {};
  let entry = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size] = [file.readUInt16LE(entry + 10), file.readUInt32LE(entry + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((at) => file.readUInt16LE(entry + at));
    const local = file.readUInt32LE(entry + 42);
    const name = file.toString("utf8", entry + 46, entry + 46 + nameLength);
    const start = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const body = file.subarray(start, start + size);
    const array = readNpy(method === 8 ? inflateRawSync(body) : body);
    if (array) arrays[name.replace(/\.npy$/, "")] = array;
    entry += 46 + nameLength + extra + comment;
  }
  return arrays;
}

/** The array in an .npy file, or undefined when its type is none of f4, f8, i4, i8. */
export function readNpy(bytes: Buffer): NpyArray | undefined {
  const long = bytes[6] > 1;
  const start = long ? 12 + bytes.readUInt32LE(8) : 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", long ? 12 : 10, start);
  const type = /'descr': '<(\w+)'/.exec(header)?.[1];
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]
    .split(",")
    .filter((part) => part.trim())
    .map(Number);
  if (header.includes("'fortran_order': True")) throw new Error("Fortran order is not supported");
  const count = shape.reduce((product, length) => product * length, 1);
  const read = type && readers[type];
  if (!read) return undefined;
  const width = Number(type[1]);
  return { shape, data: Float64Array.from({ length: count }, (_, i) => read(bytes, start + i * width)) };
}

const readers: Record<string, (bytes: Buffer, at: number) => number> = {
  f4: (bytes, at) => bytes.readFloatLE(at),
  f8: (bytes, at) => bytes.readDoubleLE(at),
  i4: (bytes, at) => bytes.readInt32LE(at),
  i8: (bytes, at) => Number(bytes.readBigInt64LE(at)),
};

/** The folder of reference data, which is no part of the repository. */
export const referenceFolder = process.env.CIRQUE_REFERENCE || "../shared/reference";
