/** The arrays of VTK's XML files: as text, base64 or raw bytes, compressed with zlib or not. */
import { byteWidth, decodeNumbers, type NumberArray, type NumberType } from "./numberArrays.js";
import { requirePlausible, unpack } from "./unpacking.js";
import type { XmlElement } from "./xml.js";

const types: Record<string, NumberType> = {
  Float64: "f8",
  Float32: "f4",
  Int8: "i1",
  Int16: "i2",
  Int32: "i4",
  Int64: "i8",
  UInt8: "u1",
  UInt16: "u2",
  UInt32: "u4",
  UInt64: "u8",
};

/** The encoding of the binary arrays of a file. */
export interface Encoding {
  little: boolean;
  header: "u4" | "u8";
  compressed: boolean;
  /** The bytes after the "_" of <AppendedData>. */
  appended?: { base64: boolean; bytes: Buffer };
}

/**
 * The `count` numbers of a <DataArray>. `name` begins each message. Throws Error when it holds another number of them.
 */
export function readDataArray(element: XmlElement, count: number, encoding: Encoding, name: string): NumberArray {
  const { attributes, text } = element;
  const typeName = attributes.get("type") ?? "";
  if (!Object.hasOwn(types, typeName)) {
    throw new Error(`${name} is of type "${typeName}"; expected one of ${Object.keys(types).join(", ")}`);
  }
  const type = types[typeName];
  const format = attributes.get("format") ?? "ascii";
  switch (format) {
    case "ascii":
      return readAscii(text, count, name);
    case "binary":
      return readBinary(fromBase64(text, name), type, count, encoding, name);
    case "appended": {
      const { appended } = encoding;
      const offset = Number(attributes.get("offset") ?? Number.NaN);
      if (appended === undefined || !(offset >= 0 && offset < appended.bytes.length)) {
        throw new Error(`${name} is at offset ${attributes.get("offset")} of the appended data, which is missing`);
      }
      const rest = appended.bytes.subarray(offset);
      return readBinary(appended.base64 ? fromBase64(upToEnd(rest), name) : rest, type, count, encoding, name);
    }
    default:
      throw new Error(`${name} has format="${format}"; expected ascii, binary or appended`);
  }
}

function readAscii(text: string, count: number, name: string): Float64Array {
  const words = text.trim() === "" ? [] : text.trim().split(/\s+/);
  if (words.length !== count) throw new Error(`${name} has ${words.length} numbers; expected ${count}`);
  return Float64Array.from(words, (word) => {
    const [, sign, special] = word.toLowerCase().match(/^([+-]?)(nan|inf)/) ?? [];
    const value = special === undefined ? Number(word) : (sign === "-" ? -1 : 1) * (special === "nan" ? NaN : Infinity);
    if (Number.isNaN(value) && special !== "nan")
      throw new Error(`${name} has ${JSON.stringify(word)}; expected a number`);
    return value;
  });
}

/** The text of all appended base64, up to the next tag. Further arrays may follow the first. */
function upToEnd(bytes: Buffer): string {
  const end = bytes.indexOf("<");
  return bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
}

/**
 * The bytes of one or several consecutive base64 texts. VTK writes the header of an array separately, with its own
 * padding.
 */
function fromBase64(text: string, name: string): Buffer {
  const bare = text.replace(/\s+/g, "");
  const wrong = bare.match(/[^A-Za-z0-9+/=]/);
  if (wrong) throw new Error(`${name} has "${wrong[0]}" at character ${wrong.index} of its base64 text`);
  return Buffer.concat((bare.match(/[^=]+=*/g) ?? []).map((part) => Buffer.from(part, "base64")));
}

/** The part of an array after its header: its bytes, or the sizes of its compressed blocks. */
function readBinary(bytes: Uint8Array, type: NumberType, count: number, encoding: Encoding, name: string): NumberArray {
  const { little, header, compressed } = encoding;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wordWidth = byteWidth(header);
  const word = (index: number): number => {
    const at = index * wordWidth;
    if (at + wordWidth > bytes.length) throw new Error(`${name} is cut short: its header is not complete`);
    return header === "u4" ? view.getUint32(at, little) : Number(view.getBigUint64(at, little));
  };
  const expected = count * byteWidth(type);
  const content = compressed
    ? inflateBlocks(bytes, word, wordWidth, expected, name)
    : stored(bytes, word(0), wordWidth, name);
  if (content.length !== expected) {
    throw new Error(`${name} has ${content.length} bytes; expected ${expected} for ${count} numbers`);
  }
  return decodeNumbers(content, type, little, name);
}

function stored(bytes: Uint8Array, size: number, start: number, name: string): Uint8Array {
  if (start + size > bytes.length) {
    throw new Error(`${name} is cut short: ${bytes.length - start} bytes; expected ${size}`);
  }
  return bytes.subarray(start, start + size);
}

/**
 * Header: the number of blocks, their size, the size of the last (0 when it is whole), and the compressed size of each.
 */
function inflateBlocks(
  bytes: Uint8Array,
  word: (index: number) => number,
  wordWidth: number,
  total: number,
  name: string,
): Buffer {
  const [blocks, size, last] = [word(0), word(1), word(2)];
  requirePlausible(bytes.length, total, name);
  let at = (3 + blocks) * wordWidth;
  let left = total;
  const inflated: Uint8Array[] = [];
  for (let block = 0; block < blocks; block++) {
    const packed = stored(bytes, word(3 + block), at, name);
    const expected = block === blocks - 1 && last > 0 ? last : size;
    left -= expected;
    if (left < 0) throw new Error(`${name} has blocks of more than ${total} bytes`);
    inflated.push(unpack("zlib", packed, `${name}: block ${block + 1} of ${blocks}`, expected));
    at += packed.length;
  }
  return Buffer.concat(inflated);
}
