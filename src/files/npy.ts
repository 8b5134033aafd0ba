/** The .npy format of NumPy: one array, its number type and shape in a short header (NEP 1). */

import { byteWidth, decodeNumbers, isNumberType, type NumberArray } from "./numberArrays.js";

export interface NpyArray {
  /** The length of each axis; [] for a single number. */
  shape: number[];
  /** All numbers in the order of the file: last index fastest, or first index fastest when `fortranOrder` is set. */
  values: NumberArray;
  fortranOrder: boolean;
}

/** Descriptions of NumPy's other types, by the letter of their kind. */
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

/**
 * Reads the bytes of a .npy file (header versions 1 to 3, both byte orders). `name` begins each message. Numbers keep
 * the type of the file if JavaScript has it, and may then be a view of `bytes`. Half precision becomes Float32Array,
 * 64-bit integers become Float64Array, and booleans become 0 and 1. Throws Error for bytes that are not a .npy file,
 * are cut short or too long, for arrays without real numbers, and for 64-bit integers beyond ±2^53, which f64 cannot
 * hold.
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const { type, little, fortranOrder, shape, start } = headerOf(bytes, name);
  const count = shape.reduce((product, size) => product * size, 1);
  const expected = count * byteWidth(type);
  const found = bytes.length - start;
  if (found !== expected) {
    const fault = found < expected ? "is cut short" : "is too long";
    throw new Error(
      `${name} ${fault}: ${found} bytes of numbers; expected ${expected} for shape (${shape.join(", ")}) of type ${type}`,
    );
  }
  return { shape, values: decodeNumbers(bytes.subarray(start), type, little, name), fortranOrder };
}

/** The header of a .npy file, from its first bytes. `start` is the place of its numbers. Throws Error as readNpy. */
export function headerOf(bytes: Uint8Array, name: string) {
  const latin = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString("latin1");
  if (latin(0, 6) !== MAGIC) {
    throw new Error(`${name} is not a .npy file: it begins with ${JSON.stringify(latin(0, 6))}; expected "\\x93NUMPY"`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) throw new Error(`${name}: version ${version} of the .npy format; expected 1, 2 or 3`);
  const start = version === 1 ? 10 : 12;
  const length = bytes.length < start ? Infinity : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length) throw new Error(`${name} is cut short: its header is not complete`);
  return { ...readHeader(latin(start, start + length), name), start: start + length };
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
  if (!isNumberType(type)) {
    const what = Object.hasOwn(otherKinds, kind) ? `${otherKinds[kind]} (dtype ${type})` : `dtype ${type}`;
    throw new Error(`${name} holds ${what}; expected real numbers, as from array.astype("float64")`);
  }
  const shape = sizes.split(",").flatMap((size) => (size.trim() === "" ? [] : [Number.parseInt(size, 10)]));
  return { type, little: order !== ">", fortranOrder: fortran === "True", shape };
}
