import { endianness } from "node:os";
import type { NumberKind } from "./graph.js";

/** Reads bytes of a file beside the model, for external tensors. */
export type ReadExternal = (location: string, offset: number, length: number) => Uint8Array;

/** A number type of ONNX: the bytes of an element, its kind, and how to read one. */
interface ElementType {
  readonly name: string;
  readonly bytes: number;
  readonly kind: NumberKind;
  readonly read: (view: DataView, at: number) => number;
  /** The array that holds such numbers, for a faster way to read many. */
  readonly array?: typeof Float32Array | typeof Float64Array;
}

const isLittleEndian = endianness() === "LE";

const half = (bits: number) => {
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const sign = bits & 0x8000 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);
const brain = (bits: number) => {
  bits32[0] = bits * 0x10000;
  return float32[0];
};

const types: Readonly<Record<number, ElementType>> = {
  1: { name: "float", bytes: 4, kind: "real", read: (view, at) => view.getFloat32(at, true), array: Float32Array },
  2: { name: "uint8", bytes: 1, kind: "int", read: (view, at) => view.getUint8(at) },
  3: { name: "int8", bytes: 1, kind: "int", read: (view, at) => view.getInt8(at) },
  4: { name: "uint16", bytes: 2, kind: "int", read: (view, at) => view.getUint16(at, true) },
  5: { name: "int16", bytes: 2, kind: "int", read: (view, at) => view.getInt16(at, true) },
  6: { name: "int32", bytes: 4, kind: "int", read: (view, at) => view.getInt32(at, true) },
  7: { name: "int64", bytes: 8, kind: "int", read: (view, at) => Number(view.getBigInt64(at, true)) },
  9: { name: "bool", bytes: 1, kind: "bool", read: (view, at) => Number(view.getUint8(at) !== 0) },
  10: { name: "float16", bytes: 2, kind: "real", read: (view, at) => half(view.getUint16(at, true)) },
  11: { name: "double", bytes: 8, kind: "real", read: (view, at) => view.getFloat64(at, true), array: Float64Array },
  12: { name: "uint32", bytes: 4, kind: "int", read: (view, at) => view.getUint32(at, true) },
  13: { name: "uint64", bytes: 8, kind: "int", read: (view, at) => Number(view.getBigUint64(at, true)) },
  16: { name: "bfloat16", bytes: 2, kind: "real", read: (view, at) => brain(view.getUint16(at, true)) },
};

/** The kind of numbers of an ONNX element type; undefined for texts, complex and quantized numbers. */
export const numberKind = (type: number): NumberKind | undefined => types[type]?.kind;

/** A decoded TensorProto. */
export interface TensorMessage {
  dims: number[];
  type?: number;
  name?: string;
  raw?: Uint8Array;
  floats: number[];
  doubles: number[];
  int32s: number[];
  int64s: number[];
  uint64s: number[];
  external: { key?: string; value?: string }[];
  location?: number;
}

/** A tensor whose values are read on demand. */
export interface FileTensor {
  readonly kind: NumberKind;
  readonly shape: readonly number[];
  values(): Float64Array;
}

/**
 * A tensor of a model. Throws an Error that begins with `label` when its numbers are missing, too many or unreadable.
 */
export function fileTensor(tensor: TensorMessage, readExternal: ReadExternal, label: string): FileTensor {
  const type = types[tensor.type ?? 0];
  if (type === undefined) {
    throw new Error(`${label} has the element type ${tensor.type ?? "none"}; expected real, integer or boolean values`);
  }
  const { dims: shape } = tensor;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new Error(`${label} has the shape [${shape}]; expected lengths of 0 or more`);
  }
  const count = shape.reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(count * type.bytes))
    throw new Error(`${label} has the shape [${shape}]: too many elements`);
  const listed = listedValues(tensor, type.name);
  if (tensor.location !== 1 && tensor.raw === undefined && listed.length !== count) {
    throw new Error(`${label} has ${listed.length} values; expected ${count} for the shape [${shape}]`);
  }
  return {
    kind: type.kind,
    shape,
    values() {
      const bytes = tensor.location === 1 ? externalBytes(tensor, count * type.bytes, readExternal, label) : tensor.raw;
      if (bytes === undefined) return listed;
      if (bytes.length !== count * type.bytes) {
        const expected = `expected ${count * type.bytes} for [${shape}] of ${type.name}`;
        throw new Error(`${label} has ${bytes.length} bytes; ${expected}`);
      }
      // The copy is aligned.
      if (type.array && isLittleEndian) return new Float64Array(new type.array(Uint8Array.from(bytes).buffer));
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const values = new Float64Array(count);
      for (let i = 0; i < count; i++) values[i] = type.read(view, i * type.bytes);
      return values;
    },
  };
}

/** Values that are listed one by one. Half precision is listed as bit patterns. */
function listedValues({ floats, doubles, int32s, int64s, uint64s }: TensorMessage, type: string): Float64Array {
  if (type === "float16") return Float64Array.from(int32s, half);
  if (type === "bfloat16") return Float64Array.from(int32s, brain);
  return Float64Array.from([floats, doubles, int32s, int64s, uint64s].find((list) => list.length > 0) ?? []);
}

function externalBytes({ external }: TensorMessage, size: number, read: ReadExternal, label: string): Uint8Array {
  const facts = Object.fromEntries(external.map(({ key = "", value = "" }) => [key, value]));
  const { location, offset = "0", length = String(size) } = facts;
  if (!location) throw new Error(`${label} is stored in another file, but does not name it`);
  const [start, count] = [Number(offset), Number(length)];
  if (!Number.isSafeInteger(start) || start < 0 || count !== size) {
    throw new Error(`${label} is at bytes ${offset} + ${length} of ${location}; expected a place of ${size} bytes`);
  }
  return read(location, start, size);
}
