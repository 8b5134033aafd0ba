/** The plots. */
import { barcodePlot, diagramPlot } from "./barcode.js";
import { comparisonPlot } from "./comparison.js";
import { confusionPlot } from "./confusion.js";
import { contourPlot } from "./contour.js";
import { curvesPlot } from "./curves.js";
import { densityPlot } from "./density.js";
import { entropyPlot } from "./entropy.js";
import { linesPlot, relationPlot } from "./lines.js";
import { treePlot } from "./mergeTree.js";
import { pathsPlot } from "./paths.js";
import type { Plot } from "./plot.js";
import { profilePlot } from "./profile.js";
import { samplesPlot } from "./samples.js";
import { scatterPlot } from "./scatter.js";
import { segmentationPlot } from "./segmentation.js";
import { sharpeningPlot } from "./sharpening.js";
import { solutionPlot } from "./solution.js";

/** Plots by name; of several that suit an artifact the first is drawn when none is asked for. */
export const plots: Readonly<Record<string, Plot>> = {
  contour: contourPlot,
  tree: treePlot,
  barcode: barcodePlot,
  diagram: diagramPlot,
  profile: profilePlot,
  comparison: comparisonPlot,
  sharpening: sharpeningPlot,
  density: densityPlot,
  samples: samplesPlot,
  curves: curvesPlot,
  confusion: confusionPlot,
  solution: solutionPlot,
  scatter: scatterPlot,
  entropy: entropyPlot,
  segmentation: segmentationPlot,
  paths: pathsPlot,
  lines: linesPlot,
  relation: relationPlot,
};
