/**
 * The IDX format of MNIST: a magic number, the lengths of the axes, numbers in row-major order, most significant byte
 * first.
 */
import { byteWidth, decodeNumbers, type NumberArray, type NumberType } from "./numberArrays.js";
import { unpack, unpackBeginning } from "./unpacking.js";

const types: Record<number, NumberType> = { 8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8" };

/**
 * Reads the bytes of an IDX file, plain or gzipped. `name` begins each message. The numbers may be a view of `bytes`.
 * Throws Error for another magic number, and for a file that is cut short or too long.
 */
export function readIdx(file: Uint8Array, name: string): { shape: number[]; values: NumberArray } {
  const isPacked = file[0] === 0x1f && file[1] === 0x8b;
  // The header gives the unpacked size.
  const { type, shape, start, expected } = readHeader(isPacked ? unpackBeginning("gzip", file, name) : file, name);
  const bytes = isPacked ? unpack("gzip", file, name, start + expected) : file;
  const found = bytes.length - start;
  if (found !== expected) {
    const fault = found < expected ? "is cut short" : "is too long";
    throw new Error(`${name} ${fault}: ${found} bytes after the header; expected ${expected} for ${shape.join(" × ")}`);
  }
  return { shape, values: decodeNumbers(bytes.subarray(start), type, false, name) };
}

function readHeader(bytes: Uint8Array, name: string) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [type, axes] = [types[bytes[2]], bytes[3]];
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || type === undefined) {
    const found = Buffer.from(bytes.subarray(0, 4)).toString("hex");
    throw new Error(
      `${name} is not an IDX file: it begins with 0x${found}; expected 0x0000, a number type and a number of axes`,
    );
  }
  const start = 4 + 4 * axes;
  if (bytes.length < start) throw new Error(`${name} is cut short: its header is not complete`);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = shape.reduce((product, length) => product * length, byteWidth(type));
  return { type, shape, start, expected };
}
