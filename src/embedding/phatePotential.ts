import type { AddProduct } from "../linalg/matrixProduct.js";
import { singularValues } from "../linalg/singularValues.js";
import { rowSums, type SparseMatrix, sparseProduct, sparseTimesDense } from "../linalg/sparseMatrix.js";
import { walkPower } from "../linalg/walkPower.js";
import { type DistanceName, pairwiseDistances } from "./pairwiseDistances.js";
import { pca } from "./pca.js";
import { diffusionOperator, type PhateGraph, type PhateGraphOptions, phateGraph } from "./phateGraph.js";
import { phateLandmarks } from "./phateLandmarks.js";
import type { Points } from "./points.js";
import { kneeOf, vonNeumannEntropy } from "./vonNeumannEntropy.js";

/** Points, or the distances of n of them: n × n, row major, symmetric. */
export type PhateSource = { points: Points } | { distances: Float64Array; n: number };

export interface PhateOptions extends PhateGraphOptions {
  /** The metric of points; given distances do not use it. */
  distance: DistanceName;
  /** Principal components that points are reduced to before distances are taken. */
  pcaComponents: number | "none";
  /** Groups of points that stand for all where there are more points than that. */
  landmarks: number | "none";
  /** Steps of the diffusion; "auto": the knee of the entropy's curve. */
  t: number | "auto";
  /** How many steps the entropy's curve has. */
  maxT: number;
  /** The potential's form: 1 log, 0 square root, −1 the probabilities themselves, and what lies between. */
  gamma: number;
  seed: number;
  /** What multiplies matrices; by default `addProduct`. */
  product?: AddProduct;
}

export const phateDefaults: PhateOptions = {
  knn: 5,
  decay: 40,
  bandwidthScale: 1,
  threshold: 1e-4,
  distance: "euclidean",
  pcaComponents: 100,
  landmarks: 2000,
  t: "auto",
  maxT: 100,
  gamma: 1,
  seed: 0,
};

export interface PhatePotential {
  /** How many rows are to be embedded: the n points, or the landmarks. */
  rows: number;
  /** rows × rows, row major: a row's distances to others are what the map shows. */
  potential: Float64Array;
  /**
   * Coordinates of all n points (n × dimensions, row major) from those of the rows; the same array where rows are
   * points.
   */
  interpolate(coordinates: Float64Array): Float64Array;
  t: number;
  /** The entropy at 0 … maxT − 1 steps; empty where t is given. */
  entropy: Float64Array;
  graph: PhateGraph;
}

/** Added to probabilities before the logarithm. */
const SMALLEST_PROBABILITY = 1e-7;

/**
 * The diffusion potential of PHATE (Moon et al. 2019, *Visualizing structure and transitions in high-dimensional
 * biological data*), as phate 1.0.11 computes it: PCA, distances, α-decay kernel, diffusion operator P, t at the knee
 * of the von Neumann entropy, −log(Pᵗ + 10⁻⁷), or another form by gamma. Metric multidimensional scaling of the
 * distances between its rows is the PHATE map.
 *
 * Points that coincide share their neighbourhood; parts of the graph without connection are counted in
 * `graph.components`.
 *
 * @throws RangeError for knn not below n; Error where a coordinate or distance is NaN or infinite.
 */
export async function phatePotential(
  source: PhateSource,
  options: PhateOptions,
  progress: (fraction: number, note: string) => void = () => {},
): Promise<PhatePotential> {
  progress(0, "distances");
  const distances = "points" in source ? await distancesOf(source.points, options) : source.distances;
  const n = "points" in source ? source.points.length : source.n;
  progress(0.2, "graph");
  const graph = phateGraph(distances, n, options);
  progress(0.3, "operator");
  const { steps, weights, toLandmarks } = await walk(graph.kernel, options);
  progress(0.4, "entropy");
  const entropy =
    options.t === "auto"
      ? vonNeumannEntropy(await singularValues(steps.reduce(sparseProduct), options.product), options.maxT)
      : new Float64Array(0);
  const t = options.t === "auto" ? kneeOf(entropy) : options.t;
  progress(0.7, "diffusion");
  const potential = await walkPower(steps, weights, t, options.product);
  toPotential(potential, options.gamma);
  return {
    rows: steps[0].rows,
    potential,
    interpolate: (coordinates) =>
      toLandmarks ? sparseTimesDense(toLandmarks, coordinates, coordinates.length / toLandmarks.columns) : coordinates,
    t,
    entropy,
    graph,
  };
}

/** One step of the diffusion as a product of matrices, with its stationary weights. */
async function walk(kernel: SparseMatrix, { landmarks, seed, product }: PhateOptions) {
  if (landmarks === "none" || landmarks >= kernel.rows) {
    return { steps: [diffusionOperator(kernel)], weights: rowSums(kernel) };
  }
  const { toPoints, toLandmarks, weights } = await phateLandmarks(kernel, landmarks, seed, product);
  return { steps: [toPoints, toLandmarks], weights, toLandmarks };
}

async function distancesOf(points: Points, { distance, pcaComponents, product }: PhateOptions): Promise<Float64Array> {
  const dimensions = points[0]?.length ?? 0;
  if (pcaComponents === "none" || dimensions <= pcaComponents) return pairwiseDistances(points, distance, { product });
  const { scores, count } = await pca(points, { components: pcaComponents, product });
  return pairwiseDistances(
    points.map((_, i) => scores.subarray(i * count, (i + 1) * count)),
    distance,
    { product },
  );
}

/** In place: probabilities to potentials. */
function toPotential(probabilities: Float64Array, gamma: number): void {
  const power = (1 - gamma) / 2;
  for (let at = 0; at < probabilities.length; at++) {
    const p = probabilities[at];
    probabilities[at] = gamma === 1 ? -Math.log(p + SMALLEST_PROBABILITY) : gamma === -1 ? p : p ** power / power;
  }
}
