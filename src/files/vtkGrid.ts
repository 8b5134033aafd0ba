import { chosen } from "./arraysGrid.js";
import type { FileGrid, GridFileOptions } from "./fileGrid.js";
import type { VtkGrid } from "./vtkXml.js";

/** The axes that have several points; the first when none has. */
export function axesOfVtk(shape: readonly number[]): number[] {
  const long = [0, 1, 2].filter((k) => shape[k] > 1);
  return long.length > 0 ? long : [0];
}

/** The grid of one array of a VTK file. A VTK grid always has three axes; axes with one point are left out. */
export function gridOfVtk({ shape, axes, arrays }: VtkGrid, { column }: GridFileOptions, name: string): FileGrid {
  const wanted = column === undefined ? undefined : String(column);
  const values = Float64Array.from(chosen(arrays, wanted, [], name, "column")());
  const kept = axesOfVtk(shape);
  const coordinates = axes();
  return {
    shape: kept.map((k) => shape[k]),
    values,
    axes: kept.map((k) => coordinates[k]),
    labels: kept.map((k) => ["x", "y", "z"][k]),
  };
}
