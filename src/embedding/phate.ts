import { nearestByDistance } from "../linalg/nearestNeighbors.js";
import { classicalCoordinates } from "./classicalMds.js";
import { type MetricMdsOptions, metricMds } from "./metricMds.js";
import { type DistanceName, pairwiseDistances } from "./pairwiseDistances.js";
import {
  type PhateOptions,
  type PhatePotential,
  type PhateSource,
  phateDefaults,
  phatePotential,
} from "./phatePotential.js";
import { type Stress, stressOf } from "./stress.js";

export interface PhateMapOptions extends PhateOptions {
  dimensions: number;
  mds: "metric" | "classic";
  /** The options of metric MDS. */
  solver: MetricMdsOptions["solver"];
  /** The metric between rows of the potential. */
  mdsDistance: DistanceName;
  /** The number of neighbours to return for each point. */
  neighbors?: number;
  /**
   * Defines the neighbours: the nearest points by the distance of potentials, the largest entries in the point's row,
   * or the farthest points.
   */
  neighborhood?: "nearest" | "published-script";
}

export interface PhateMap extends Pick<PhatePotential, "t" | "entropy" | "graph"> {
  /** n × dimensions, row-major; along the principal axes when there are no landmarks. */
  coordinates: Float64Array;
  /** The stress of the drawn points or landmarks, relative to the distances of their potentials. */
  stress: Stress;
  /** On request: n × neighbors, row-major, the nearest first for each point. */
  neighbors?: Int32Array;
}

const defaults: PhateMapOptions = {
  ...phateDefaults,
  dimensions: 2,
  mds: "metric",
  solver: "sgd",
  mdsDistance: "euclidean",
};

/**
 * PHATE (Moon et al. 2019): the diffusion potential, the distances between its rows, their multidimensional scaling,
 * and, with landmarks, the positions of all points from those of the landmarks. Coordinates are in units of the
 * potential; phate scales its maps to 1.
 *
 * @throws like phatePotential.
 */
export async function phate(
  source: PhateSource,
  given: Partial<PhateMapOptions> = {},
  progress: (fraction: number, note: string) => void = () => {},
): Promise<PhateMap> {
  const options = { ...defaults, ...given };
  const { dimensions, mds, solver, mdsDistance, seed } = options;
  const { rows, potential, interpolate, t, entropy, graph } = await phatePotential(source, options, (fraction, note) =>
    progress(fraction / 2, note),
  );
  const n = "points" in source ? source.points.length : source.n;
  if (options.neighbors !== undefined && n !== rows) {
    throw new Error(
      `neighbors by potential need one row per point, but there are ${n} points and ${rows} landmarks; set landmarks: none`,
    );
  }
  progress(0.5, "distances of potentials");
  const ofRows = Array.from({ length: rows }, (_, i) => potential.subarray(i * rows, (i + 1) * rows));
  const distances = await pairwiseDistances(ofRows, mdsDistance, { product: options.product });
  const report = (fraction: number) => progress(0.6 + 0.4 * fraction, "scaling");
  const drawn =
    mds === "classic"
      ? classicalCoordinates(distances, rows, dimensions)
      : metricMds(distances, rows, { dimensions, solver, seed, progress: report });
  return {
    coordinates: interpolate(drawn),
    stress: stressOf(distances, drawn, rows, dimensions),
    ...(options.neighbors !== undefined && {
      neighbors: neighborsOf(potential, distances, options.neighbors, options),
    }),
    t,
    entropy,
    graph,
  };
}

function neighborsOf(
  potential: Float64Array,
  distances: Float64Array,
  k: number,
  { neighborhood }: PhateMapOptions,
): Int32Array {
  const farthest = neighborhood === "published-script";
  return nearestByDistance(farthest ? potential.map((entry) => -entry) : distances, { k }).indices;
}
