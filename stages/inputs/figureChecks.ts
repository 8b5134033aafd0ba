import { checkSpec } from "../../src/figures/checkSpec.js";
import { checkTables } from "../../src/figures/userSpec.js";
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { listed, withArticle } from "../../src/text/words.js";
import type { GivenParams } from "../plots/plot.js";
import { drawsCurves, factsOfPlot, noteAxesOf, type PlotName, plotNames } from "../plots/plotFacts.js";
import { axesAhead, axisFault, faultOfColumn } from "./columnsAhead.js";
import { checkPath } from "./figurePath.js";
import { checkPanels, checkRepeatedRows } from "./figureRows.js";
import { checkLossAxis } from "./lossAxis.js";

/** Parameters of every figure. */
const common = [
  "plot",
  "spec",
  "title",
  "about",
  "caption",
  "notes",
  "facet",
  "width",
  "height",
  "fontSize",
  "theme",
  "pixelRatio",
];

/** Faults of the parameters of a figure alone: parameters that the plot does not use, or that it lacks. */
export function checkFigure(params: GivenParams): Fault[] {
  const { plot, spec, yRange, over, band } = params;
  const chosen = plot === undefined ? undefined : factsOfPlot(plot);
  const uses = chosen?.uses ?? (spec ? [] : [...new Set(plotNames.flatMap((name) => factsOfPlot(name).uses))]);
  const own = Object.keys(params).filter((name) => params[name as keyof GivenParams] !== undefined);
  const useless = own.filter((name) => !common.includes(name) && !uses.includes(name));
  const subject = spec ? "a spec" : `plot: ${plot}`;
  const faults: Fault[] = useless.map((name) => {
    const fitting = plotNames.filter((other) => factsOfPlot(other).uses.includes(name));
    return {
      path: [name],
      message: `${subject} does not use it; ${listed(fitting)} ${fitting.length === 1 ? "does" : "do"}`,
    };
  });
  for (const name of chosen?.needs ?? []) {
    if (own.includes(name)) continue;
    faults.push({ path: ["plot"], message: `${plot} needs ${name}:, the name of a column` });
  }
  faults.push(...checkWords(params), ...(plot ? checkNotes(params, plot) : []));
  if (plot && spec) faults.push({ path: ["plot"], message: "cannot be combined with a spec; expected one of the two" });
  if (spec && params.facet)
    faults.push({ path: ["facet"], message: "cannot be combined with a spec; use Vega-Lite's facet in the spec" });
  if (band && !over)
    faults.push({ path: ["band"], message: "needs over:, the column over whose values the band is computed" });
  if (yRange && !(yRange[0] < yRange[1])) {
    faults.push({ path: ["yRange"], message: `is [${yRange}]; expected the lower end first` });
  }
  if (drawsCurves(params) && params.facet) {
    faults.push({ path: ["series"], message: "cannot be combined with facet:; expected one of the two" });
  }
  const lists = (["y", "column"] as const).filter((name) => Array.isArray(params[name]));
  if (lists.length > 0 && params.facet) {
    faults.push({
      path: [lists[0]],
      message: "is a list, which has a panel for each column; leave out facet:, or name one column",
    });
  }
  if (lists.length > 1) faults.push({ path: ["column"], message: "is a list beside the list y:; expected one list" });
  const { marks } = params;
  const ofDistribution = marks === "box" || marks === "violin";
  if ((plot === "lines" && ofDistribution) || (plot === "distribution" && marks === "line")) {
    const words = plot === "lines" ? "line or point" : "point, box or violin";
    faults.push({ path: ["marks"], message: `is ${marks}; expected ${words} for ${plot}` });
  }
  if (spec && faults.length === 0) {
    faults.push(...checkSpec(spec).map(({ path, message }) => ({ path: ["spec", ...path], message })));
  }
  return [...faults, ...checkLossAxis(params)];
}

/** Notes at axes that a plot does not have. */
function checkNotes({ notes = [] }: Pick<GivenParams, "notes">, plot: PlotName): Fault[] {
  const axes = noteAxesOf(plot);
  return notes.flatMap((note, i) =>
    (["x", "y"] as const)
      .filter((axis) => note[axis] !== undefined && !axes.includes(axis))
      .map((axis) => ({
        path: ["notes", i, axis],
        message: `is a place on the axis ${axis}, and plot: ${plot} has no axis ${axis} of numbers; leave it out`,
      })),
  );
}

/** Words and notes that are not drawn. */
function checkWords({ spec, title, about, theme, notes }: GivenParams): Fault[] {
  const replaced = spec
    ? "a spec has no default title"
    : title !== undefined
      ? "title: replaces the default title"
      : "";
  const reason = replaced || (theme === "paper" ? "theme: paper has no default title" : "");
  return [
    ...(about !== undefined && reason !== ""
      ? [{ path: ["about"], message: `adds to the default title, but ${reason}; leave it out` }]
      : []),
    ...(spec && notes
      ? [{ path: ["notes"], message: "cannot be combined with a spec; draw them by a layer of the spec" }]
      : []),
  ];
}

/** Parameters that name a column of what is drawn. */
const columnParameters = ["x", "y", "series", "over", "column", "colour"] as const;
type ColumnParameter = (typeof columnParameters)[number];

/** Faults of columns that what is drawn is known not to have. */
function checkColumns(params: Pick<GivenParams, ColumnParameter>, plot: PlotName, { columns }: Outlook): Fault[] {
  const { uses } = factsOfPlot(plot);
  return columnParameters.flatMap((name) => {
    if (!uses.includes(name) || (plot === "curve" && name === "series")) return [];
    return [params[name]].flat().flatMap((column) => faultOfColumn(columns, column, [name]));
  });
}

/** Faults of axes of the matrix that panels, or the lines of a curve, are for. */
function checkAxes(
  { plot, facet, series }: Pick<GivenParams, "plot" | "facet" | "series">,
  inputs: readonly Outlook[],
): Fault[] {
  const axes = axesAhead(inputs);
  const named: [readonly string[], string | undefined][] = [
    [["facet", "row"], facet?.row],
    [["facet", "column"], facet?.column],
    [["series"], drawsCurves({ plot, series }) ? series : undefined],
  ];
  return named.flatMap(([path, name]) => {
    const fault = name === undefined ? undefined : axisFault(axes, name);
    return fault === undefined ? [] : [{ path: ["with", ...path], message: `${path.join(".")} ${fault}` }];
  });
}

type InputParams = Pick<GivenParams, "plot" | "spec" | "notes" | ColumnParameter | "facet">;

/** Faults of what a figure is given: kinds that its plot does not draw, tables that have no picture. */
export function checkFigureInputs(params: InputParams, inputs: Readonly<Record<string, readonly Outlook[]>>): Fault[] {
  const { plot, spec } = params;
  const drawable = Object.entries(inputs).filter(([port]) => port !== "path");
  const all = drawable.flatMap(([port, sources]) => sources.map((source) => ({ port, ...source })));
  if (all.length === 0) return [];
  const [first] = all;
  if (spec) {
    const other = all.find(({ kind }) => kind !== "table");
    if (other) {
      return [{ path: ["from", other.port], message: `is ${withArticle(other.kind)}; a spec draws tables` }];
    }
    const ports = [...new Set(all.map(({ port }) => port))];
    return checkTables(spec, ports).map(({ path, message }) => ({
      path: ["with", "spec", ...path],
      message: `spec.${path.join(".")} ${message}`,
    }));
  }
  const possible = plotNames.filter((name) => name === plot || (plot === undefined && !factsOfPlot(name).onlyByName));
  const drawn = all.find((source) => possible.some((name) => undrawn(name, source) === undefined));
  if (drawn === undefined) return [{ path: ["from", first.port], message: messageOfUndrawn(params, first) }];
  const fitting = possible.filter((name) => undrawn(name, drawn) === undefined);
  const useless = plot === undefined ? uselessParameters(params, fitting, drawn) : [];
  const path = checkPath(inputs.path, drawn, fitting);
  const notes =
    plot === undefined && fitting.length === 1
      ? checkNotes(params, fitting[0]).map(({ path, message }) => ({
          path: ["with", ...path],
          message: `${path.join(".")} ${message}`,
        }))
      : [];
  const columns = fitting.length === 1 ? checkColumns(params, fitting[0], drawn) : [];
  const rows = columns.length === 0 ? checkRepeatedRows(params, drawn) : [];
  return [...path, ...useless, ...notes, ...checkAxes(params, all), ...checkPanels(params, all), ...columns, ...rows];
}

/** Why a plot does not draw an artifact; undefined where it does, as far as is known. */
function undrawn(name: PlotName, { kind, uses, stage, dimensions, ...facts }: Outlook): string | undefined {
  const { kinds, from, axes } = factsOfPlot(name);
  if (!kinds.includes(kind) || (from !== undefined && !from.includes(uses))) {
    return `draws the ${listed(kinds)}${from ? ` of a stage ${listed(from)}` : ""}`;
  }
  if (axes !== undefined && dimensions !== undefined && !axes.includes(dimensions)) {
    return `draws grids of ${axes.join(" or ")} axes; ${stage} has ${dimensions}`;
  }
  const reason = facts.undrawn?.[name];
  return reason && `cannot draw it: ${stage} ${reason}`;
}

function messageOfUndrawn({ plot }: InputParams, first: Outlook): string {
  const fitting = plotNames.filter((name) => undrawn(name, first) === undefined);
  const found = `is ${withArticle(first.kind)} of ${first.uses}`;
  if (plot === undefined) return `${found}, which has no default plot; add plot: ${listed(fitting)}`;
  const use = fitting.length > 0 ? `; use ${listed(fitting)} for this input` : "";
  return `${found}; plot: ${plot} ${undrawn(plot, first)}${use}`;
}

/** Parameters that no plot uses that can be the default for an input. */
function uselessParameters(
  params: InputParams,
  defaults: readonly PlotName[],
  { kind, uses: stage }: Outlook,
): Fault[] {
  const uses: readonly string[] = defaults.flatMap((name) => factsOfPlot(name).uses);
  const own = Object.keys(params).filter((name) => params[name as keyof InputParams] !== undefined);
  return own
    .filter((name) => !common.includes(name) && !uses.includes(name))
    .map((name) => {
      const fitting = plotNames.filter((other) => (factsOfPlot(other).uses as readonly string[]).includes(name));
      const message = `the default plot of ${withArticle(kind)} of ${stage}, ${listed(defaults)}, does not use ${name}; add plot: ${listed(fitting)}`;
      return { path: ["with", name], message };
    });
}
