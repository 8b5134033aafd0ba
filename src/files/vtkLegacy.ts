/** VTK's legacy files (.vtk) of grids, after "VTK File Formats", simple legacy formats. */
import { gridAxes } from "./gridAxes.js";
import { byteWidth, decodeNumbers, type NumberArray, type NumberType } from "./numberArrays.js";
import type { VtkGrid } from "./vtkXml.js";

const types: Record<string, NumberType> = {
  double: "f8",
  float: "f4",
  int: "i4",
  unsigned_int: "u4",
  short: "i2",
  unsigned_short: "u2",
  char: "i1",
  unsigned_char: "u1",
  long: "i8",
  unsigned_long: "u8",
  vtktypeint64: "i8",
};

/**
 * Reads structured points, rectilinear and structured grids, as text or binary (big-endian). `name` begins each
 * message. Throws Error for other data, for values on cells only, and for a file that is cut short.
 */
export function readVtk(bytes: Uint8Array, name: string): VtkGrid {
  const words = new Reader(bytes, name);
  if (!words.line().startsWith("# vtk DataFile"))
    throw new Error(`${name} is not a legacy VTK file: its first line does not say so`);
  words.line(); // a title
  const format = words.word();
  if (format !== "ASCII" && format !== "BINARY") throw new Error(`${name} is ${format}; expected ASCII or BINARY`);
  words.isBinary = format === "BINARY";
  words.expect("DATASET");
  const kind = words.word();
  words.expect("DIMENSIONS");
  const shape = [words.count(), words.count(), words.count()];
  const count = shape[0] * shape[1] * shape[2];
  if (count === 0) throw new Error(`${name} has ${shape.join(" × ")} points; expected one or more`);
  const axes = geometry(words, kind, shape, count, name);
  return { shape, axes, arrays: pointArrays(words, count, name) };
}

function geometry(words: Reader, kind: string, shape: number[], count: number, name: string): VtkGrid["axes"] {
  switch (kind) {
    case "STRUCTURED_POINTS": {
      const facts: Record<string, number[]> = { ORIGIN: [0, 0, 0], SPACING: [1, 1, 1] };
      for (let i = 0; i < 2; i++) {
        const key = words.word().replace("ASPECT_RATIO", "SPACING");
        if (!Object.hasOwn(facts, key))
          throw new Error(`${name} has ${JSON.stringify(key)}; expected ORIGIN and SPACING`);
        facts[key] = [words.number(), words.number(), words.number()];
      }
      const { ORIGIN, SPACING } = facts;
      return () => shape.map((length, k) => Float64Array.from({ length }, (_, i) => ORIGIN[k] + SPACING[k] * i));
    }
    case "RECTILINEAR_GRID": {
      const axes = shape.map((length, k) => {
        words.expect(`${"XYZ"[k]}_COORDINATES`);
        words.requireCount(length);
        return Float64Array.from(words.numbers(length, words.word()));
      });
      return () => axes;
    }
    case "STRUCTURED_GRID": {
      words.expect("POINTS");
      words.requireCount(count);
      const points = words.numbers(3 * count, words.word());
      return () => gridAxes(shape, points, name);
    }
    default:
      throw new Error(`${name} holds ${kind}; expected STRUCTURED_POINTS, RECTILINEAR_GRID or STRUCTURED_GRID`);
  }
}

/** The arrays on points: SCALARS, and those of one number per point in a FIELD. Others are skipped. */
function pointArrays(words: Reader, count: number, name: string): VtkGrid["arrays"] {
  const arrays: VtkGrid["arrays"] = new Map();
  let perPoint = false;
  let length = count;
  for (let word = words.next(); word !== undefined; word = words.next()) {
    if (word === "POINT_DATA" || word === "CELL_DATA") {
      perPoint = word === "POINT_DATA";
      length = words.count();
      if (perPoint && length !== count) throw new Error(`${name} has ${length} values on ${count} points`);
    } else if (word === "SCALARS") {
      const [key, type, components = "1"] = words.line().trim().split(/\s+/);
      if (words.peek() === "LOOKUP_TABLE") words.line();
      const values = words.numbers(length * Number(components), type);
      if (perPoint && components === "1") arrays.set(key, () => values);
    } else if (word === "FIELD") {
      words.word();
      for (let left = words.count(); left > 0; left--) {
        const [key, components, tuples] = [words.word(), words.count(), words.count()];
        const values = words.numbers(components * tuples, words.word());
        if (perPoint && components === 1 && tuples === count) arrays.set(key, () => values);
      }
    } else if (word === "VECTORS" || word === "NORMALS") {
      words.word();
      words.numbers(3 * length, words.word());
    } else if (word === "METADATA") {
      words.line();
      for (let left = true; left; ) left = words.line().trim() !== "";
    } else {
      throw new Error(`${name} has ${JSON.stringify(word.slice(0, 40))}; expected SCALARS or FIELD`);
    }
  }
  if (arrays.size === 0) {
    throw new Error(`${name} has no values on points; expected an array (in ParaView: Cell Data to Point Data)`);
  }
  return arrays;
}

const LINE_END = 10;

/** The words, lines and numbers of a file, one after the other. */
class Reader {
  isBinary = false;
  private at = 0;
  private readonly file: Buffer;

  constructor(
    bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Up to the end of the line. */
  line(): string {
    if (this.at >= this.file.length) throw new Error(`${this.name} is cut short`);
    const found = this.file.indexOf(LINE_END, this.at);
    const end = found < 0 ? this.file.length : found;
    const line = this.file.toString("latin1", this.at, end);
    this.at = end + 1;
    return line;
  }

  /** The next word; undefined at the end of the file. */
  next(): string | undefined {
    while (this.at < this.file.length && this.file[this.at] <= 32) this.at++;
    const start = this.at;
    while (this.at < this.file.length && this.file[this.at] > 32) this.at++;
    return start === this.at ? undefined : this.file.toString("latin1", start, this.at);
  }

  peek(): string | undefined {
    const { at } = this;
    const word = this.next();
    this.at = at;
    return word;
  }

  word(): string {
    const word = this.next();
    if (word === undefined) throw new Error(`${this.name} is cut short`);
    return word;
  }

  expect(wanted: string): void {
    const word = this.word();
    if (word !== wanted) throw new Error(`${this.name} has ${JSON.stringify(word.slice(0, 40))}; expected ${wanted}`);
  }

  number(): number {
    const word = this.word();
    const [, sign, special] = word.toLowerCase().match(/^([+-]?)(nan|inf)/) ?? [];
    if (special !== undefined) return (sign === "-" ? -1 : 1) * (special === "nan" ? Number.NaN : Infinity);
    const value = Number(word);
    if (Number.isNaN(value))
      throw new Error(`${this.name} has ${JSON.stringify(word.slice(0, 40))}; expected a number`);
    return value;
  }

  count(): number {
    const value = this.number();
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new Error(`${this.name} has ${value}; expected a count`);
  }

  requireCount(expected: number): void {
    const found = this.count();
    if (found !== expected) throw new Error(`${this.name} has ${found} coordinates; expected ${expected}`);
  }

  /** Reads `count` numbers of a type. A binary array begins after the end of the line. */
  numbers(count: number, typeName = ""): NumberArray {
    const type = Object.hasOwn(types, typeName.toLowerCase()) ? types[typeName.toLowerCase()] : undefined;
    if (type === undefined)
      throw new Error(`${this.name} has numbers of type ${typeName}; expected ${Object.keys(types)}`);
    const left = this.file.length - this.at;
    if (!this.isBinary) {
      if (!(2 * count <= left + 1)) throw new Error(`${this.name} is cut short: ${count} numbers in ${left} bytes`);
      return Float64Array.from({ length: count }, () => this.number());
    }
    if (this.file[this.at - 1] !== LINE_END) this.line();
    const length = count * byteWidth(type);
    if (!(this.at + length <= this.file.length))
      throw new Error(`${this.name} is cut short: ${length} bytes in ${left}`);
    const values = decodeNumbers(this.file.subarray(this.at, this.at + length), type, false, this.name);
    this.at += length;
    return values;
  }
}
