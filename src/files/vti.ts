/** VTK's XML files of image data (.vti): numbers on a regular grid, after "VTK File Formats", XML file formats. */
import { inflateSync } from "node:zlib";
import { byteWidth, decodeNumbers, type NumberArray, type NumberType } from "./numberArrays.js";
import { parseXml, type XmlElement } from "./xml.js";

export interface VtiImage {
  /** Points along x, y and z. */
  shape: number[];
  /** Coordinates along x, y and z. */
  axes: Float64Array[];
  /** The arrays on points by name, x fastest; each is read when asked for, which throws Error when it cannot be. */
  arrays: Map<string, () => NumberArray>;
}

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

/** How the binary arrays of a file are written. */
interface Encoding {
  little: boolean;
  header: "u4" | "u8";
  compressed: boolean;
  /** What stands after the "_" of <AppendedData>. */
  appended?: { base64: boolean; bytes: Buffer };
}

/**
 * Reads the bytes of a .vti file; `name` begins each message. All of VTK's encodings but the compressors lz4 and lzma. Throws Error for
 * bytes that are no such file, for another type of data, several pieces, rotated axes, and a file with values on cells only.
 */
export function readVti(bytes: Uint8Array, name: string): VtiImage {
  const { root, raw } = parse(bytes, name);
  const type = root.attributes.get("type");
  if (root.name !== "VTKFile" || type !== "ImageData") {
    const found = root.name === "VTKFile" ? `VTK data of type ${type}` : `<${root.name}>`;
    throw new Error(`${name} holds ${found}; expected a VTKFile of type ImageData`);
  }
  const image = only(root, "ImageData", name);
  const direction = numbersOf(image, "Direction", 9, name, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  if (direction.some((value, i) => value !== (i % 4 === 0 ? 1 : 0))) {
    throw new Error(
      `${name} has rotated axes (Direction="${image.attributes.get("Direction")}"); expected axes along x, y, z`,
    );
  }
  const origin = numbersOf(image, "Origin", 3, name, [0, 0, 0]);
  const spacing = numbersOf(image, "Spacing", 3, name, [1, 1, 1]);
  const piece = only(image, "Piece", name);
  const extent = numbersOf(piece, "Extent", 6, name, numbersOf(image, "WholeExtent", 6, name));
  const shape = [0, 1, 2].map((k) => extent[2 * k + 1] - extent[2 * k] + 1);
  if (!shape.every((length) => Number.isInteger(length) && length > 0)) {
    throw new Error(
      `${name} has the extent ${extent.join(" ")}; expected a first and a last index, in this order, for x, y and z`,
    );
  }
  const axes = shape.map((length, k) =>
    Float64Array.from({ length }, (_, i) => origin[k] + spacing[k] * (extent[2 * k] + i)),
  );
  const encoding = encodingOf(root, raw, name);
  const count = shape[0] * shape[1] * shape[2];
  return { shape, axes, arrays: arraysOf(piece, count, encoding, name) };
}

/** The XML, without what follows the "_" of <AppendedData>, which may be any bytes. */
function parse(bytes: Uint8Array, name: string): { root: XmlElement; raw?: Buffer } {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = file.indexOf("<AppendedData");
  if (tag < 0) return { root: parseXml(decode(file, name), name) };
  const close = file.indexOf(">", tag);
  const start = file.indexOf("_", close);
  if (close < 0 || start < 0) throw new Error(`${name} is cut short: its appended data do not begin`);
  const xml = `${decode(file.subarray(0, close + 1), name)}</AppendedData></VTKFile>`;
  return { root: parseXml(xml, name), raw: file.subarray(start + 1) };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${name} is no XML file in UTF-8`);
  }
}

function only(parent: XmlElement, child: string, name: string): XmlElement {
  const found = parent.children.filter((element) => element.name === child);
  if (found.length !== 1) throw new Error(`${name} has ${found.length} <${child}> in <${parent.name}>; expected one`);
  return found[0];
}

/** The `count` numbers of an attribute, `fallback` where it is absent. */
function numbersOf(element: XmlElement, key: string, count: number, name: string, fallback?: number[]): number[] {
  const text = element.attributes.get(key);
  if (text === undefined && fallback !== undefined) return fallback;
  const values = (text ?? "").trim().split(/\s+/).map(Number);
  if (text === undefined || values.length !== count || !values.every(Number.isFinite)) {
    const found = text === undefined ? `lacks ${key}` : `has ${key}="${text}"`;
    throw new Error(`${name}: <${element.name}> ${found}; expected ${count} numbers`);
  }
  return values;
}

function encodingOf(root: XmlElement, raw: Buffer | undefined, name: string): Encoding {
  const choice = <T>(key: string, choices: Record<string, T>, fallback: string): T => {
    const value = root.attributes.get(key) ?? fallback;
    if (Object.hasOwn(choices, value)) return choices[value];
    throw new Error(`${name} has ${key}="${value}"; expected ${Object.keys(choices).filter(Boolean).join(" or ")}`);
  };
  const appended = root.children.find((element) => element.name === "AppendedData");
  return {
    little: choice("byte_order", { LittleEndian: true, BigEndian: false }, "LittleEndian"),
    header: choice("header_type", { UInt32: "u4", UInt64: "u8" }, "UInt32"),
    compressed: choice("compressor", { "": false, vtkZLibDataCompressor: true }, ""),
    appended: raw && { base64: appended?.attributes.get("encoding") !== "raw", bytes: raw },
  };
}

function arraysOf(piece: XmlElement, count: number, encoding: Encoding, name: string): VtiImage["arrays"] {
  const listed = (parent: string) =>
    piece.children
      .filter((element) => element.name === parent)
      .flatMap(({ children }) => children.filter((element) => element.name === "DataArray"));
  const onPoints = listed("PointData");
  if (onPoints.length === 0) {
    const cells = listed("CellData").length > 0 ? "values on cells only" : "no values";
    throw new Error(`${name} has ${cells}; expected an array on points (in ParaView: Cell Data to Point Data)`);
  }
  return new Map(
    onPoints.map((element, i) => {
      const key = element.attributes.get("Name") ?? `array ${i + 1}`;
      return [key, () => readArray(element, count, encoding, `${name}: ${key}`)];
    }),
  );
}

function readArray(element: XmlElement, count: number, encoding: Encoding, name: string): NumberArray {
  const { attributes, text } = element;
  const components = Number(attributes.get("NumberOfComponents") ?? 1);
  if (components !== 1) throw new Error(`${name} has ${components} components; expected one number a point`);
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
        throw new Error(`${name} is at offset ${attributes.get("offset")} of the appended data, which are not there`);
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

/** The text of all appended base64: up to the next tag. Further arrays may follow the one at its beginning. */
function upToEnd(bytes: Buffer): string {
  const end = bytes.indexOf("<");
  return bytes.toString("latin1", 0, end < 0 ? bytes.length : end);
}

/** Bytes of one or several base64 texts one after the other: VTK writes the header of an array apart, with its own padding. */
function fromBase64(text: string, name: string): Buffer {
  const bare = text.replace(/\s+/g, "");
  const wrong = bare.match(/[^A-Za-z0-9+/=]/);
  if (wrong) throw new Error(`${name} has "${wrong[0]}" at character ${wrong.index} of its base64 text`);
  return Buffer.concat((bare.match(/[^=]+=*/g) ?? []).map((part) => Buffer.from(part, "base64")));
}

/** An array after its header: its bytes, or the sizes of the blocks that it was compressed in. */
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
  const content = compressed ? inflateBlocks(bytes, word, wordWidth, name) : stored(bytes, word(0), wordWidth, name);
  if (content.length !== expected) {
    throw new Error(`${name} has ${content.length} bytes; expected ${expected} for ${count} points`);
  }
  return decodeNumbers(content, type, little, name);
}

function stored(bytes: Uint8Array, size: number, start: number, name: string): Uint8Array {
  if (start + size > bytes.length) {
    throw new Error(`${name} is cut short: ${bytes.length - start} bytes; expected ${size}`);
  }
  return bytes.subarray(start, start + size);
}

/** Header: number of blocks, their size, the size of the last (0 when it is whole), the compressed size of each. */
function inflateBlocks(bytes: Uint8Array, word: (index: number) => number, wordWidth: number, name: string): Buffer {
  const [blocks, size, last] = [word(0), word(1), word(2)];
  let at = (3 + blocks) * wordWidth;
  const inflated: Buffer[] = [];
  for (let block = 0; block < blocks; block++) {
    const packed = stored(bytes, word(3 + block), at, name);
    const expected = block === blocks - 1 && last > 0 ? last : size;
    try {
      inflated.push(inflateSync(packed, { maxOutputLength: Math.max(expected, 1) }));
    } catch (error) {
      throw new Error(`${name}: block ${block + 1} of ${blocks} is damaged: ${(error as Error).message}`);
    }
    at += packed.length;
  }
  return Buffer.concat(inflated);
}
