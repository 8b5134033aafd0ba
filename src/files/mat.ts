/** Arrays of numbers from MATLAB files of level 5 ("-v6", "-v7"), after MathWorks' MAT-File Format. */
import type { NpyArray } from "./npy.js";
import { byteWidth, decodeNumbers, type NumberType } from "./numberArrays.js";
import { unpack, unpackBeginning } from "./unpacking.js";

const MATRIX = 14;
const COMPRESSED = 15;
/** Number types of elements. */
const types: Record<number, NumberType> = {
  1: "i1",
  2: "u1",
  3: "i2",
  4: "u2",
  5: "i4",
  6: "u4",
  7: "f4",
  9: "f8",
  12: "i8",
  13: "u8",
};
/** Classes of arrays that do not hold plain numbers. */
const otherClasses: Record<number, string> = {
  1: "a cell array",
  2: "a struct",
  3: "an object",
  4: "text",
  5: "a sparse matrix",
};
const COMPLEX = 0x0800;

interface Element {
  type: number;
  bytes: Uint8Array;
}

/**
 * The arrays of a MAT-file by name, each with its first index fastest, as `fortranOrder` says. An array is read on
 * demand, so one without numbers does not block the others. Numbers have the type that they are stored in, which may be
 * narrower than the class of the array. `name` begins each message. Throws Error for bytes that are not a MAT-file of
 * level 5 or are cut short. Reading an array throws when it does not hold real numbers.
 */
export function openMat(bytes: Uint8Array, name: string): Map<string, () => NpyArray> {
  const latin = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString("latin1");
  if (latin(0, 10) === "MATLAB 7.3" || latin(0, 4) === "\x89HDF" || latin(512, 516) === "\x89HDF") {
    throw new Error(`${name} is a MATLAB file of version 7.3 (HDF5); expected level 5, as saved by save(…, "-v7")`);
  }
  const order = latin(126, 128);
  if (order !== "IM" && order !== "MI") {
    throw new Error(`${name} is not a MATLAB file of level 5: its header has no byte order at byte 126`);
  }
  const little = order === "IM";
  const arrays = new Map<string, () => NpyArray>();
  for (const { type, bytes: content } of elements(bytes.subarray(128), little, name, 128)) {
    const matrix = type === COMPRESSED ? unpackElement(content, little, name) : { type, bytes: content };
    if (matrix.type !== MATRIX) continue;
    const [flags, dimensions, label, real] = elements(matrix.bytes, little, `${name}: an array`);
    if (flags === undefined || dimensions === undefined || label === undefined) {
      throw new Error(`${name} is damaged: an array lacks its flags, dimensions or name`);
    }
    const key = Buffer.from(label.bytes).toString("latin1");
    arrays.set(key, () => readMatrix(flags, dimensions, real, little, `${name}: ${key}`));
  }
  return arrays;
}

/** The consecutive elements in `bytes`, which begin at `start` of the file. */
function elements(bytes: Uint8Array, little: boolean, name: string, start = 0): Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const place = `at byte ${start + at}`;
    if (at + 8 > bytes.length) throw new Error(`${name} is cut short ${place}: expected an element's tag of 8 bytes`);
    const word = view.getUint32(at, little);
    // A small element has its length in the upper half of its type, and its bytes in the same 8.
    const small = word >>> 16 !== 0;
    const [type, length] = small ? [word & 0xffff, word >>> 16] : [word, view.getUint32(at + 4, little)];
    const from = at + (small ? 4 : 8);
    if (from + length > bytes.length) {
      throw new Error(`${name} is cut short: an element ${place} has ${length} bytes; found ${bytes.length - from}`);
    }
    found.push({ type, bytes: bytes.subarray(from, from + length) });
    at = small ? at + 8 : from + (type === COMPRESSED ? length : 8 * Math.ceil(length / 8));
  }
  return found;
}

function unpackElement(packed: Uint8Array, little: boolean, name: string): Element {
  const header = unpackBeginning("zlib", packed, name);
  if (header.length < 8) throw new Error(`${name} is damaged: a packed array is empty`);
  const length = new DataView(header.buffer, header.byteOffset).getUint32(4, little);
  const bytes = unpack("zlib", packed, `${name}: a packed array`, 8 + length);
  const [element] = elements(bytes, little, `${name}: a packed array`);
  if (element === undefined) throw new Error(`${name} is damaged: a packed array is empty`);
  return element;
}

function readMatrix(
  flags: Element,
  dimensions: Element,
  real: Element | undefined,
  little: boolean,
  name: string,
): NpyArray {
  const numbers = ({ type, bytes }: Element, what: string) => {
    if (types[type] === undefined || bytes.length % byteWidth(types[type]) !== 0) {
      throw new Error(`${name}: its ${what} have the type ${type} and ${bytes.length} bytes; expected numbers`);
    }
    return decodeNumbers(bytes, types[type], little, name);
  };
  const [flag] = numbers(flags, "flags");
  if (Object.hasOwn(otherClasses, flag & 0xff)) {
    throw new Error(`${name} is ${otherClasses[flag & 0xff]}; expected an array of numbers`);
  }
  if (flag & COMPLEX) throw new Error(`${name} holds complex numbers; expected real ones`);
  if (real === undefined) throw new Error(`${name} is damaged: it holds no numbers`);
  const shape = Array.from(numbers(dimensions, "dimensions"));
  const values = numbers(real, "numbers");
  const expected = shape.reduce((product, length) => product * length, 1);
  if (values.length !== expected) {
    throw new Error(`${name} holds ${values.length} numbers; expected ${expected} for ${shape.join(" × ")}`);
  }
  return { shape, values, fortranOrder: true };
}
