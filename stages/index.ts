/** The stage kinds. A definition is loaded on demand, because some of them load half of the program. */
import type { Stage } from "../src/stage.js";

const definitions = lazily({
  "load-data": async () => (await import("./loadData.js")).loadDataStage,
  train: async () => (await import("./train.js")).trainStage,
  "jump-and-retrain": async () => (await import("./jumpAndRetrain.js")).jumpAndRetrainStage,
  trajectories: async () => (await import("./trajectories.js")).trajectoriesStage,
  "load-model": async () => (await import("./loadModel.js")).loadModelStage,
  evaluate: async () => (await import("./evaluate.js")).evaluateStage,
  predict: async () => (await import("./predict.js")).predictStage,
  "reference-solution": async () => (await import("./referenceSolution.js")).referenceSolutionStage,
  "compute-directions": async () => (await import("./computeDirections.js")).computeDirectionsStage,
  hessian: async () => (await import("./hessian.js")).hessianStage,
  sharpness: async () => (await import("./sharpness.js")).sharpnessStage,
  "sample-grid": async () => (await import("./sampleGrid.js")).sampleGridStage,
  "sample-points": async () => (await import("./samplePoints.js")).samplePointsStage,
  refine: async () => (await import("./refine.js")).refineStage,
  "import-grid": async () => (await import("./importGrid.js")).importGridStage,
  project: async () => (await import("./project.js")).projectStage,
  "connect-minima": async () => (await import("./connectMinima.js")).connectMinimaStage,
  "merge-tree": async () => (await import("./mergeTree.js")).mergeTreeStage,
  "contour-tree": async () => (await import("./contourTree.js")).contourTreeStage,
  barcode: async () => (await import("./barcode.js")).barcodeStage,
  "graph-homology": async () => (await import("./graphHomology.js")).graphHomologyStage,
  embed: async () => (await import("./embed.js")).embedStage,
  "loss-barcode": async () => (await import("./lossBarcode.js")).lossBarcodeStage,
  profile: async () => (await import("./profile.js")).profileStage,
  "landscape-metrics": async () => (await import("./landscapeMetrics.js")).landscapeMetricsStage,
  compare: async () => (await import("./compare.js")).compareStage,
  features: async () => (await import("./features.js")).featuresStage,
  classify: async () => (await import("./classify.js")).classifyStage,
  shell: async () => (await import("./shell.js")).shellStage,
  aggregate: async () => (await import("./aggregate.js")).aggregateStage,
  correlate: async () => (await import("./correlate.js")).correlateStage,
  select: async () => (await import("./select.js")).selectStage,
  checkpoint: async () => (await import("./checkpoint.js")).checkpointStage,
  gather: async () => (await import("./gather.js")).gatherStage,
  figure: async () => (await import("./figure.js")).figureStage,
  report: async () => (await import("./report.js")).reportStage,
});

type Kind = keyof typeof definitions;

export const kinds = Object.keys(definitions) as Kind[];

/** The definitions of these kinds; all by default. */
export function loadStages(of: readonly Kind[] = kinds): Promise<Stage[]> {
  return Promise.all(of.map((kind): Promise<Stage> => definitions[kind]()));
}

export function isKind(name: string): name is Kind {
  return Object.hasOwn(definitions, name);
}

/** The same table, with its names as a type and without the parameter types. */
function lazily<Name extends string>(table: Record<Name, () => Promise<Stage>>): Record<Name, () => Promise<Stage>> {
  return table;
}
