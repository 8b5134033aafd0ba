import type { Artifact } from "../../src/artifact/artifact.js";
import { levelField } from "../../src/figures/isosurface.js";
import { scaleFraction } from "../../src/figures/lossScale.js";
import { formatNumber } from "../../src/figures/numbers.js";
import type { PageScene } from "../../src/figures/pageData.js";
import { scatterSpaces } from "../../src/figures/scatterSpace.js";
import type { SharedScales } from "../../src/figures/sharedScales.js";
import { isolineHeights } from "../../src/figures/surface.js";
import { boxHeight, surfaceBox } from "../../src/figures/surfaceBox.js";
import { lossColours } from "../../src/figures/theme.js";
import { base64 } from "../inputs/base64.js";
import { isosurfaceData, surfaceData } from "../plots/grids.js";
import { type FigureParams, lookOf, viewOf } from "../plots/plot.js";
import { scatterData } from "../plots/scatter.js";

interface At {
  figure: string;
  params: FigureParams;
}

/** The scene of a grid; undefined for one that has nothing to draw. */
export function gridScene(
  plot: "surface" | "isosurface",
  grid: Artifact,
  { figure, params, label, path, shared }: At & { label: string; path?: Artifact; shared?: SharedScales },
): PageScene | undefined {
  const own = { ...params, title: "", shared };
  const { ramp = lossColours } = lookOf(own);
  const common = { figure, label, view: viewOf(own), ramp };
  return plot === "surface" ? surfaceScene(grid, own, path, common) : levelScene(grid, own, common);
}

type Common = Pick<PageScene, "figure" | "label" | "view" | "ramp">;

function surfaceScene(grid: Artifact, params: FigureParams, path: Artifact | undefined, common: Common) {
  const data = surfaceData(grid, params, path);
  const box = surfaceBox(data);
  if (!box) return undefined;
  const { scale, x, y, across, along, heights, stride, model, paths } = box;
  return {
    ...common,
    axes: {
      x: { label: data.xLabel, scale: x },
      y: { label: data.yLabel, scale: y },
      z: { label: data.lossLabel ?? "loss", scale },
    },
    ...{ bottom: 0, top: boxHeight },
    surface: {
      ...{ across: floats(across), along: floats(along), heights: floats(heights) },
      isolines: isolineHeights(box),
    },
    lines: paths.flatMap(({ parts, colour }) => parts.map((part) => ({ colour, places: floats(part.flat()) }))),
    ...(model && { model }),
    ...thinnedNote(stride),
  } satisfies PageScene;
}

function levelScene(grid: Artifact, params: FigureParams, common: Common): PageScene | undefined {
  const data = isosurfaceData(grid, params);
  const field = levelField(data);
  if (!field) return undefined;
  const { scale, scales, levels, places, heights, stride, center } = field;
  const [x, y, z] = data.axes.map(({ label }, k) => ({ label, scale: scales[k] }));
  return {
    ...common,
    ...{ axes: { x, y, z }, bottom: -0.5, top: 0.5, lines: [] },
    levels: {
      places: places.map(floats),
      heights: floats(heights),
      at: levels.map((level) => scaleFraction(scale, level)),
    },
    ...(center && { model: center }),
    ...thinnedNote(stride),
  };
}

const thinnedNote = (stride: number) => (stride > 1 ? { note: `one of ${stride} samples along each axis` } : {});

/** A scene for each map with three dimensions. */
export function scatterScenes(maps: Readonly<Record<string, Artifact>>, { figure, params }: At): PageScene[] {
  const [[port, of], ...beside] = Object.entries(maps);
  const data = scatterData(of, { ...params, title: "" }, Object.fromEntries(beside), port);
  return scatterSpaces(data).map(({ label, scales, places, colours, lines, count, every }): PageScene => {
    const [x, y, z] = scales.map((scale, k) => ({ label: `axis ${k + 1}`, scale }));
    return {
      ...{ figure, label, axes: { x, y, z }, bottom: -0.5, top: 0.5, view: { azimuth: 35, elevation: 25 } },
      ramp: data.ramp ?? lossColours,
      points: { places: base64(places), colours: base64(colours) },
      lines: lines.map((line) => ({ colour: line.colour, places: base64(line.places) })),
      ...(every > 1 && { note: `one of ${every} of ${formatNumber(count)} points` }),
    };
  });
}

const floats = (values: ArrayLike<number>) => base64(Float32Array.from(values));
