import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { type ContourPath, contour } from "../../src/figures/contour.js";
import type { Spec } from "../../src/figures/theme.js";
import { gridFacts } from "../artifacts/grid.js";
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

/** The rows of a projection, one path per model. Throws when its coordinates differ from those of the grid. */
function pathsOf(path: Artifact, grid: Artifact): ContourPath[] {
  for (const [fact, words] of [
    ["labels", "directions"],
    ["unit", "unit"],
  ]) {
    const [found, expected] = [path, grid].map(({ metadata }) => JSON.stringify(metadata[fact]));
    if (found !== expected) {
      throw new Error(`the path's coordinates have the ${words} ${found}, the grid's ${expected}; expected the same`);
    }
  }
  const models = path.columns.model as string[] | undefined;
  if (models === undefined) throw new Error(`the path has no column "model"; expected the output of a stage project`);
  return [...new Set(models)].map((label) => {
    const own = (name: string) => numbers(path, name).filter((_, row) => models[row] === label);
    return { label, x: own("a1"), y: own("a2") };
  });
}
