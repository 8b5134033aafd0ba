import type { Artifact } from "../../src/artifact/artifact.js";
import { contour } from "../../src/figures/contour.js";
import type { Spec } from "../../src/figures/theme.js";
import { gridFacts } from "../artifacts/grid.js";
import { pathsOf } from "./gridPaths.js";
import { around, drawnGrid, where, withAxes } from "./grids.js";
import { type FigureParams, lookOf, lossAxisOf, type Plot } from "./plot.js";

/** A 2-D grid, with the result of a project stage at `path` over it. */
export const contourPlot: Plot = {
  suits: (grid) => gridFacts(grid).shape.length === 2,
  title: around,
  caption: (grid, params) => where(grid, params, "along two directions", "along two axes"),
  spec: (grid, params, { path }) => specOf(grid, params, path),
};

function specOf(grid: Artifact, params: FigureParams, path?: Artifact): Spec {
  withAxes(grid, "contour", "2 axes", 2);
  const { axes, values, label, center } = drawnGrid(grid, params);
  const [x, y] = axes;
  return contour({
    ...lookOf(params),
    ...lossAxisOf(params),
    x: x.values,
    y: y.values,
    loss: values,
    lossLabel: label,
    xLabel: x.label,
    yLabel: y.label,
    center,
    paths: path && pathsOf(path, grid),
  });
}
