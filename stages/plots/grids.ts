/** Pictures of grids besides the contour: a curve, a surface, slices, level sets. */
import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import { contour } from "../../src/figures/contour.js";
import { facets } from "../../src/figures/facets.js";
import { type IsosurfaceData, isosurface } from "../../src/figures/isosurface.js";
import { lines, type Series } from "../../src/figures/lines.js";
import { formatNumber } from "../../src/figures/numbers.js";
import { surface } from "../../src/figures/surface.js";
import type { SurfaceData } from "../../src/figures/surfaceBox.js";
import type { FigureText } from "../../src/figures/theme.js";
import { gridAxes, gridFacts } from "../artifacts/grid.js";
import { pathsOf } from "./gridPaths.js";
import { capital, type FigureParams, lookOf, lossAxisOf, type Plot, viewOf } from "./plot.js";

/** The axes of a grid with their names, the values of a column, and the position of the model. */
export function drawnGrid(grid: Artifact, { column = "loss" }: FigureParams) {
  const { labels = [], center } = gridFacts(grid);
  const axes = gridAxes(grid).map((values, k) => ({ values, label: labels[k] ?? `axis ${k + 1}` }));
  if (!(column in grid.columns)) {
    throw new Error(`the grid has no column "${column}"; it has ${Object.keys(grid.columns).join(", ")}`);
  }
  return { axes, center, values: numbers(grid, column), label: column };
}

/** The number of axes that a plot draws, or an error that names the plots for this grid. */
export function withAxes(grid: Artifact, plot: string, wanted: string, ...counts: number[]): void {
  const { shape } = gridFacts(grid);
  if (counts.includes(shape.length)) return;
  const fitting = { 1: "curve", 2: "contour or surface", 3: "slices or isosurface", 4: "slices" }[shape.length];
  throw new Error(
    `a ${plot} figure draws a grid with ${wanted}; this one has ${shape.length} (${shape.join(" × ")})` +
      (fitting ? `, which ${fitting} draws` : ""),
  );
}

/** The quantity of a grid and its place, for titles. */
export const around = (grid: Artifact, { column = "loss" }: FigureParams) =>
  capital(gridFacts(grid).center === null ? column : `${column} around the trained model`);

/**
 * The same in a sentence with the way it is drawn, the number of samples and the unit of the axes. A landscape from a
 * file has no model, and its axes need not be directions of weights.
 */
export function where(grid: Artifact, { column = "loss" }: FigureParams, ofModel: string, ofFile: string): string {
  const { center, shape, unit } = gridFacts(grid);
  const place = center === null ? `The ${column} ${ofFile}` : `The ${column} around the trained model, ${ofModel}`;
  const units = {
    direction: "; axes count lengths of the directions",
    relative: "; axes count lengths ‖θ‖ of the weights",
  };
  return `${place}: ${shape.join(" × ")} samples${(unit && unit in units && units[unit as "relative"]) || ""}.`;
}

const axesOf = (grid: Artifact) => gridFacts(grid).shape.length;

/** The loss along one direction. Grids at several ports share the axes. */
export const curvePlot: Plot = {
  suits: (grid) => axesOf(grid) === 1,
  title: (_, { column = "loss" }) => capital(`${column} along one direction`),
  caption: (grid, params) => where(grid, params, "along one direction", "along one axis"),
  spec(grid, params, beside, port) {
    const grids = Object.entries({ [port]: grid, ...beside }).filter(([, { kind }]) => kind === "grid");
    for (const [, of] of grids) withAxes(of, "curve", "1 axis", 1);
    const drawn = grids.map(([name, of]) => ({ name, ...drawnGrid(of, params) }));
    const series = drawn.map(({ name, axes, values }): Series => ({ label: name, x: axes[0].values, y: values }));
    const [{ axes, label }] = drawn;
    return lines({
      ...lookOf(params),
      series,
      xLabel: axes[0].label,
      yLabel: label,
      marks: "path",
      yScale: params.lossScale ?? "auto",
      yDomain: params.lossRange,
    });
  },
};

export const surfacePlot: Plot = {
  title: around,
  caption: (grid, params) => where(grid, params, "as a surface over two directions", "as a surface over two axes"),
  spec: (grid, params, { path }) => surface(surfaceData(grid, params, path)),
};

/** What a surface shows of a grid, with the result of a project stage over it. */
export function surfaceData(grid: Artifact, params: FigureParams, path?: Artifact): SurfaceData {
  withAxes(grid, "surface", "2 axes", 2);
  const { axes, values, label, center } = drawnGrid(grid, params);
  const [x, y] = axes;
  return {
    ...lookOf(params),
    ...lossAxisOf(params),
    ...{ x: x.values, y: y.values, loss: values, xLabel: x.label, yLabel: y.label, lossLabel: label },
    center: center as SurfaceData["center"],
    paths: path && pathsOf(path, grid),
    view: viewOf(params),
  };
}

export const isosurfacePlot: Plot = {
  title: (_, { column = "loss" }) => `Level sets of the ${column}`,
  caption: (grid, params) =>
    where(grid, params, "as level sets over three directions", "as level sets over three axes"),
  spec: (grid, params) => isosurface(isosurfaceData(grid, params)),
};

/** What level sets show of a grid. */
export function isosurfaceData(grid: Artifact, params: FigureParams): IsosurfaceData {
  withAxes(grid, "isosurface", "3 axes", 3);
  const { axes, values, label, center } = drawnGrid(grid, params);
  const { levels } = params;
  return {
    ...{ ...lookOf(params), ...lossAxisOf(params), axes, center, levels },
    ...{ loss: values, lossLabel: label, view: viewOf(params) },
  };
}

/** Planes through the model (or the middle of the grid), a panel for each pair of axes, in one scale of colours. */
export const slicesPlot: Plot = {
  suits: (grid) => axesOf(grid) > 2,
  title: around,
  caption: (grid, params) =>
    where(grid, params, "on planes through it along each pair of directions", "on planes along each pair of axes"),
  spec(grid, params) {
    withAxes(grid, "slices", "3 or 4 axes", 3, 4);
    const { axes, values, label, center } = drawnGrid(grid, params);
    const middle = axes.map((axis) => (center === null ? middleOf(axis.values) : nearest(axis.values, 0)));
    const strides = axes.map((_, k) => axes.slice(0, k).reduce((product, axis) => product * axis.values.length, 1));
    const pairs = axes.flatMap((_, b) => axes.slice(0, b).map((_, a) => [a, b] as const));
    const cells = pairs.map(([a, b]) => {
      const [x, y] = [axes[a], axes[b]];
      const fixed = middle.reduce((sum, at, k) => sum + (k === a || k === b ? 0 : at * strides[k]), 0);
      const loss = Float64Array.from({ length: x.values.length * y.values.length }, (_, v) => {
        const [i, j] = [v % x.values.length, Math.floor(v / x.values.length)];
        return values[fixed + i * strides[a] + j * strides[b]];
      });
      const others = axes.flatMap((axis, k) =>
        k === a || k === b ? [] : [`${axis.label} = ${formatNumber(axis.values[middle[k]])}`],
      );
      const draw = (text: FigureText) =>
        contour({
          ...{ ...text, ...lossAxisOf(params), x: x.values, y: y.values, loss, lossLabel: label },
          ...{ xLabel: x.label, yLabel: y.label, center },
        });
      return { label: others.join(", "), draw };
    });
    return facets(lookOf(params), cells, { columns: 3, isFlexible: true, share: ["loss"] });
  },
};

const middleOf = (values: Float64Array) => Math.floor(values.length / 2);

function nearest(values: Float64Array, wanted: number): number {
  return values.reduce((best, value, k) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? k : best), 0);
}
