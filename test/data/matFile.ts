/** MAT-files of level 5, written after MathWorks' description of the format. */
import { deflateSync } from "node:zlib";

const element = (type: number, content: Uint8Array, little = true): Buffer => {
  const tag = Buffer.alloc(8);
  for (const [at, value] of [
    [0, type],
    [4, content.length],
  ]) {
    if (little) tag.writeUInt32LE(value, at);
    else tag.writeUInt32BE(value, at);
  }
  const padding = type === 15 ? 0 : (8 - (content.length % 8)) % 8;
  return Buffer.concat([tag, content, Buffer.alloc(padding)]);
};

/** At most four bytes with their tag in eight bytes. */
const smallElement = (type: number, content: Uint8Array): Buffer => {
  const all = Buffer.alloc(8);
  all.writeUInt16LE(type, 0);
  all.writeUInt16LE(content.length, 2);
  all.set(content, 4);
  return all;
};

export interface MatArray {
  name: string;
  shape: readonly number[];
  /** Type of the numbers as stored: 2 bytes, 9 f64, … */
  type?: number;
  /** Class of the array: 9 uint8, 6 double, 1 cell, … */
  arrayClass?: number;
  complex?: boolean;
  numbers: Uint8Array;
}

/** An array as an element, packed or not. */
export function matArray(array: MatArray, packed: boolean): Buffer {
  const { name, shape, type = 2, arrayClass = 9, complex = false, numbers } = array;
  const flags = Buffer.alloc(8);
  flags.writeUInt32LE(arrayClass | (complex ? 0x0800 : 0), 0);
  const dimensions = Buffer.alloc(4 * shape.length);
  for (const [axis, length] of shape.entries()) dimensions.writeInt32LE(length, 4 * axis);
  const label = Buffer.from(name, "latin1");
  const content = Buffer.concat([
    element(6, flags),
    element(5, dimensions),
    label.length <= 4 ? smallElement(1, label) : element(1, label),
    numbers.length <= 4 ? smallElement(type, numbers) : element(type, numbers),
  ]);
  const matrix = element(14, content);
  return packed ? element(15, deflateSync(matrix)) : matrix;
}

/** A file of these arrays. */
export function matFile(arrays: readonly MatArray[], packed = true): Buffer {
  const header = Buffer.alloc(128, " ");
  header.write("MATLAB 5.0 MAT-file, Platform: GLNXA64", 0, "latin1");
  header.writeUInt16LE(0x0100, 124);
  header.write("IM", 126, "latin1");
  return Buffer.concat([header, ...arrays.map((array) => matArray(array, packed))]);
}
