import { type Artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import type { Cell } from "../src/figures/facets.js";
import type { FigureText, PlotSize, Spec } from "../src/figures/theme.js";
import { withTables } from "../src/figures/userSpec.js";
import type { Source, Stage, StageContext } from "../src/stage.js";
import { figureArtifact } from "./artifacts/figure.js";
import { columnsEnding } from "./inputs/columnNamed.js";
import { checkFigure, checkFigureInputs } from "./inputs/figureChecks.js";
import { sourceLabel } from "./inputs/sourceLabel.js";
import type { FigureParams, Plot } from "./plots/plot.js";
import { drawnKinds, factsOfPlot, type PlotName, plotNames } from "./plots/plotFacts.js";

export const figureStage: Stage<FigureParams> = {
  name: "figure",
  version: 10,
  inputs: { "*": { kinds: drawnKinds }, path: { kinds: ["points"], optional: true } },
  output: "figure",
  check: checkFigure,
  checkInputs: checkFigureInputs,
  fanInOf: ({ facet, plot, series }) => facet !== undefined || (plot === "curve" && series !== undefined),
  adapter: (title) => ({ title }),
  async run(context) {
    const { params } = context;
    const drawn = params.spec ? ofSpec(context, params.spec) : await drawing(context);
    const { draw, caption, plot } = drawn;
    const metadata = { title: params.title, caption: params.caption ?? caption, ...(plot && { plot }) };
    return figureArtifact(draw, metadata, params);
  },
};

/** The drawing of a figure for a given size, and its caption. */
interface Drawing {
  draw: (size: PlotSize | undefined) => Spec;
  caption: string;
  /** Undefined for several panels and for a specification of the user's own. */
  plot?: PlotName;
}

/** A specification from the user, over the tables at the ports. */
function ofSpec({ ports, input }: StageContext<FigureParams>, spec: Spec): Drawing {
  const tables = Object.fromEntries(ports.map((port) => [port, rowsOf(input(port))]));
  return {
    draw: (size) => withTables({ ...spec, ...(size && { width: size.width, height: size.height }) }, tables),
    caption: "",
  };
}

/**
 * The rows of a table as plain objects. A column such as `metrics.minima` is also available by its last part, `minima`,
 * if no other column has it. NaN and infinities become null, because JSON does not have them.
 */
function rowsOf(table: Artifact): Record<string, unknown>[] {
  const names = Object.keys(table.columns);
  const flat = Object.entries(table.columns).filter(
    ([, column]) => Array.isArray(column) || ArrayBuffer.isView(column),
  );
  const cells = flat.flatMap(([name, column]) => {
    const values = Array.isArray(column) ? column : numbers(table, name);
    const end = name.slice(name.indexOf(".") + 1);
    const isOnly = !names.includes(end) && columnsEnding(names, end).length === 1;
    return [name, ...(isOnly ? [end] : [])].map((each) => [each, values] as const);
  });
  const plain = (value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? null : value);
  return Array.from({ length: rowCount(table) }, (_, row) =>
    Object.fromEntries(cells.map(([name, column]) => [name, plain(column[row])])),
  );
}

async function drawing({ params, ports, input, sources }: StageContext<FigureParams>): Promise<Drawing> {
  const { plots } = await import("./plots/index.js");
  const { withNotes } = await import("../src/figures/notes.js");
  const notes = params.notes ?? [];
  if (!figureStage.fanInOf?.(params as unknown as Record<string, unknown>)) {
    const artifacts = Object.fromEntries(ports.map((port) => [port, input(port)]));
    const { path: _, ...drawable } = artifacts;
    const { port, name } = choose(plots, drawable, params.plot);
    const { [port]: of, ...beside } = artifacts;
    if (ports.includes("path") && name !== "contour") {
      throw new Error(`a path is drawn over a grid; this figure draws a ${of.kind}`);
    }
    const draw = (size: PlotSize | undefined) =>
      withNotes(plots[name].spec(of, { ...params, size }, beside, port), notes);
    return { draw, caption: plots[name].caption(of, params), plot: name };
  }
  const all = ports.flatMap((port) => sources(port));
  const first = all.find(({ error }) => error === undefined)?.artifact();
  if (first === undefined) throw new Error("all inputs of the figure have failed");
  const { name } = choose(plots, { [ports[0]]: first }, params.plot);
  const caption = plots[name].caption(first, params);
  if (name === "curve" && params.facet === undefined) {
    const own = all.filter(({ error }) => error === undefined);
    const named = Object.fromEntries(
      own.map((source) => [seriesLabel(source, params.series as string), source.artifact()]),
    );
    const [[port, of], ...others] = Object.entries(named);
    return {
      draw: (size) => withNotes(plots.curve.spec(of, { ...params, size }, Object.fromEntries(others), port), notes),
      caption,
    };
  }
  const { facets } = await import("../src/figures/facets.js");
  const { lookOf } = await import("./plots/plot.js");
  const { cells, columns } = layout(all, params, plots[name], (spec) => withNotes(spec, notes));
  const share = params.facet?.share === "none" ? "none" : "all";
  return {
    draw: (size) => facets({ ...lookOf(params), size }, cells, { columns, share }),
    caption,
  };
}

/** The values of the axis of a curve, and what else distinguishes it. */
function seriesLabel(source: Source, axis: string): string {
  const { [axis]: value, ...others } = source.point;
  if (value === undefined) throw new Error(`series is ${axis}; expected a matrix axis that the grids depend on`);
  const rest = Object.entries(others).map(([name, other]) => `${name} = ${other}`);
  return [`${axis} = ${value}`, ...rest].join(", ");
}

/** Sources in rows and columns by the values of the facet's axes. A place without a source stays empty. */
function layout(
  all: Source[],
  params: FigureParams,
  plot: Plot,
  finish: (spec: Spec) => Spec,
): { cells: Cell[]; columns: number } {
  const { row, column, columns } = params.facet ?? {};
  const several = new Set(all.map(({ stage }) => stage)).size > 1;
  for (const axis of [row, column]) {
    if (axis !== undefined && !all.some(({ point }) => axis in point)) {
      const known = [...new Set(all.flatMap(({ point }) => Object.keys(point)))];
      throw new Error(
        `facet: "${axis}" is not an axis of the matrix that its inputs depend on; they depend on ${known.join(", ") || "none"}`,
      );
    }
  }
  const cellOf = (source: Source): Cell => ({
    label: sourceLabel(source, several),
    ...(source.error === undefined
      ? { draw: (text: FigureText) => finish(plot.spec(source.artifact(), { ...params, ...text }, {}, "input")) }
      : { missing: `failed: ${source.error}` }),
  });
  const valuesOf = (axis: string) => [...new Set(all.map(({ point }) => String(point[axis])))];
  if (row === undefined && column === undefined)
    return { cells: all.map(cellOf), columns: columns ?? Math.min(4, all.length) };
  const [rows, across] = [row, column].map((axis) => (axis === undefined ? [undefined] : valuesOf(axis)));
  const cells = rows.flatMap((down) =>
    across.map((right): Cell => {
      const own = all.filter(
        ({ point }) =>
          (row === undefined || String(point[row]) === down) &&
          (column === undefined || String(point[column]) === right),
      );
      if (own.length > 1) {
        const labels = own.map((source) => sourceLabel(source, several)).join("; ");
        throw new Error(`facet: several figures would share a panel (${labels}); name their axis in row: or column:`);
      }
      return own.length === 1 ? cellOf(own[0]) : { label: "", missing: "" };
    }),
  );
  return { cells, columns: column === undefined ? (columns ?? Math.min(4, rows.length)) : across.length };
}

/** The first artifact that the plot can draw. Without a plot name, the first artifact that any plot suits. */
function choose(
  plots: Readonly<Record<PlotName, Plot>>,
  artifacts: Record<string, Artifact>,
  wanted: PlotName | undefined,
): { port: string; name: PlotName } {
  const candidates = wanted === undefined ? plotNames : [wanted];
  for (const [port, of] of Object.entries(artifacts)) {
    const name = candidates.find(
      (each) =>
        factsOfPlot(each).kinds.includes(of.kind) && (wanted !== undefined || (plots[each].suits?.(of) ?? true)),
    );
    if (name) return { port, name };
  }
  const found = Object.values(artifacts).map(({ kind }) => kind);
  const given = found.length > 0 ? `it got ${found.join(", ")}` : "it got none";
  const kinds = wanted ? factsOfPlot(wanted).kinds.join(" or ") : drawnKinds.join(", ");
  throw new Error(`a figure${wanted ? ` with plot: ${wanted}` : ""} draws a ${kinds}; ${given}`);
}
