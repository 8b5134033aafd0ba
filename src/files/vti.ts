import { arraysOf, numbersOf, openVtkXml, type VtkGrid } from "./vtkXml.js";

/**
 * Reads the bytes of a .vti file, VTK's image data. `name` begins each message. Supports all encodings of VTK except
 * the compressors lz4 and lzma. Throws the errors of openVtkXml, and an Error for rotated axes and for a file with
 * values on cells only.
 */
export function readVti(bytes: Uint8Array, name: string): VtkGrid {
  const { grid, piece, encoding, extent, shape, count } = openVtkXml(bytes, "ImageData", name);
  const direction = numbersOf(grid, "Direction", 9, name, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  if (direction.some((value, i) => value !== (i % 4 === 0 ? 1 : 0))) {
    throw new Error(
      `${name} has rotated axes (Direction="${grid.attributes.get("Direction")}"); expected axes along x, y, z`,
    );
  }
  const origin = numbersOf(grid, "Origin", 3, name, [0, 0, 0]);
  const spacing = numbersOf(grid, "Spacing", 3, name, [1, 1, 1]);
  const axes = () =>
    shape.map((length, k) => Float64Array.from({ length }, (_, i) => origin[k] + spacing[k] * (extent[2 * k] + i)));
  return { shape, axes, arrays: arraysOf(piece, count, encoding, name) };
}
