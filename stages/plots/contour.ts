import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { type ContourPath, contour } from "../../src/figures/contour.js";
import type { Spec } from "../../src/figures/theme.js";
import { gridAxes, gridFacts } from "../artifacts/grid.js";
import type { Plot } from "./plot.js";

/** A 2-D grid, and what a project stage gives at `path` over it. */
export const contourPlot: Plot = {
  kind: "grid",
  caption: (grid) =>
    gridFacts(grid).center === null
      ? "The loss along two axes."
      : "The loss around the trained model, along two directions.",
  spec: (grid, { title }, { path }) => specOf(grid, title, path),
};

function specOf(grid: Artifact, title: string, path?: Artifact): Spec {
  const { shape, labels = [], center } = gridFacts(grid);
  if (shape.length !== 2) {
    throw new Error(`a contour figure draws a grid with 2 axes; this one has ${shape.length} (${shape.join(" × ")})`);
  }
  const [x, y] = gridAxes(grid);
  return contour({
    title,
    x,
    y,
    loss: numbers(grid, "loss"),
    xLabel: labels[0],
    yLabel: labels[1],
    center,
    paths: path && pathsOf(path, grid),
  });
}

/** The rows of a projection, one path a model. Throws where its coordinates are not those of the grid. */
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
