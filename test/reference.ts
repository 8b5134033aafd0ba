/** Reads the reference data, which lies outside the repository and may be absent. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inflateRawSync } from "node:zlib";

/** The absolute path of a file or folder of the reference data. */
export function referencePath(...parts: string[]): string {
  return resolve(process.env.CIRQUE_REFERENCE ?? "../shared/reference", ...parts);
}

/** The same, undefined where it is absent: skip the test then. */
export function reference(path: string): string | undefined {
  const full = referencePath(path);
  return existsSync(full) ? full : undefined;
}

/**
 * For `test(…, { skip: withoutReference("hessian") }, …)`: false where the path exists, else why the test is skipped.
 */
export function withoutReference(path: string): false | string {
  return reference(path) === undefined && `${referencePath(path)} is absent`;
}

export interface NpyArray {
  shape: number[];
  /** The values as f64, in the file's order, C unless `columnMajor`; complex numbers are two neighbouring entries. */
  values: Float64Array;
  columnMajor: boolean;
}

/** The array of an .npy file. */
export function npy(path: string): NpyArray {
  return decodeNpy(readFileSync(path), path);
}

/** The arrays of an .npz file by name. */
export function npz(path: string): Record<string, NpyArray> {
  const zip = readFileSync(path);
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0) throw new Error(`${path} is not a zip file: it has no central directory`);
  const arrays: Record<string, NpyArray> = {};
  let at = zip.readUInt32LE(end + 16);
  for (let entry = 0; entry < zip.readUInt16LE(end + 10); entry++) {
    const method = zip.readUInt16LE(at + 10);
    const size = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const header = zip.readUInt32LE(at + 42);
    const name = zip.toString("utf8", at + 46, at + 46 + nameLength);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const data = zip.subarray(start, start + size);
    if (method !== 0 && method !== 8) throw new Error(`${path}: ${name} has compression ${method}; expected 0 or 8`);
    arrays[name.replace(/\.npy$/, "")] = decodeNpy(method === 8 ? inflateRawSync(data) : data, `${path}: ${name}`);
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return arrays;
}

/** The values of an array [i, j, …] with the first axis fastest, the vertex order of grids. */
export function firstAxisFastest({ shape, values, columnMajor }: NpyArray): Float64Array {
  if (columnMajor) return values;
  const result = new Float64Array(values.length);
  for (let v = 0; v < result.length; v++) {
    let rest = v;
    let at = 0;
    for (const [axis, length] of shape.entries()) {
      const stride = shape.slice(axis + 1).reduce((product, n) => product * n, 1);
      at += (rest % length) * stride;
      rest = Math.floor(rest / length);
    }
    result[v] = values[at];
  }
  return result;
}

const decoders: Record<string, (bytes: ArrayBuffer) => ArrayLike<number>> = {
  "<f8": (bytes) => new Float64Array(bytes),
  "<c16": (bytes) => new Float64Array(bytes),
  "<f4": (bytes) => new Float32Array(bytes),
  "<c8": (bytes) => new Float32Array(bytes),
  "<i4": (bytes) => new Int32Array(bytes),
  "<i8": (bytes) => Float64Array.from(new BigInt64Array(bytes), Number),
  "|u1": (bytes) => new Uint8Array(bytes),
  "|b1": (bytes) => new Uint8Array(bytes),
};

function decodeNpy(file: Buffer, name: string): NpyArray {
  if (file.toString("latin1", 0, 6) !== "\x93NUMPY") throw new Error(`${name} is not a .npy file`);
  const wide = file[6] > 1;
  const start = wide ? 12 + file.readUInt32LE(8) : 10 + file.readUInt16LE(8);
  const header = file.toString("latin1", wide ? 12 : 10, start);
  const type = /'descr': '([^']+)'/.exec(header)?.[1] ?? "";
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "";
  if (!(type in decoders)) throw new Error(`${name} has type ${type}; expected one of ${Object.keys(decoders)}`);
  const bytes = file.buffer.slice(file.byteOffset + start, file.byteOffset + file.length) as ArrayBuffer;
  return {
    shape: shape
      .split(",")
      .map(Number)
      .slice(0, shape.trim().endsWith(",") || shape === "" ? -1 : undefined),
    values: Float64Array.from(decoders[type](bytes)),
    columnMajor: /'fortran_order': True/.test(header),
  };
}

/** A table of numbers by column from a .csv file with a quoted header line. */
export function csv(path: string): Record<string, Float64Array> {
  const [header, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const rows = lines.map((line) => line.split(",").map(Number));
  return Object.fromEntries(
    header.split(",").map((name, c) => [JSON.parse(name), Float64Array.from(rows, (r) => r[c])]),
  );
}
