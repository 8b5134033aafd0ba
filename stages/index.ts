/** The stage kinds. */
import type { Stage } from "../src/stage.js";
import { barcodeStage } from "./barcode.js";
import { classifyStage } from "./classify.js";
import { compareStage } from "./compare.js";
import { compareBarcodesStage } from "./compareBarcodes.js";
import { compareProfilesStage } from "./compareProfiles.js";
import { computeDirectionsStage } from "./computeDirections.js";
import { connectMinimaStage } from "./connectMinima.js";
import { contourTreeStage } from "./contourTree.js";
import { embedStage } from "./embed.js";
import { evaluateStage } from "./evaluate.js";
import { featuresStage } from "./features.js";
import { figureStage } from "./figure.js";
import { gatherStage } from "./gather.js";
import { graphHomologyStage } from "./graphHomology.js";
import { hessianStage } from "./hessian.js";
import { importGridStage } from "./importGrid.js";
import { jumpAndRetrainStage } from "./jumpAndRetrain.js";
import { landscapeMetricsStage } from "./landscapeMetrics.js";
import { loadDataStage } from "./loadData.js";
import { loadModelStage } from "./loadModel.js";
import { lossBarcodeStage } from "./lossBarcode.js";
import { mergeTreeStage } from "./mergeTree.js";
import { predictStage } from "./predict.js";
import { profileStage } from "./profile.js";
import { projectStage } from "./project.js";
import { refineStage } from "./refine.js";
import { reportStage } from "./report.js";
import { sampleGridStage } from "./sampleGrid.js";
import { samplePointsStage } from "./samplePoints.js";
import { shellStage } from "./shell.js";
import { trainStage } from "./train.js";
import { trajectoriesStage } from "./trajectories.js";

export const stages: readonly Stage[] = [
  loadDataStage,
  trainStage,
  jumpAndRetrainStage,
  trajectoriesStage,
  loadModelStage,
  evaluateStage,
  predictStage,
  computeDirectionsStage,
  hessianStage,
  sampleGridStage,
  samplePointsStage,
  refineStage,
  importGridStage,
  projectStage,
  connectMinimaStage,
  mergeTreeStage,
  contourTreeStage,
  barcodeStage,
  graphHomologyStage,
  embedStage,
  lossBarcodeStage,
  profileStage,
  compareProfilesStage,
  compareBarcodesStage,
  landscapeMetricsStage,
  compareStage,
  featuresStage,
  classifyStage,
  shellStage,
  gatherStage,
  figureStage,
  reportStage,
];
