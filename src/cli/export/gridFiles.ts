/** Grids as files of other programs. import-grid reads each of them. */
import type { Artifact } from "../../artifact/artifact.js";
import { type Hdf5Entry, writeHdf5 } from "../../files/writeHdf5.js";
import { writeNpy, writeNpz } from "../../files/writeNpy.js";
import { writeVti, writeVtr } from "../../files/writeVtk.js";
import { type ExportedGrid, gridOf, lastFastest } from "./gridOf.js";

/** Arrays [i, j, …] of the values, and a vector of coordinates for each axis. */
export function gridNpz(of: Artifact): Promise<Uint8Array> {
  const { shape, axes, names, columns } = gridOf(of);
  const values = columns.map(([name, own]) => [name, writeNpy(lastFastest(own, shape), shape)] as const);
  return writeNpz([...values, ...axes.map((axis, k) => [names[k], writeNpy(axis, [axis.length])] as const)]);
}

/** The same as datasets. Attributes of the root mark the signal and the axes, as in NeXus. */
export function gridHdf5(of: Artifact): Promise<Uint8Array> {
  const { shape, axes, names, columns } = gridOf(of);
  const { labels = names } = of.metadata as { labels?: string[] };
  const entries = new Map<string, Hdf5Entry>([
    ...columns.map(([name, own]) => [name, { shape, values: lastFastest(own, shape) }] as const),
    ...axes.map(
      (axis, k) => [names[k], { shape: [axis.length], values: axis, attributes: { long_name: labels[k] } }] as const,
    ),
  ]);
  return writeHdf5(entries, { signal: "loss", axes: names });
}

/** Adds axes with one point, up to three axes. Throws Error when there are more. */
function inSpace({ shape, axes }: ExportedGrid): { shape: number[]; axes: Float64Array[] } {
  if (shape.length > 3) throw new Error(`VTK has three axes; this grid has ${shape.length}`);
  const missing = 3 - shape.length;
  return {
    shape: [...shape, ...new Array<number>(missing).fill(1)],
    axes: [...axes, ...Array.from({ length: missing }, () => new Float64Array(1))],
  };
}

/** Image data. Throws Error for axes that are not evenly spaced; use a .vtr file for them. */
export function gridVti(of: Artifact): Uint8Array {
  const grid = gridOf(of);
  const { shape, axes } = inSpace(grid);
  const spacing = axes.map((axis) => (axis.length > 1 ? (axis[axis.length - 1] - axis[0]) / (axis.length - 1) : 1));
  for (const [k, axis] of axes.entries()) {
    const tolerance = 1e-9 * Math.abs(axis[axis.length - 1] - axis[0]);
    const uneven = axis.findIndex((at, i) => Math.abs(at - (axis[0] + spacing[k] * i)) > tolerance);
    if (uneven >= 0) {
      throw new Error(
        `axis ${k + 1} is not evenly spaced (${axis[uneven]} at point ${uneven + 1}); expected format vtr`,
      );
    }
  }
  return writeVti(
    shape,
    axes.map((axis) => axis[0]),
    spacing,
    grid.columns,
  );
}

/** A rectilinear grid, which stores every axis exactly. */
export function gridVtr(of: Artifact): Uint8Array {
  const grid = gridOf(of);
  return writeVtr(inSpace(grid).axes, grid.columns);
}
