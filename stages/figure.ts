import { type Artifact, numbers, rowCount } from "../src/artifact/artifact.js";
import type { Cell, FacetOptions } from "../src/figures/facets.js";
import type { FigureText, PlotSize, Spec } from "../src/figures/theme.js";
import { withTables } from "../src/figures/userSpec.js";
import type { Source, Stage, StageContext } from "../src/stage.js";
import { figureArtifact, type Panels } from "./artifacts/figure.js";
import { columnsEnding } from "./inputs/columnNamed.js";
import { checkFigure, checkFigureInputs } from "./inputs/figureChecks.js";
import { sourceLabel } from "./inputs/sourceLabel.js";
import type { FigureParams, GivenParams, Plot } from "./plots/plot.js";
import { drawnKinds, drawsCurves, factsOfPlot, type PlotName, plotNames } from "./plots/plotFacts.js";

export const figureStage: Stage<GivenParams> = {
  name: "figure",
  version: 20,
  inputs: { "*": { kinds: drawnKinds }, path: { kinds: ["points"], optional: true } },
  output: "figure",
  check: checkFigure,
  checkInputs: checkFigureInputs,
  fanInOf: (params) => params.facet !== undefined || drawsCurves(params),
  adapter: (about) => (about === "" ? {} : { about }),
  async run(context) {
    const { draw, metadata } = await drawnFigure(context);
    return figureArtifact(draw, metadata, context.params);
  },
};

/** What a figure draws, before it is rendered. */
export async function drawnFigure(context: StageContext<GivenParams>) {
  const { params } = context;
  const drawn = params.spec ? ofSpec(context, params.spec) : await drawing(context);
  const { draw, caption, title, plot, panels } = drawn;
  const metadata = { title, caption: params.caption ?? caption, ...(plot && { plot }), ...(panels && { panels }) };
  return { draw, metadata };
}

/** The drawing of a figure for a given size, and its caption. */
interface Drawing {
  draw: (size: PlotSize | undefined) => Spec;
  title: string;
  caption: string;
  /** Undefined for several panels and for a specification of the user's own. */
  plot?: PlotName;
  panels?: Panels;
}

/** A specification from the user, over the tables at the ports. */
function ofSpec({ params, ports, input }: StageContext<GivenParams>, spec: Spec): Drawing {
  const tables = Object.fromEntries(ports.map((port) => [port, rowsOf(input(port))]));
  const { title = "" } = params;
  const own = { ...(title && { title }), ...spec };
  const sized = (size?: PlotSize) => (size ? { ...own, width: size.width, height: size.height } : own);
  return { draw: (size) => withTables(sized(size), tables), title, caption: "" };
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

async function drawing(context: StageContext<GivenParams>): Promise<Drawing> {
  const { params: given, ports, input, sources } = context;
  const params = columnsOf(given).first;
  const { plots } = await import("./plots/index.js");
  if (!figureStage.fanInOf?.({ ...params })) {
    const artifacts = Object.fromEntries(ports.map((port) => [port, input(port)]));
    const { path: _, ...drawable } = artifacts;
    const { port, name } = choose(plots, drawable, params.plot);
    if (ports.includes("path") && name !== "contour" && name !== "surface") {
      throw new Error(`a path is drawn over a grid; this figure draws a ${artifacts[port].kind}`);
    }
    const { [port]: of, ...beside } = artifacts;
    const drawn = await onePlot(plots[name], { of, beside, port }, given);
    return Array.isArray(given.y) || Array.isArray(given.column) ? drawn : { ...drawn, plot: name };
  }
  const all = ports.flatMap((port) => sources(port));
  const own = all.filter(({ error }) => error === undefined);
  if (own.length === 0) throw new Error("all inputs of the figure have failed");
  const first = own[0].artifact();
  const { name } = choose(plots, { [ports[0]]: first }, params.plot);
  const plot = plots[name];
  if (params.facet === undefined) {
    if (name !== "curve") throw new Error(`series: draws grids of one axis as curves; this figure is a ${name}`);
    const labelled = own.map((source) => [seriesLabel(source, params.series as string), source.artifact()] as const);
    const [[port, of], ...others] = labelled;
    return onePlot(plot, { of, beside: Object.fromEntries(others), port }, given);
  }
  const { cells, steps, columns } = layout(all, params, await drawer(plot, params));
  const share = params.facet?.share === "none" ? "none" : "all";
  const isFlexible = params.facet?.column === undefined && params.facet?.columns === undefined;
  const drawn = await panels(plot, first, params, cells, { columns, isFlexible, share });
  return { ...drawn, panels: { plot: name, steps } };
}

/** An artifact, its port, and what is at the other ports. */
interface Drawn {
  of: Artifact;
  beside: Readonly<Record<string, Artifact>>;
  port: string;
}

/** One plot, or one for each of several columns as panels that share their horizontal axis. */
async function onePlot(plot: Plot, { of, beside, port }: Drawn, given: GivenParams): Promise<Drawing> {
  const { listed, one, first: own } = columnsOf(given);
  const draw = await drawer(plot, own);
  if (listed.length < 2) {
    const title = titleFor(plot, of, own);
    return {
      ...{ title, caption: plot.caption(of, own) },
      draw: (size) => draw(of, { ...own, title, size }, beside, port),
    };
  }
  const cells = listed.map((column): Cell => {
    return { label: column, draw: (text) => draw(of, { ...one(column), ...text }, beside, port) };
  });
  const together = one(listed.join(", "));
  const isDown = Array.isArray(given.y);
  const drawn = await panels(plot, of, together, cells, { columns: isDown ? 1 : 3, isFlexible: true, share: ["x"] });
  // The panels say which columns.
  return isDown ? { ...drawn, caption: plot.caption(of, { ...together, y: "Columns" }) } : drawn;
}

/** The columns that a figure draws, where it takes a list, and the parameters of a figure of one of them. */
function columnsOf(given: GivenParams) {
  const { y, column, ...rest } = given;
  const listed = [y, column].find((value) => Array.isArray(value)) ?? [""];
  const one = (name: string): FigureParams => {
    const pick = (value: string | string[] | undefined) => (Array.isArray(value) ? name : value);
    return { ...rest, y: pick(y), column: pick(column) };
  };
  return { listed, one, first: one(listed[0]) };
}

/** How a plot is drawn with the notes that stand on each picture. */
async function drawer(plot: Plot, { notes = [] }: FigureParams): Promise<Plot["spec"]> {
  const { withNotes } = await import("../src/figures/notes.js");
  return (of, params, beside, port) => withNotes(plot.spec(of, params, beside, port), notes);
}

/** What a picture says above itself: as asked for, else, but for print, what it shows of what. */
function titleFor(plot: Plot, of: Artifact, params: FigureParams): string {
  if (params.title !== undefined) return params.title;
  if (params.theme === "paper") return "";
  return [plot.title(of, params), params.about].filter(Boolean).join(", ");
}

async function panels(plot: Plot, of: Artifact, params: FigureParams, cells: Cell[], options: FacetOptions) {
  const { facets } = await import("../src/figures/facets.js");
  const { lookOf } = await import("./plots/plot.js");
  const title = titleFor(plot, of, params);
  const draw = (size?: PlotSize) => facets({ ...lookOf(params), title, size }, cells, options);
  return { title, caption: plot.caption(of, params), draw };
}

/** The values of the axis of a curve, and what else distinguishes it. */
function seriesLabel(source: Source, axis: string): string {
  const { [axis]: value, ...others } = source.point;
  if (value === undefined) throw new Error(`series is ${axis}; expected a matrix axis that the grids depend on`);
  const rest = Object.entries(others).map(([name, other]) => `${name} = ${other}`);
  return [`${axis} = ${value}`, ...rest].join(", ");
}

/** The most panels that stand beside each other by default. */
const mostAcross = 6;

/** The panels in a line, when so many stand in as few lines as possible, of about the same length. */
const evenly = (count: number) => Math.ceil(count / Math.ceil(count / mostAcross));

/**
 * Sources in rows and columns by the values of the facet's axes. A place without a source stays empty. A long row is
 * broken into lines.
 */
function layout(all: Source[], params: FigureParams, draw: Plot["spec"]) {
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
    label: sourceLabel(varying(source, all), several),
    ...(source.error === undefined
      ? { draw: (text: FigureText) => draw(source.artifact(), { ...params, ...text }, {}, "input") }
      : { missing: `failed: ${source.error}` }),
  });
  const valuesOf = (axis: string) => [...new Set(all.map(({ point }) => String(point[axis])))];
  const stepOf = (source?: Source) => source?.step ?? null;
  if (row === undefined && column === undefined) {
    const across = columns ?? Math.min(4, all.length);
    return { cells: all.map(cellOf), steps: all.map(stepOf), columns: across };
  }
  const [rows, across] = [row, column].map((axis) => (axis === undefined ? [undefined] : valuesOf(axis)));
  const inLine = column === undefined ? 1 : Math.min(columns ?? evenly(across.length), across.length);
  const blanks = Array<undefined>(Math.ceil(across.length / inLine) * inLine - across.length).fill(undefined);
  const placed = rows.flatMap((down) => [
    ...across.map((right) => {
      const own = all.filter(
        ({ point }) =>
          (row === undefined || String(point[row]) === down) &&
          (column === undefined || String(point[column]) === right),
      );
      if (own.length > 1) {
        const labels = own.map((source) => sourceLabel(source, several)).join("; ");
        throw new Error(`facet: several figures would share a panel (${labels}); name their axis in row: or column:`);
      }
      return own.length === 1 ? own[0] : undefined;
    }),
    ...blanks,
  ]);
  return {
    cells: placed.map((source): Cell => (source ? cellOf(source) : { label: "", missing: "" })),
    steps: placed.map(stepOf),
    columns: column === undefined ? (columns ?? Math.min(4, rows.length)) : inLine,
  };
}

/** A source without the axes that have one value in all panels, when several panels have others. */
function varying(source: Source, all: readonly Source[]): Pick<Source, "stage" | "point"> {
  const kept = Object.entries(source.point).filter(([axis]) => new Set(all.map(({ point }) => point[axis])).size > 1);
  return kept.length > 0 ? { stage: source.stage, point: Object.fromEntries(kept) } : source;
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
        factsOfPlot(each).kinds.includes(of.kind) &&
        (wanted !== undefined || (!factsOfPlot(each).onlyByName && (plots[each].suits?.(of) ?? true))),
    );
    if (name) return { port, name };
  }
  const found = Object.values(artifacts).map(({ kind }) => kind);
  const given = found.length > 0 ? `it got ${found.join(", ")}` : "it got none";
  const kinds = wanted ? factsOfPlot(wanted).kinds.join(" or ") : drawnKinds.join(", ");
  throw new Error(`a figure${wanted ? ` with plot: ${wanted}` : ""} draws a ${kinds}; ${given}`);
}
