import { gridAxes } from "./gridAxes.js";
import { readDataArray } from "./vtkArray.js";
import { arraysOf, only, openVtkXml, type VtkGrid } from "./vtkXml.js";

/**
 * Reads the bytes of a .vts file, VTK's structured grid, whose points form axes. `name` begins each message. Throws the
 * errors of openVtkXml and gridAxes.
 */
export function readVts(bytes: Uint8Array, name: string): VtkGrid {
  const { piece, encoding, shape, count } = openVtkXml(bytes, "StructuredGrid", name);
  const element = only(only(piece, "Points", name), "DataArray", name);
  const axes = () => gridAxes(shape, readDataArray(element, 3 * count, encoding, `${name}: Points`), name);
  return { shape, axes, arrays: arraysOf(piece, count, encoding, name) };
}

/** The same for a .vtr file, VTK's rectilinear grid: coordinates along x, y and z. */
export function readVtr(bytes: Uint8Array, name: string): VtkGrid {
  const { piece, encoding, shape, count } = openVtkXml(bytes, "RectilinearGrid", name);
  const elements = only(piece, "Coordinates", name).children;
  if (elements.length !== 3) throw new Error(`${name} has ${elements.length} vectors of coordinates; expected 3`);
  const axes = () =>
    elements.map((element, k) =>
      Float64Array.from(readDataArray(element, shape[k], encoding, `${name}: coordinates along ${"xyz"[k]}`)),
    );
  return { shape, axes, arrays: arraysOf(piece, count, encoding, name) };
}
