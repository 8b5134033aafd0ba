import type { Artifact } from "../../src/artifact/artifact.js";
import { figureId } from "../../src/figures/page.js";
import type { PageScene } from "../../src/figures/pageData.js";
import { SharedScales } from "../../src/figures/sharedScales.js";
import type { Source } from "../../src/stage.js";
import type { FigureParams } from "../plots/plot.js";
import type { PlotName } from "../plots/plotFacts.js";
import type { BehindOf, Shown } from "./shown.js";

const spatial: readonly PlotName[] = ["surface", "isosurface", "scatter"];

/** The scenes of the figures in three dimensions, a panel each, in the order of the page. */
export async function scenesOf(
  figures: readonly Shown[],
  sources: readonly Source[],
  behind: BehindOf,
): Promise<PageScene[]> {
  if (!figures.some(({ plot, panels }) => spatial.includes(panels?.plot ?? (plot as PlotName)))) return [];
  const draw = await import("./scene.js");
  const byStep = new Map(sources.filter(({ error }) => error === undefined).map((source) => [source.step, source]));
  return figures.flatMap((figure, place): PageScene[] => {
    const { params, sources: own } = behind(figure.source.step);
    const at = { figure: figureId(place), params: params as unknown as FigureParams };
    if (figure.panels) {
      const { plot, steps } = figure.panels;
      if (plot !== "surface" && plot !== "isosurface") return [];
      const panels = steps.flatMap((step) => (step === null ? [] : (byStep.get(step) ?? [])));
      const grids = panels.map((source) => ({ label: labelOf(source), grid: source.artifact() }));
      const { facet } = at.params;
      const scenes = (shared?: SharedScales) =>
        grids.flatMap(({ label, grid }) => draw.gridScene(plot, grid, { ...at, label, shared }) ?? []);
      if (facet?.share === "none") return scenes();
      const shared = new SharedScales();
      scenes(shared);
      shared.settle();
      return scenes(shared);
    }
    const artifacts = own.map((source) => [source.stage, source.artifact] as const);
    if (figure.plot === "surface" || figure.plot === "isosurface") {
      const loaded = artifacts.map(([, artifact]) => artifact());
      const grid = loaded.find(({ kind }) => kind === "grid");
      const path = loaded.find(({ kind }) => kind === "points");
      return grid
        ? [draw.gridScene(figure.plot, grid, { ...at, label: "", path, shared: figure.shared }) ?? []].flat()
        : [];
    }
    if (figure.plot !== "scatter") return [];
    const maps = artifacts.map(([name, artifact]): [string, Artifact] => [name, artifact()]);
    return draw.scatterScenes(Object.fromEntries(maps.filter(([, { kind }]) => kind === "embedding")), at);
  });
}

const labelOf = ({ point }: Source) =>
  Object.entries(point)
    .map(([axis, value]) => `${axis} = ${value}`)
    .join(", ");
