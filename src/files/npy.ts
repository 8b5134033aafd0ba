/** The .npy format of NumPy: one array, its number type and shape in a short header (NEP 1). */

export type NumberArray =
  | Float64Array
  | Float32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;

export interface NpyArray {
  /** The length of each axis; [] for a single number. */
  shape: number[];
  /** All numbers in the order of the file: the last index fastest, or the first where `fortranOrder` is set. */
  values: NumberArray;
  fortranOrder: boolean;
}

/** Number types that JavaScript has an array for, by kind and bytes. */
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

/** What the other types of NumPy are called, by the letter of their kind. */
const otherKinds: Record<string, string> = {
  c: "complex numbers",
  S: "text",
  a: "text",
  U: "text",
  O: "Python objects",
  V: "raw bytes",
  M: "dates",
  m: "time spans",
  f: "floating-point numbers of an unusual width",
};

const MAGIC = "\x93NUMPY";
/** f64 holds all integers up to this one. */
const EXACT = 2n ** 53n;
const nativeIsLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Reads the bytes of a .npy file (header versions 1 to 3, both byte orders); `name` begins each message. Numbers keep the
 * type of the file where JavaScript has it and may then be a view of `bytes`; half precision becomes Float32Array, 64-bit
 * integers Float64Array, booleans 0 and 1. Throws Error for bytes that are no .npy file, are cut short or too long, for
 * arrays that hold no real numbers, and for 64-bit integers beyond ±2^53, which f64 cannot hold.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const latin = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString("latin1");
  if (latin(0, 6) !== MAGIC) {
    throw new Error(`${name} is no .npy file: it begins with ${JSON.stringify(latin(0, 6))}; expected "\\x93NUMPY"`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw new Error(`${name}: version ${version} of the .npy format; expected 1, 2 or 3`);
  const start = version === 1 ? 10 : 12;
  const length = bytes.length < start ? Infinity : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) throw new Error(`${name} is cut short: its header is not complete`);
  const { type, little, fortranOrder, shape } = readHeader(latin(start, start + length), name);

  const count = shape.reduce((product, size) => product * size, 1);
  const expected = count * Number(type.slice(1));
  const found = bytes.length - start - length;
  if (found !== expected) {
    const fault = found < expected ? "is cut short" : "is too long";
    throw new Error(
      `${name} ${fault}: ${found} bytes of numbers; expected ${expected} for shape (${shape.join(", ")}) of type ${type}`,
    );
  }
  return { shape, values: readNumbers(bytes.subarray(start + length), type, little, count, name), fortranOrder };
}

/** The header is a Python dictionary, such as {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }. */
function readHeader(header: string, name: string) {
  const [, descr] = header.match(/['"]descr['"]\s*:\s*(\[|'[^']*'|"[^"]*")/) ?? [];
  if (descr === "[") {
    throw new Error(`${name} holds records with named fields; expected plain numbers: save one field of it`);
  }
  const [, order, kind, width] = descr?.slice(1, -1).match(/^([<>|]?)([A-Za-z])(\d*)/) ?? [];
  const type = `${kind}${width}`;
  const [, fortran] = header.match(/['"]fortran_order['"]\s*:\s*(True|False)/) ?? [];
  const [, sizes] = header.match(/['"]shape['"]\s*:\s*\(([\d\sL,]*)\)/) ?? [];
  if (kind === undefined || fortran === undefined || sizes === undefined) {
    throw new Error(`${name} has a damaged header: ${JSON.stringify(header.trim().slice(0, 100))}`);
  }
  if (!Object.hasOwn(arrays, type) && !["f2", "i8", "u8"].includes(type)) {
    const what = Object.hasOwn(otherKinds, kind) ? `${otherKinds[kind]} (dtype ${type})` : `dtype ${type}`;
    throw new Error(`${name} holds ${what}; expected real numbers, as from array.astype("float64")`);
  }
  const shape = sizes.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number.parseInt(size, 10)]));
  return { type, little: order !== ">", fortranOrder: fortran === "True", shape };
}

function readNumbers(bytes: Uint8Array, type: string, little: boolean, count: number, name: string): NumberArray {
  const width = Number(type.slice(1));
  const native = width === 1 || little === nativeIsLittle;
  const aligned = native && bytes.byteOffset % width === 0 ? bytes : Uint8Array.from(bytes);
  if (!native) swapBytes(aligned, width);
  const { buffer, byteOffset } = aligned as Uint8Array<ArrayBuffer>;
  if (type === "f2") return Float32Array.from(new Uint16Array(buffer, byteOffset, count), halfToNumber);
  if (type === "i8" || type === "u8") {
    const Wide = type === "i8" ? BigInt64Array : BigUint64Array;
    return wholeNumbers(new Wide(buffer, byteOffset, count), name);
  }
  return new arrays[type as keyof typeof arrays](buffer, byteOffset, count);
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
