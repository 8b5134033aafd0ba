/** The graph of neighbours that a connectivity describes. */
import { type Artifact, rowCount } from "../../src/artifact/artifact.js";
import { nearestNeighbors } from "../../src/linalg/nearestNeighbors.js";
import { betaSkeleton } from "../../src/topology/betaSkeleton.js";
import { explicitNeighbors } from "../../src/topology/explicitNeighbors.js";
import { knnNeighbors } from "../../src/topology/knnNeighbors.js";
import { gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";
import { embeddingCoordinates } from "../artifacts/embedding.js";
import { gridFacts, gridShape } from "../artifacts/grid.js";
import { pointCoordinates, storedNeighbors } from "../artifacts/points.js";
import type { Connectivity } from "./connectivity.js";

/**
 * The connectivity of a grid or of scattered points, and its graph. The default on a grid is `freudenthal`. The default
 * on points is their own graph, or each point's 4·dimension nearest neighbours when they have none.
 */
export function graphOf(
  of: Artifact,
  wanted?: Connectivity,
  periodic?: readonly (string | number)[],
): { connectivity: Connectivity; neighbors: Neighbors } {
  const connectivity = wanted ?? defaultConnectivity(of);
  if (periodic && (of.kind !== "grid" || typeof connectivity !== "string")) {
    throw new Error(
      `periodic needs a grid with connectivity axis, freudenthal or full; found a ${of.kind} with ` +
        JSON.stringify(connectivity),
    );
  }
  const fail = (needs: string): never => {
    throw new Error(`connectivity is ${JSON.stringify(connectivity)}, which needs ${needs}; found a ${of.kind}`);
  };
  switch (connectivity) {
    case "axis":
    case "freudenthal":
    case "full":
      if (periodic && of.kind === "grid") {
        return { connectivity, neighbors: gridNeighbors(gridShape(of), connectivity, periodicAxes(of, periodic)) };
      }
      if (of.kind !== "grid") fail('a grid (for scattered points use "gabriel", { knn: k } or { betaSkeleton: b })');
      return { connectivity, neighbors: gridNeighbors(gridShape(of), connectivity) };
    case "given": {
      const stored = storedNeighbors(of) ?? fail('points with a list column "neighbors"');
      return { connectivity, neighbors: explicitNeighbors(stored) };
    }
    case "gabriel":
      return { connectivity, neighbors: betaSkeleton(...skeletonOf(of, 1)) };
  }
  if ("betaSkeleton" in connectivity) {
    return { connectivity, neighbors: betaSkeleton(...skeletonOf(of, connectivity.betaSkeleton)) };
  }
  const { points, dimension } = coordinatesOf(of);
  const nearest = nearestNeighbors(points, { dimension, k: connectivity.knn });
  return {
    connectivity,
    neighbors: knnNeighbors(nearest, { count: rowCount(of), mutual: connectivity.mutual ?? false }),
  };
}

/** Which axes are named, by their labels or their numbers from 1. Throws Error for a name that no axis has. */
export function periodicAxes(of: Artifact, named: readonly (string | number)[]): boolean[] {
  const { shape, labels = [] } = gridFacts(of);
  const names = shape.map((_, axis) => [axis + 1, `a${axis + 1}`, labels[axis]]);
  for (const name of named) {
    if (!names.some((own) => own.includes(name))) {
      const known = shape.map((_, axis) => labels[axis] ?? `a${axis + 1}`).join(", ");
      throw new Error(`periodic names the axis ${name}; the grid has ${known}, or 1 to ${shape.length} by number`);
    }
  }
  return names.map((own) => named.some((name) => own.includes(name)));
}

function skeletonOf(of: Artifact, beta: number) {
  const { points, dimension } = coordinatesOf(of);
  return [points, { dimension, beta }] as const;
}

function defaultConnectivity(of: Artifact): Connectivity {
  if (of.kind === "grid") return "freudenthal";
  if (storedNeighbors(of)) return "given";
  return { knn: Math.min(4 * coordinatesOf(of).dimension, Math.max(rowCount(of) - 1, 0)) };
}

/** Coordinates row by row. Those of a grid count its steps, so that equal distances are equal without rounding. */
export function coordinatesOf(of: Artifact): { points: Float64Array; dimension: number } {
  if (of.kind === "embedding") return embeddingCoordinates(of);
  const columns = of.kind === "grid" ? gridSteps(gridShape(of)) : pointCoordinates(of);
  const dimension = columns.length;
  const points = new Float64Array(rowCount(of) * dimension);
  columns.forEach((column, axis) => {
    for (let row = 0; row < column.length; row++) points[row * dimension + axis] = column[row];
  });
  return { points, dimension };
}

function gridSteps(shape: readonly number[]): Float64Array[] {
  const count = shape.reduce((product, length) => product * length, 1);
  let stride = 1;
  return shape.map((length) => {
    const step = stride;
    stride *= length;
    return Float64Array.from({ length: count }, (_, vertex) => Math.floor(vertex / step) % length);
  });
}
