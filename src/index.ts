/**
 * Cirque as a library: `import { mergeTree, gridNeighbors, persistencePairs } from "cirque"`. Mathematics is plain
 * functions on typed arrays. Everything else is internal and may change.
 */

// Artifacts: tables of one kind each, with checked columns and metadata, stored as Arrow IPC files.
export {
  type Artifact,
  type ArtifactInPieces,
  type ArtifactKind,
  artifact,
  artifactKinds,
  type Column,
  concatenate,
  type ListColumn,
  listAt,
  type Metadata,
  numbers,
  rowCount,
  type Summary,
  type VectorColumn,
  vectorAt,
  vectorRows,
} from "./artifact/artifact.js";
export { readArtifact } from "./artifact/artifactFile.js";
// Embeddings: points or distances in, coordinates out.
export { type ClassicalMds, classicalMds } from "./embedding/classicalMds.js";
export { type MetricMdsOptions, metricMds } from "./embedding/metricMds.js";
export { type DistanceName, pairwiseDistances } from "./embedding/pairwiseDistances.js";
export { type Pca, pca } from "./embedding/pca.js";
export { type PhateMap, type PhateMapOptions, phate } from "./embedding/phate.js";
export type { PhateSource } from "./embedding/phatePotential.js";
export type { Points } from "./embedding/points.js";
export { type EmbeddingQuality, embeddingQuality } from "./embedding/quality.js";
export { type TsneOptions, tsne } from "./embedding/tsne.js";
export { type UmapOptions, umap } from "./embedding/umap.js";
// The graph language: symbolic tensors, their derivatives, and backends that compute them.
export * as graph from "./graph/language.js";
// Curvature: extreme eigenpairs, trace and spectral density of a symmetric operator, from its products.
export { type LanczosOptions, type LanczosResult, lanczos } from "./landscape/lanczos.js";
export {
  type LanczosQuadratureOptions,
  lanczosQuadrature,
  type Moment,
  type Quadrature,
  spectralMoment,
} from "./landscape/lanczosQuadrature.js";
export { type NormalizationOptions, normalizeDirection, type TensorNorms } from "./landscape/normalization.js";
export { type SpectralDensity, type SpectralDensityOptions, spectralDensity } from "./landscape/spectralDensity.js";
export type { Multiply } from "./landscape/symmetricOperator.js";
export { type TraceEstimate, type TraceOptions, traceEstimate } from "./landscape/trace.js";
// Pipelines, and your own stages.
export { defineStage, type StageDefinition, type StageResult } from "./library/defineStage.js";
export { type NetworkLoss, type NetworkLossOptions, networkLoss } from "./library/networkLoss.js";
export {
  type PipelineChanges,
  type PipelineOptions,
  type PipelineResults,
  planPipeline,
  runPipeline,
  writePipeline,
} from "./library/runPipeline.js";
export { writeArtifact } from "./library/writeArtifact.js";
export { type NearestNeighbors, nearestNeighbors } from "./linalg/nearestNeighbors.js";
export { type Random, randomStream } from "./linalg/random.js";
export type { Layout, TensorLayout } from "./models/networks/layout.js";
export type { LossTerms, Objective } from "./models/problems/objective.js";
export type { Samples } from "./models/problems/supervisedLoss.js";
export { ConfigError } from "./pipeline/configFile.js";
export type { PipelineDefinition } from "./pipeline/pipelineText.js";
export type { Plan } from "./pipeline/plan.js";
export type { Step } from "./pipeline/step.js";
export type { Outcome, RunEvent } from "./run/outcome.js";
export type {
  Amount,
  Lineage,
  PipelineText,
  Point,
  Port,
  Releasable,
  Scalar,
  Source,
  Stage,
  StageContext,
} from "./stage.js";
export { StoreError } from "./store/atomicFile.js";
// Topology: graphs on samples, merge and contour trees, persistence, distances.
export { betaSkeleton } from "./topology/betaSkeleton.js";
export { bottleneckDistance } from "./topology/bottleneck.js";
export { type ContourTree, contourTree } from "./topology/contourTree.js";
export type { Diagram } from "./topology/diagram.js";
export { explicitNeighbors, type VertexLists } from "./topology/explicitNeighbors.js";
export { type GraphBars, graphHomology } from "./topology/graphHomology.js";
export { type GridBars, gridHomology } from "./topology/gridHomology.js";
export { knnNeighbors } from "./topology/knnNeighbors.js";
export {
  type LossBarcode,
  lossBarcode,
  type ObstructionScores,
  obstructionScores,
  type PathBetween,
} from "./topology/lossBarcode.js";
export { LEAF, type MergeTree, type MergeTreeNodes, mergeTree, nodeTypes, ROOT, SADDLE } from "./topology/mergeTree.js";
export { mergeTreeDistance } from "./topology/mergeTreeDistance.js";
export { type LandscapeMetrics, landscapeMetrics } from "./topology/metrics.js";
export { type Connectivity, gridNeighbors, type Neighbors } from "./topology/neighbors.js";
export { type PersistencePairs, persistencePairs } from "./topology/persistence.js";
export { type Profile, profile } from "./topology/profile.js";
export { type Simplification, simplify } from "./topology/simplification.js";
export type { Direction } from "./topology/sweepOrder.js";
export { type WassersteinOptions, wassersteinDistance } from "./topology/wasserstein.js";
