/** The common parts of VTK's XML files of grids, after "VTK File Formats", XML file formats. */
import type { NumberArray } from "./numberArrays.js";
import { type Encoding, readDataArray } from "./vtkArray.js";
import { parseXml, type XmlElement } from "./xml.js";

/** A regular grid of points, x fastest. */
export interface VtkGrid {
  /** The number of points along x, y and z. */
  shape: number[];
  /** The coordinates along x, y and z. Read an array first, which checks the shape. */
  axes: () => Float64Array[];
  /** The arrays on points by name, x fastest. Each is read on demand, which throws Error when it cannot be read. */
  arrays: Map<string, () => NumberArray>;
}

/** A file whose grid has been found. */
export interface VtkFile {
  grid: XmlElement;
  piece: XmlElement;
  encoding: Encoding;
  /** The first and last index along x, y and z. */
  extent: number[];
  shape: number[];
  /** The number of points. */
  count: number;
}

/**
 * Reads the bytes of a file with a grid of this type, such as ImageData. `name` begins each message. Throws Error for
 * bytes that are not such a file, for another type, and for several pieces.
 */
export function openVtkXml(bytes: Uint8Array, type: string, name: string): VtkFile {
  const { root, raw } = parse(bytes, name);
  const found = root.attributes.get("type");
  if (root.name !== "VTKFile" || found !== type) {
    const told = root.name === "VTKFile" ? `VTK data of type ${found}` : `<${root.name}>`;
    throw new Error(`${name} holds ${told}; expected a VTKFile of type ${type}`);
  }
  const grid = only(root, type, name);
  const piece = only(grid, "Piece", name);
  const extent = numbersOf(piece, "Extent", 6, name, numbersOf(grid, "WholeExtent", 6, name));
  const shape = [0, 1, 2].map((k) => extent[2 * k + 1] - extent[2 * k] + 1);
  if (![...extent, ...shape].every(Number.isSafeInteger) || !shape.every((length) => length > 0)) {
    throw new Error(
      `${name} has the extent ${extent.join(" ")}; expected a first and a last index, in this order, for x, y and z`,
    );
  }
  return { grid, piece, encoding: encodingOf(root, raw, name), extent, shape, count: shape[0] * shape[1] * shape[2] };
}

/** The XML without the part after the "_" of <AppendedData>, which may be any bytes. */
function parse(bytes: Uint8Array, name: string): { root: XmlElement; raw?: Buffer } {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = file.indexOf("<AppendedData");
  if (tag < 0) return { root: parseXml(decode(file, name), name) };
  const close = file.indexOf(">", tag);
  const start = file.indexOf("_", close);
  if (close < 0 || start < 0) throw new Error(`${name} is cut short: its appended data is missing`);
  const xml = `${decode(file.subarray(0, close + 1), name)}</AppendedData></VTKFile>`;
  return { root: parseXml(xml, name), raw: file.subarray(start + 1) };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${name} is not an XML file in UTF-8`);
  }
}

/** The only child with this name. Throws Error when there is none, or several. */
export function only(parent: XmlElement, child: string, name: string): XmlElement {
  const found = parent.children.filter((element) => element.name === child);
  if (found.length !== 1) throw new Error(`${name} has ${found.length} <${child}> in <${parent.name}>; expected one`);
  return found[0];
}

/** The `count` numbers of an attribute, or `fallback` when it is absent. Throws Error when it holds other things. */
export function numbersOf(
  element: XmlElement,
  key: string,
  count: number,
  name: string,
  fallback?: number[],
): number[] {
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

/** The arrays on points by name. Each is read on demand. Throws Error when there are none. */
export function arraysOf(piece: XmlElement, count: number, encoding: Encoding, name: string): VtkGrid["arrays"] {
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
      return [key, () => onePerPoint(element, count, encoding, `${name}: ${key}`)];
    }),
  );
}

function onePerPoint(element: XmlElement, count: number, encoding: Encoding, name: string): NumberArray {
  const components = Number(element.attributes.get("NumberOfComponents") ?? 1);
  if (components !== 1) throw new Error(`${name} has ${components} components; expected one number per point`);
  return readDataArray(element, count, encoding, name);
}
