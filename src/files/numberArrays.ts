/** Decodes the number types of files, by kind and width, in either byte order. */

export type NumberArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

/** Number types that JavaScript has an array for, by kind (float, integer, unsigned, boolean) and bytes. */
const arrays = {
  f8: Float64Array,
  f4: Float32Array,
  i4: Int32Array,
  i2: Int16Array,
  i1: Int8Array,
  u4: Uint32Array,
  u2: Uint16Array,
  u1: Uint8Array,
  b1: Uint8Array,
} as const;

export type NumberType = keyof typeof arrays | "f2" | "i8" | "u8";

const nativeIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
/** f64 holds all integers up to this one. */
const EXACT = 2n ** 53n;

export function isNumberType(type: string): type is NumberType {
  return Object.hasOwn(arrays, type) || type === "f2" || type === "i8" || type === "u8";
}

export function byteWidth(type: NumberType): number {
  return Number(type.slice(1));
}

/**
 * The numbers in `bytes`, whose length is a multiple of the type's width. They keep their type if JavaScript has it,
 * and may then be a view of `bytes`. Half precision becomes Float32Array, 64-bit integers become Float64Array. Throws
 * an Error that begins with `name` for an integer beyond ±2^53, which f64 cannot hold.
 */
export function decodeNumbers(bytes: Uint8Array, type: NumberType, little: boolean, name: string): NumberArray {
  const width = byteWidth(type);
  const native = width === 1 || little === nativeIsLittle;
  const aligned = native && bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  if (!native) swapBytes(aligned, width);
  const { buffer, byteOffset } = aligned as Uint8Array<ArrayBuffer>;
  const count = bytes.length / width;
  if (type === "f2") return Float32Array.from(new Uint16Array(buffer, byteOffset, count), halfToNumber);
  if (type === "i8") return wholeNumbers(new BigInt64Array(buffer, byteOffset, count), name);
  if (type === "u8") return wholeNumbers(new BigUint64Array(buffer, byteOffset, count), name);
  return new arrays[type](buffer, byteOffset, count);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function wholeNumbers(integers: BigInt64Array | BigUint64Array, name: string): Float64Array {
  const values = new Float64Array(integers.length);
  for (let i = 0; i < values.length; i++) {
    const integer = integers[i];
    if (integer > EXACT || integer < -EXACT) {
      throw new Error(`${name} holds the integer ${integer}; expected at most 2^53, beyond which f64 is not exact`);
    }
    values[i] = Number(integer);
  }
  return values;
}

/** IEEE 754 half precision: 1 bit sign, 5 bits exponent, 10 bits fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
