/** The stage kinds. */
import type { Stage } from "../src/stage.js";
import { barcodeStage } from "./barcode.js";
import { compareProfilesStage } from "./compareProfiles.js";
import { computeDirectionsStage } from "./computeDirections.js";
import { contourTreeStage } from "./contourTree.js";
import { figureStage } from "./figure.js";
import { gatherStage } from "./gather.js";
import { landscapeMetricsStage } from "./landscapeMetrics.js";
import { mergeTreeStage } from "./mergeTree.js";
import { profileStage } from "./profile.js";
import { projectStage } from "./project.js";
import { reportStage } from "./report.js";
import { sampleGridStage } from "./sampleGrid.js";
import { trainStage } from "./train.js";

export const stages: readonly Stage[] = [
  trainStage,
  computeDirectionsStage,
  sampleGridStage,
  projectStage,
  mergeTreeStage,
  contourTreeStage,
  barcodeStage,
  profileStage,
  compareProfilesStage,
  landscapeMetricsStage,
  gatherStage,
  figureStage,
  reportStage,
];
