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
}

const lossAxis = ["lossRange", "lossScale"];
const view = ["azimuth", "elevation"];
const numberAxis = ["yScale", "yRange"];

export const plotFacts = {
  contour: { kinds: ["grid"], uses: [...lossAxis, "column", "colours"] },
  curve: { kinds: ["grid"], uses: [...lossAxis, "column", "series"] },
  surface: { kinds: ["grid"], uses: [...lossAxis, ...view, "column", "colours"] },
  slices: { kinds: ["grid"], uses: [...lossAxis, "column", "colours"] },
  isosurface: { kinds: ["grid"], uses: [...lossAxis, ...view, "column", "colours", "levels"] },
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
  },
  bars: { kinds: ["table"], uses: ["x", "y", "series", ...numberAxis, "over", "band"], needs: ["x", "y"] },
  distribution: { kinds: ["table"], uses: ["x", "y", "marks", ...numberAxis], needs: ["x", "y"] },
  heatmap: { kinds: ["table"], uses: ["x", "y", "column", ...lossAxis, "colours"], needs: ["x", "y", "column"] },
  matrix: { kinds: ["table"], uses: [...lossAxis, "colours"] },
  relation: { kinds: ["barcode"], uses: ["xScale", ...numberAxis], from: ["loss-barcode"] },
} as const satisfies Readonly<Record<string, PlotFacts>>;

export type PlotName = keyof typeof plotFacts;

export function factsOfPlot(name: PlotName): PlotFacts {
  return plotFacts[name];
}

export const plotNames = Object.keys(plotFacts) as PlotName[];

/** All kinds of artifacts that a plot draws. */
export const drawnKinds: ArtifactKind[] = [...new Set(plotNames.flatMap((name) => plotFacts[name].kinds))];
