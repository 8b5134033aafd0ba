import type { AddProduct } from "../linalg/matrixProduct.js";
import { randomStream } from "../linalg/random.js";
import { classicalCoordinates } from "./classicalMds.js";
import { type MetricMdsOptions, metricMds } from "./metricMds.js";
import { type DistanceName, pairwiseDistances } from "./pairwiseDistances.js";
import { pca } from "./pca.js";
import { phate } from "./phate.js";
import { phateDefaults } from "./phatePotential.js";
import type { Points } from "./points.js";
import { type EmbeddingQuality, embeddingQuality } from "./quality.js";
import type { Stress } from "./stress.js";
import { tsne } from "./tsne.js";
import { umap } from "./umap.js";

/** A method that draws points from their distances alone. */
type Method =
  | {
      method: "phate";
      knn: number;
      decay: number | "none";
      t: number | "auto";
      gamma: number;
      landmarks: number | "none";
      mds: "metric" | "classic";
      solver: MetricMdsOptions["solver"];
      mdsDistance: DistanceName;
      neighbors?: number;
      neighborhood?: "nearest" | "published-script";
      seed: number;
    }
  | { method: "mds" }
  | { method: "metric-mds"; solver: MetricMdsOptions["solver"]; seed: number }
  | { method: "tsne"; perplexity: number; iterations: number; seed: number }
  | { method: "umap"; neighbors: number; minDist: number; seed: number };

/**
 * The number of principal components that `pca` reduces points with more coordinates to, before it computes distances.
 */
export type EmbedOptions = { dimensions: number } & (
  | { method: "pca" }
  | (Method & { distance: DistanceName; pca: number | "none" })
);

export type EmbedSource = { points: Points } | { distances: Float64Array; n: number };

export interface Embedding extends MethodFacts {
  /** n × dimensions, row-major. */
  coordinates: Float64Array;
  quality: EmbeddingQuality;
  /** The number of points that measure the quality. They are drawn at random when there are more. */
  judged: number;
  /** The share of the variance along each principal component, if points were reduced. */
  explained?: Float64Array;
}

/** Results of some methods besides coordinates. */
interface MethodFacts {
  t?: number;
  entropy?: Float64Array;
  /** The number of connected components of the neighbourhood graph. */
  components?: number;
  /** The stress of PHATE's distances between potentials. */
  potentialStress?: Stress;
  /** The nearest points of each point, as many as requested; row-major. */
  neighbors?: Int32Array;
}

type Progress = (fraction: number, note: string) => void;

/** Above this number of points, shortest paths take longer than most methods. */
const MOST_JUDGED = 1000;
/** The number of principal components that judge a PCA drawing. */
const JUDGED_COMPONENTS = 100;

/**
 * Draws points with many coordinates in `dimensions`, and measures how well the drawing shows their distances. These
 * are the distances that the method uses, after the reduction to principal components.
 *
 * @param product multiplies matrices; `addProduct` by default.
 * @throws Error for principal components of distances; otherwise like the methods.
 */
export async function embed(
  source: EmbedSource,
  options: EmbedOptions,
  progress: Progress,
  product?: AddProduct,
): Promise<Embedding> {
  const { dimensions } = options;
  const n = "points" in source ? source.points.length : source.n;
  progress(0, "distances");
  const { scores, explained, distances } = await reduce(
    source,
    options,
    (fraction) => progress(fraction / 10, "distances"),
    product,
  );
  if (options.method === "pca") {
    const coordinates = Float64Array.from({ length: n * dimensions }, (_, c) => {
      const [i, k] = [Math.floor(c / dimensions), c % dimensions];
      return scores && k < scores.count ? scores.values[i * scores.count + k] : 0;
    });
    return { coordinates, explained, ...(await judge(distances, coordinates, n, dimensions, 0)) };
  }
  const { coordinates, ...facts } = await draw(distances, n, { ...options, product }, (fraction, note) =>
    progress(0.1 + 0.8 * fraction, note),
  );
  progress(0.9, "quality");
  const seed = "seed" in options ? options.seed : 0;
  return { coordinates, ...facts, explained, ...(await judge(distances, coordinates, n, dimensions, seed)) };
}

interface Reduced {
  distances: Float64Array;
  scores?: { values: Float64Array; count: number };
  explained?: Float64Array;
}

async function reduce(
  source: EmbedSource,
  options: EmbedOptions,
  progress: (fraction: number) => void,
  product?: AddProduct,
): Promise<Reduced> {
  if ("distances" in source) {
    if (options.method !== "pca") return { distances: source.distances };
    throw new Error(
      "principal components need points; for distances use method mds, which gives the closest equivalent",
    );
  }
  const { points } = source;
  const wanted = options.method === "pca" ? Math.max(JUDGED_COMPONENTS, options.dimensions) : options.pca;
  const distance = options.method === "pca" ? "euclidean" : options.distance;
  if (options.method !== "pca" && (wanted === "none" || (points[0]?.length ?? 0) <= wanted)) {
    return { distances: await pairwiseDistances(points, distance, { progress, product }) };
  }
  const { scores, count, explained } = await pca(points, { components: wanted as number, progress, product });
  const rows = points.map((_, i) => scores.subarray(i * count, (i + 1) * count));
  const distances = await pairwiseDistances(rows, distance, { product });
  return { distances, scores: { values: scores, count }, explained };
}

async function draw(
  distances: Float64Array,
  n: number,
  options: Method & { dimensions: number; product?: AddProduct },
  progress: Progress,
): Promise<{ coordinates: Float64Array } & MethodFacts> {
  const { method, dimensions } = options;
  const report = (fraction: number) => progress(fraction, method);
  switch (method) {
    case "phate": {
      const decay = options.decay === "none" ? null : options.decay;
      const { coordinates, t, entropy, graph, stress, neighbors } = await phate(
        { distances, n },
        { ...phateDefaults, ...options, decay },
        progress,
      );
      return { coordinates, t, entropy, components: graph.components, potentialStress: stress, neighbors };
    }
    case "mds":
      return { coordinates: classicalCoordinates(distances, n, dimensions) };
    case "metric-mds":
      return { coordinates: metricMds(distances, n, { ...options, progress: report }) };
    case "tsne":
      return { coordinates: tsne(distances, n, { ...options, progress: report }) };
    case "umap":
      return { coordinates: umap(distances, n, { ...options, progress: report }) };
    default:
      return options satisfies never;
  }
}

async function judge(distances: Float64Array, coordinates: Float64Array, n: number, dimensions: number, seed: number) {
  const judged = Math.min(n, MOST_JUDGED);
  if (judged === n) return { quality: await embeddingQuality(distances, coordinates, n, dimensions), judged };
  const chosen = randomStream(seed, "judged points").sample(n, judged);
  const between = new Float64Array(judged * judged);
  const drawn = new Float64Array(judged * dimensions);
  chosen.forEach((i, a) => {
    drawn.set(coordinates.subarray(i * dimensions, (i + 1) * dimensions), a * dimensions);
    chosen.forEach((j, b) => {
      between[a * judged + b] = distances[i * n + j];
    });
  });
  return { quality: await embeddingQuality(between, drawn, judged, dimensions), judged };
}
