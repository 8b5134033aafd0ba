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

/** Points, or the distances between n of them: n × n, row-major, symmetric. */
export type PhateSource = { points: Points } | { distances: Float64Array; n: number };

export interface PhateOptions extends PhateGraphOptions {
  /** The metric between points. Given distances do not use it. */
  distance: DistanceName;
  /** The number of principal components that points are reduced to before distances are computed. */
  pcaComponents: number | "none";
  /** The number of groups that represent the points when there are more points than this. */
  landmarks: number | "none";
  /** The number of diffusion steps. "auto" takes the knee of the entropy curve. */
  t: number | "auto";
  /** The number of steps in the entropy curve. */
  maxT: number;
  /**
   * The form of the potential: 1 for the logarithm, 0 for the square root, −1 for the probabilities themselves; other
   * values interpolate.
   */
  gamma: number;
  seed: number;
  /** Multiplies matrices; `addProduct` by default. */
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
  /** The number of rows to embed: the n points, or the landmarks. */
  rows: number;
  /** rows × rows, row-major. The map shows the distances between these rows. */
  potential: Float64Array;
  /**
   * Computes the coordinates of all n points (n × dimensions, row-major) from those of the rows. Returns the same array
   * when the rows are the points.
   */
  interpolate(coordinates: Float64Array): Float64Array;
  t: number;
  /** The entropy at 0 … maxT − 1 steps; empty when t is given. */
  entropy: Float64Array;
  graph: PhateGraph;
}

/** Added to probabilities before the logarithm. */
const SMALLEST_PROBABILITY = 1e-7;

/**
 * The diffusion potential of PHATE (Moon et al. 2019, *Visualizing structure and transitions in high-dimensional
 * biological data*), as in phate 1.0.11: PCA, distances, α-decay kernel, diffusion operator P, t at the knee of the von
 * Neumann entropy, and −log(Pᵗ + 10⁻⁷), or another form by gamma. Metric multidimensional scaling of the distances
 * between its rows gives the PHATE map.
 *
 * Coincident points share their neighbourhood. `graph.components` counts the connected components of the graph.
 *
 * @throws RangeError when knn is not below n; Error when a coordinate or distance is NaN or infinite.
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

/** Turns probabilities into potentials, in place. */
function toPotential(probabilities: Float64Array, gamma: number): void {
  const power = (1 - gamma) / 2;
  for (let at = 0; at < probabilities.length; at++) {
    const p = probabilities[at];
    probabilities[at] = gamma === 1 ? -Math.log(p + SMALLEST_PROBABILITY) : gamma === -1 ? p : p ** power / power;
  }
}
