import { type Corner, offsets } from "./corner.js";

/** A rectilinear grid with the loss at its vertices, first axis fastest. */
export interface SampledGrid {
  /** Coordinates along each axis. */
  axes: readonly Float64Array[];
  losses: Float64Array;
}

/** The number of finest steps between two vertices of the grid, and of positions along each axis. */
interface Steps {
  finest: number;
  extents: readonly number[];
}

/**
 * A grid whose cells can be halved so many times along every axis, and the points that were added to it. A point is
 * identified by integers, its steps at the finest level, so cells share their corners.
 *
 * @throws RangeError for an axis with fewer than two coordinates, or for levels so fine that points can no longer be
 * counted.
 */
export function halvedGrid({ axes, losses }: SampledGrid, levels: number) {
  const steps = stepsOf(axes, levels);
  const { finest, extents } = steps;
  /** The row in the result of each point that was added. */
  const rows = new Map<number, number>();
  const coordinates: number[] = [];
  const addedLosses: number[] = [];
  const addedLevels: number[] = [];

  const keyOf = (at: Corner) => at.reduceRight((key, step, k) => key * extents[k] + step, 0);

  /** The row of a point in the result; undefined when it is unknown or outside. */
  function rowOf(at: Corner): number | undefined {
    if (at.some((step, k) => step < 0 || step >= extents[k])) return undefined;
    if (at.some((step) => step % finest !== 0)) return rows.get(keyOf(at));
    return at.reduceRight((vertex, step, k) => vertex * axes[k].length + step / finest, 0);
  }

  return {
    finest,
    /** The corners of a cell of one step. */
    corners: offsets(axes.length, [0, 1]),
    /** The number of points that were added. */
    size: () => rows.size,
    isKnown: (at: Corner) => rowOf(at) !== undefined,
    /** The loss at a point; NaN when it is unknown or outside. */
    lossOf(at: Corner): number {
      const row = rowOf(at);
      if (row === undefined) return Number.NaN;
      return row < losses.length ? losses[row] : addedLosses[row - losses.length];
    },
    /** Adds a point. Its loss follows with those of its level. */
    add: (at: Corner) => rows.set(keyOf(at), losses.length + rows.size),
    /** The coordinates [points × axes] of points. */
    placesOf: (points: readonly Corner[]) =>
      Float64Array.from(points.flatMap((at) => at.map((step, k) => coordinate(step, axes[k], finest)))),
    /** Gives the points that were added last, at these coordinates, their losses. */
    measured(places: Float64Array, found: Float64Array, level: number): void {
      for (const value of places) coordinates.push(value);
      for (const loss of found) {
        addedLosses.push(loss);
        addedLevels.push(level);
      }
    },
    /** All points: the vertices of the grid in their order, then the added ones in the order of creation. */
    points() {
      const total = losses.length + addedLosses.length;
      const result = {
        coordinates: new Float64Array(total * axes.length),
        losses: new Float64Array(total),
        level: new Int32Array(total),
      };
      result.coordinates.set(vertexCoordinates(axes, losses.length));
      result.losses.set(losses);
      result.coordinates.set(coordinates, losses.length * axes.length);
      result.losses.set(addedLosses, losses.length);
      result.level.set(addedLevels, losses.length);
      return result;
    },
  };
}

export type HalvedGrid = ReturnType<typeof halvedGrid>;

function stepsOf(axes: readonly Float64Array[], levels: number): Steps {
  const finest = 2 ** levels;
  const extents = axes.map((axis, k) => {
    if (axis.length < 2) throw new RangeError(`axis ${k} has ${axis.length} coordinates; cells need 2 or more`);
    return finest * (axis.length - 1) + 1;
  });
  if (!Number.isSafeInteger(extents.reduce((product, extent) => product * extent, 1))) {
    throw new RangeError(`${levels} levels on a grid of ${axes.map((axis) => axis.length).join(" × ")} are too many`);
  }
  return { finest, extents };
}

/** The coordinate of a number of steps along an axis, between its two neighbours on the grid. */
function coordinate(steps: number, axis: Float64Array, finest: number): number {
  const part = steps % finest;
  const index = (steps - part) / finest;
  return part === 0 ? axis[index] : (axis[index] * (finest - part) + axis[index + 1] * part) / finest;
}

/** The coordinates [vertices × axes] of the vertices, first axis fastest. */
function vertexCoordinates(axes: readonly Float64Array[], count: number): Float64Array {
  const coordinates = new Float64Array(count * axes.length);
  for (let vertex = 0; vertex < count; vertex++) {
    let rest = vertex;
    for (const [k, axis] of axes.entries()) {
      const index = rest % axis.length;
      coordinates[vertex * axes.length + k] = axis[index];
      rest = (rest - index) / axis.length;
    }
  }
  return coordinates;
}
