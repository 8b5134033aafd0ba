/** The artifacts and parameters of each plot, as plain data, so that a check needs no drawing code. */
import type { ArtifactKind } from "../../src/artifact/artifact.js";

interface PlotFacts {
  kinds: readonly ArtifactKind[];
  /** Parameters that change the picture, besides those of every figure. */
  uses: readonly string[];
  /** Parameters that the plot needs. */
  needs?: readonly string[];
  /** Stages whose tables it draws. A plot of any table has none. */
  from?: readonly string[];
  /** The numbers of axes of the grids that it draws. */
  axes?: readonly number[];
  /** True for a plot that is never the default. */
  onlyByName?: boolean;
}

const lossAxis = ["lossRange", "lossScale"];
const view = ["azimuth", "elevation"];
const numberAxis = ["yScale", "yRange"];

export const plotFacts = {
  contour: { kinds: ["grid"], uses: [...lossAxis, "column", "colours"], axes: [2] },
  curve: { kinds: ["grid"], uses: [...lossAxis, "column", "series"], axes: [1] },
  surface: { kinds: ["grid"], uses: [...lossAxis, ...view, "column", "colours"], axes: [2], onlyByName: true },
  slices: { kinds: ["grid"], uses: [...lossAxis, "column", "colours"], axes: [3, 4] },
  isosurface: {
    kinds: ["grid"],
    uses: [...lossAxis, ...view, "column", "colours", "levels"],
    axes: [3],
    onlyByName: true,
  },
  tree: { kinds: ["tree"], uses: lossAxis },
  barcode: { kinds: ["barcode"], uses: lossAxis },
  diagram: { kinds: ["barcode"], uses: lossAxis },
  profile: { kinds: ["profile"], uses: [...lossAxis, "colours", "across"] },
  comparison: { kinds: ["table"], uses: [], from: ["compare"] },
  sharpening: { kinds: ["spectrum"], uses: ["yScale"] },
  density: { kinds: ["spectrum"], uses: [] },
  spectrum: { kinds: ["spectrum"], uses: ["yScale"] },
  samples: { kinds: ["dataset"], uses: [] },
  curves: { kinds: ["model"], uses: [] },
  confusion: { kinds: ["table"], uses: [], from: ["evaluate"] },
  solution: { kinds: ["table"], uses: ["column", "colours"], from: ["predict"] },
  scatter: { kinds: ["embedding"], uses: [...lossAxis, "colour", "colours"] },
  entropy: { kinds: ["embedding"], uses: [] },
  segmentation: { kinds: ["table"], uses: [], from: ["predict"] },
  paths: { kinds: ["paths"], uses: numberAxis },
  lines: {
    kinds: ["table"],
    uses: ["x", "y", "series", "marks", "xScale", ...numberAxis, "over", "band", "correlation"],
    needs: ["x", "y"],
    onlyByName: true,
  },
  bars: {
    kinds: ["table"],
    uses: ["x", "y", "series", ...numberAxis, "over", "band"],
    needs: ["x", "y"],
    onlyByName: true,
  },
  distribution: { kinds: ["table"], uses: ["x", "y", "marks", ...numberAxis], needs: ["x", "y"], onlyByName: true },
  heatmap: {
    kinds: ["table"],
    uses: ["x", "y", "column", ...lossAxis, "colours"],
    needs: ["x", "y", "column"],
    onlyByName: true,
  },
  matrix: { kinds: ["table"], uses: [...lossAxis, "colours"], onlyByName: true },
  relation: { kinds: ["barcode"], uses: ["xScale", ...numberAxis], from: ["loss-barcode"], onlyByName: true },
} as const satisfies Readonly<Record<string, PlotFacts>>;

export type PlotName = keyof typeof plotFacts;

export function factsOfPlot(name: PlotName): PlotFacts {
  return plotFacts[name];
}

type NoteAxis = "x" | "y";

/** The axes of numbers that notes stand at, of plots that do not have both. */
const noteAxes: Readonly<Partial<Record<PlotName, readonly NoteAxis[]>>> = {
  ...{ surface: [], slices: [], isosurface: [], comparison: [], density: [], confusion: [], solution: [] },
  ...{ scatter: [], segmentation: [], heatmap: [], matrix: [] },
  ...{ tree: ["y"], barcode: ["x"], curves: ["x"], bars: ["y"], distribution: ["y"] },
};

export function noteAxesOf(name: PlotName): readonly NoteAxis[] {
  return noteAxes[name] ?? ["x", "y"];
}

export const plotNames = Object.keys(plotFacts) as PlotName[];

/** True if one picture has the curves of several matrix points: `curve` is the only default plot that takes series. */
export const drawsCurves = ({ plot = "curve", series }: { plot?: PlotName; series?: string }) =>
  plot === "curve" && series !== undefined;

/** All kinds of artifacts that a plot draws. */
export const drawnKinds: ArtifactKind[] = [...new Set(plotNames.flatMap((name) => plotFacts[name].kinds))];
