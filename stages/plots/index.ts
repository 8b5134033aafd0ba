/** The plots. */
import { barcodePlot, diagramPlot } from "./barcode.js";
import { comparisonPlot } from "./comparison.js";
import { confusionPlot } from "./confusion.js";
import { contourPlot } from "./contour.js";
import { curvesPlot } from "./curves.js";
import { densityPlot } from "./density.js";
import { entropyPlot } from "./entropy.js";
import { curvePlot, isosurfacePlot, slicesPlot, surfacePlot } from "./grids.js";
import { linesPlot, relationPlot } from "./lines.js";
import { treePlot } from "./mergeTree.js";
import { pathsPlot } from "./paths.js";
import type { Plot } from "./plot.js";
import type { PlotName } from "./plotFacts.js";
import { profilePlot } from "./profile.js";
import { samplesPlot } from "./samples.js";
import { scatterPlot } from "./scatter.js";
import { segmentationPlot } from "./segmentation.js";
import { sharpeningPlot } from "./sharpening.js";
import { solutionPlot } from "./solution.js";
import { spectrumPlot } from "./spectrum.js";
import { barsPlot, distributionPlot, heatmapPlot, matrixPlot } from "./tables.js";

/** Plots by name. The order of `plotFacts` decides which is the default. */
export const plots: Readonly<Record<PlotName, Plot>> = {
  contour: contourPlot,
  curve: curvePlot,
  surface: surfacePlot,
  slices: slicesPlot,
  isosurface: isosurfacePlot,
  tree: treePlot,
  barcode: barcodePlot,
  diagram: diagramPlot,
  profile: profilePlot,
  comparison: comparisonPlot,
  sharpening: sharpeningPlot,
  density: densityPlot,
  spectrum: spectrumPlot,
  samples: samplesPlot,
  curves: curvesPlot,
  confusion: confusionPlot,
  solution: solutionPlot,
  scatter: scatterPlot,
  entropy: entropyPlot,
  segmentation: segmentationPlot,
  paths: pathsPlot,
  lines: linesPlot,
  bars: barsPlot,
  distribution: distributionPlot,
  heatmap: heatmapPlot,
  matrix: matrixPlot,
  relation: relationPlot,
};
