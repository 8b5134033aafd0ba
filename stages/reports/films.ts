import { SharedScales } from "../../src/figures/sharedScales.js";
import type { PlotSize, Spec } from "../../src/figures/theme.js";
import type { Lineage, Scalar } from "../../src/stage.js";
import type { FigureParams } from "../plots/plot.js";
import { factsOfPlot, type PlotName } from "../plots/plotFacts.js";
import type { BehindOf, Shown } from "./shown.js";

/** Plots that a reader follows from checkpoint to checkpoint. */
const filmed: readonly PlotName[] = ["profile", "contour", "surface", "tree", "barcode", "diagram", "curve"];

/**
 * The axis over training: the one whose values are the rows or epochs that a checkpoint stage takes; undefined without
 * one.
 */
export function trainingAxis(
  matrix: Readonly<Record<string, readonly Scalar[]>>,
  lineage: readonly Lineage[],
): string | undefined {
  const taken = lineage
    .filter(({ uses }) => uses === "checkpoint")
    .map(({ params }) => String(params.epoch ?? params.row));
  const distinct = new Set(taken);
  if (distinct.size < 2) return undefined;
  return Object.keys(matrix).find((axis) => {
    const values = new Set(matrix[axis].map(String));
    return [...distinct].every((value) => values.has(value));
  });
}

/**
 * The figures with those that differ in the axis only drawn again on common scales of losses, colours and samples, as
 * frames. A figure of which the report lacks the data stays as it is.
 */
export async function onFixedAxes(
  figures: readonly Shown[],
  axis: string | undefined,
  behind: BehindOf,
): Promise<Shown[]> {
  if (axis === undefined) return [...figures];
  const films = new Map<string, Shown[]>();
  for (const figure of figures) {
    const { stage, point } = figure.source;
    if (!(axis in point)) continue;
    const { [axis]: _, ...rest } = point;
    const name = JSON.stringify([stage, rest]);
    films.set(name, [...(films.get(name) ?? []), figure]);
  }
  const frames = new Map<Shown, Shown>();
  for (const film of films.values()) {
    const drawn = film.length > 1 ? await drawnTogether(film, axis, behind) : undefined;
    for (const [k, frame] of (drawn ?? []).entries()) frames.set(film[k], frame);
  }
  return figures.map((figure) => frames.get(figure) ?? figure);
}

/** Undefined where a frame cannot be drawn again. */
async function drawnTogether(film: readonly Shown[], axis: string, behind: BehindOf): Promise<Shown[] | undefined> {
  const inputs = film.map(({ plot, source }) => {
    if (plot === undefined || !filmed.includes(plot)) return undefined;
    const { params, sources } = behind(source.step);
    const artifacts = sources.map((each) => each.artifact());
    const of = artifacts.find(({ kind }) => factsOfPlot(plot).kinds.includes(kind));
    // A curve of several grids has a port for each, whose names the report does not know.
    if (of === undefined || artifacts.filter(({ kind }) => kind === of.kind).length > 1) return undefined;
    const path = artifacts.find(({ kind }) => kind === "points");
    return { plot, of, path, params: params as unknown as FigureParams };
  });
  const sound = inputs.filter((input) => input !== undefined);
  if (sound.length < film.length) return undefined;
  const [{ plots }, { withNotes }, { framed }] = await Promise.all([
    import("../plots/index.js"),
    import("../../src/figures/notes.js"),
    import("../../src/figures/frame.js"),
  ]);
  const shared = new SharedScales();
  const specOf = (k: number, size?: PlotSize): Spec => {
    const { plot, of, path, params } = sound[k];
    const own = { ...params, title: film[k].title, size, shared };
    return withNotes(plots[plot].spec(of, own, path ? { path } : {}, "input"), params.notes ?? []);
  };
  for (const k of film.keys()) specOf(k);
  shared.settle();
  const drawn: Shown[] = [];
  for (const [k, figure] of film.entries()) {
    const { spec, svg } = await framed((size) => specOf(k, size), sound[k].params);
    drawn.push({ ...figure, spec, svg, frame: axis, shared });
  }
  return drawn;
}
