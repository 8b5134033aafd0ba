/**
 * The safetensors format of Hugging Face: a JSON header that gives the position of named tensors in the bytes after it.
 */
import { byteWidth, decodeNumbers, type NumberArray, type NumberType } from "./numberArrays.js";

/** A tensor in row-major order. */
export interface SafeTensor {
  shape: number[];
  values: NumberArray;
}

/** The number types of the format, by kind and bytes. Brain floats (BF16) are read as the upper halves of f32. */
const types: Record<string, NumberType> = {
  F64: "f8",
  F32: "f4",
  F16: "f2",
  BF16: "u2",
  I64: "i8",
  U64: "u8",
  I32: "i4",
  U32: "u4",
  I16: "i2",
  U16: "u2",
  I8: "i1",
  U8: "u1",
  BOOL: "b1",
};

/** The header length takes eight bytes. The format allows headers of up to 100 MB. */
const LENGTH_BYTES = 8;
const LONGEST_HEADER = 100_000_000;

interface Placed {
  key: string;
  dtype: string;
  shape: number[];
  start: number;
  end: number;
}

/**
 * The tensors of a .safetensors file by name, in the order of their bytes. Each is read on demand. `name` begins each
 * message. F16 and BF16 become Float32Array, 64-bit integers become Float64Array, BOOL becomes 0 and 1. Throws Error
 * for a header that is cut short, too long or not JSON, and for tensors that overlap, leave bytes out, or do not fill
 * their place. Reading a tensor throws for 8-bit floats and for integers beyond ±2^53.
 */
export function openSafetensors(bytes: Uint8Array, name: string): Map<string, () => SafeTensor> {
  if (bytes.length < LENGTH_BYTES) {
    throw new Error(
      `${name} is not a .safetensors file: ${bytes.length} bytes; expected the header's length in the first 8`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > LONGEST_HEADER) {
    throw new Error(
      `${name} is not a .safetensors file: its first 8 bytes announce a header of ${length} bytes; expected at most 100 MB`,
    );
  }
  const data = LENGTH_BYTES + length;
  if (data > bytes.length) {
    throw new Error(`${name} is cut short: its header has ${length} bytes; found ${bytes.length - LENGTH_BYTES}`);
  }
  const tensors = placesOf(parseHeader(bytes.subarray(LENGTH_BYTES, data), name), name);
  requireTiling(tensors, bytes.length - data, name);
  return new Map(
    tensors.map(({ key, dtype, shape, start, end }) => [
      key,
      () => {
        const label = `${name}: ${key}`;
        if (!Object.hasOwn(types, dtype)) {
          throw new Error(`${label} has dtype ${dtype}; expected one of ${Object.keys(types).join(", ")}`);
        }
        const numbers = decodeNumbers(bytes.subarray(data + start, data + end), types[dtype], true, label);
        return { shape, values: dtype === "BF16" ? brainFloats(numbers) : numbers };
      },
    ]),
  );
}

function parseHeader(bytes: Uint8Array, name: string): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Error(`${name} is not a .safetensors file: its header is not JSON (${(error as Error).message})`);
  }
  if (header === null || typeof header !== "object" || Array.isArray(header)) {
    throw new Error(`${name} has a damaged header: it is not a mapping of names to tensors`);
  }
  return header as Record<string, unknown>;
}

function placesOf(header: Record<string, unknown>, name: string): Placed[] {
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const entries = Object.entries(header).filter(([key]) => key !== "__metadata__");
  const tensors = entries.map(([key, entry]) => {
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    const isSound =
      typeof dtype === "string" &&
      Array.isArray(shape) &&
      shape.every(isSize) &&
      Array.isArray(offsets) &&
      offsets.length === 2 &&
      offsets.every(isSize);
    if (!isSound) {
      throw new Error(
        `${name}: ${key} is not described by dtype, shape and data_offsets: ${JSON.stringify(entry).slice(0, 100)}`,
      );
    }
    const [start, end] = offsets;
    const count = shape.reduce((product, size) => product * size, 1);
    const expected = Object.hasOwn(types, dtype) ? count * byteWidth(types[dtype]) : end - start;
    if (end - start !== expected || expected < 0) {
      throw new Error(
        `${name}: ${key} has the bytes ${start} to ${end}; expected ${expected} bytes for [${shape.join(", ")}] of ${dtype}`,
      );
    }
    return { key, dtype, shape, start, end };
  });
  return tensors.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The format requires that every byte after the header belongs to one tensor. */
function requireTiling(tensors: readonly Placed[], size: number, name: string): void {
  let end = 0;
  for (const { key, start, ...own } of tensors) {
    if (start !== end) {
      const fault = start < end ? "overlaps the tensor before it" : "leaves a gap before it";
      throw new Error(`${name} is damaged: ${key} begins at byte ${start} and ${fault}; expected ${end}`);
    }
    end = own.end;
  }
  if (end !== size) {
    const fault = end > size ? "is cut short" : "is too long";
    throw new Error(`${name} ${fault}: ${size} bytes of numbers; its header describes ${end}`);
  }
}

/** A brain float is the upper half of an f32. */
function brainFloats(upper: NumberArray): Float32Array {
  return new Float32Array(Uint32Array.from(upper, (bits) => bits * 0x10000).buffer);
}
