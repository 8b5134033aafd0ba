import { spearman } from "../linalg/spearman.js";
import { geodesicDistances } from "./geodesicDistances.js";
import { pairwiseDistances } from "./pairwiseDistances.js";
import { type Stress, stressOf } from "./stress.js";
import { trustworthiness } from "./trustworthiness.js";

export interface EmbeddingQuality {
  stress: Stress;
  /** With 5 neighbours. NaN for fewer than 11 points. */
  trustworthiness: number;
  /**
   * Spearman's correlation of the distances in the drawing with the distances along the points (DEMaP of Moon et al.
   * 2019; they use points before noise, which only artificial data have). 1 means that all pairs are in the same order.
   */
  demap: number;
}

/** The default of scikit-learn. */
const trustedNeighbors = 5;
/** The number of neighbours in the graph along which distances are measured. */
const graphNeighbors = 10;

/**
 * The quality of a drawing of n points in `dimensions` coordinates (row-major): how well it shows their distances.
 *
 * @param distances n × n, row-major, symmetric, finite.
 */
export async function embeddingQuality(
  distances: Float64Array,
  coordinates: Float64Array,
  n: number,
  dimensions: number,
): Promise<EmbeddingQuality> {
  const rows = Array.from({ length: n }, (_, i) => coordinates.subarray(i * dimensions, (i + 1) * dimensions));
  const drawn = await pairwiseDistances(rows, "euclidean");
  const geodesic = geodesicDistances(distances, n, graphNeighbors);
  return {
    stress: stressOf(distances, coordinates, n, dimensions),
    trustworthiness: n > 2 * trustedNeighbors ? trustworthiness(distances, drawn, n, trustedNeighbors) : Number.NaN,
    demap: spearman(pairsOf(geodesic, n), pairsOf(drawn, n)),
  };
}

/** The entries below the diagonal. */
function pairsOf(matrix: Float64Array, n: number): Float64Array {
  const pairs = new Float64Array((n * (n - 1)) / 2);
  for (let i = 0, at = 0; i < n; at += i, i++) pairs.set(matrix.subarray(i * n, i * n + i), at);
  return pairs;
}
