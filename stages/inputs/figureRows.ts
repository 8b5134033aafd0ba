/** Rows and panels that several matrix points would share, before anything runs. */
import type { Outlook, Point } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import type { GivenParams } from "../plots/plot.js";

type Params = Pick<GivenParams, "plot" | "x" | "y" | "series" | "over" | "facet">;

/** Rows of different points that a plot has one place for. */
export function checkRepeatedRows(params: Params, { rowPoints, rowAxes = [] }: Outlook): Fault[] {
  const found = placeOfRow(params);
  if (found === undefined || rowPoints === undefined) return [];
  const { parameter, names } = found;
  // The cells of other columns are not known.
  if (!names.every((name) => rowAxes.includes(name))) return [];
  const twice = sharing(rowPoints, names);
  if (twice === undefined) return [];
  const others = twice.differ.map((axis) => `"${axis}"`).join(" and ");
  const message = `${parameter}: several rows have ${told(twice.point, names)}; they differ in ${others}; ${adviceFor(params)}`;
  return [{ path: ["with", parameter], message }];
}

/** The columns that must tell the rows apart, and the parameter that asks for it. */
function placeOfRow({ plot, x, y, series, over }: Params) {
  if (x === undefined) return undefined;
  const lines = [x, ...(series === undefined ? [] : [series])];
  if (plot === "heatmap") return typeof y === "string" ? { parameter: "y", names: [x, y] } : undefined;
  if (plot !== "lines" && plot !== "bars") return undefined;
  if (over !== undefined) return { parameter: "over", names: [...lines, over] };
  return plot === "bars" ? { parameter: "x", names: lines } : undefined;
}

function adviceFor({ plot, series, over }: Params): string {
  if (plot === "heatmap") return "a heat map has one number for each cell: average over the others with aggregate";
  const average = over === undefined ? "name it in over:" : "average over it with aggregate before";
  return series === undefined ? `name it in series:, or ${average}` : average;
}

/** Panels that several figures would share. */
export function checkPanels({ facet = {} }: Params, inputs: readonly Outlook[]): Fault[] {
  const names = [facet.row, facet.column].filter((name) => name !== undefined);
  if (names.length === 0 || !names.every((name) => inputs.some(({ axes }) => axes.includes(name)))) return [];
  const twice = sharing(
    inputs.flatMap(({ points = [], stage }) => points.map((point) => ({ stage, ...point }))),
    names,
  );
  if (twice === undefined) return [];
  const others = twice.differ.map((axis) => `"${axis}"`).join(" and ");
  const message = `facet: several figures would share the panel of ${told(twice.point, names)}; they differ in ${others}; name it in row: or column:, or draw one with where:`;
  return [{ path: ["with", "facet"], message }];
}

/** The first point with the same values of these axes as an earlier one, and the axes in which the two differ. */
function sharing(points: readonly Point[], names: readonly string[]) {
  const known = new Map<string, Point>();
  for (const point of points) {
    const cells = JSON.stringify(names.map((name) => String(point[name])));
    const other = known.get(cells);
    if (other !== undefined) {
      const axes = new Set([...Object.keys(other), ...Object.keys(point)]);
      return { point, differ: [...axes].filter((axis) => other[axis] !== point[axis]) };
    }
    known.set(cells, point);
  }
  return undefined;
}

const told = (point: Point, names: readonly string[]) => names.map((name) => `${name} = ${point[name]}`).join(", ");
