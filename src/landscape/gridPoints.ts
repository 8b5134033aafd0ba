/**
 * A regular grid of coefficients. Vertex v has index v mod shape[0] on the first axis: first axis fastest (VTK order).
 */
export interface GridPoints {
  shape: number[];
  /** The product of the shape. */
  size: number;
  /** Coordinates along each axis, ascending. */
  axes: Float64Array[];
  /** The coordinates of `count` vertices from `start` on, count × axes, row-major. @throws RangeError past the end. */
  coordinatesOf(start: number, count: number): Float64Array;
}

/**
 * The grid with `shape[k]` coordinates from ranges[k][0] to ranges[k][1], both included. A single coordinate is in the
 * middle.
 *
 * Each coordinate is computed separately, so errors do not accumulate: the ends are exact; on a range [−r, r] the
 * coordinates are antisymmetric to the bit, and with an odd number of steps the middle one is 0, the model itself.
 *
 * @throws RangeError for a shape or range that does not make a grid.
 */
export function gridPoints(shape: number[], ranges: [number, number][]): GridPoints {
  if (shape.length === 0 || shape.length !== ranges.length) {
    throw new RangeError(
      `${shape.length} axes with ${ranges.length} ranges; expected one range per axis, and at least one axis`,
    );
  }
  const axes = shape.map((steps, k) => axisCoordinates(k, steps, ranges[k]));
  const size = shape.reduce((product, steps) => product * steps, 1);
  if (!Number.isSafeInteger(size))
    throw new RangeError(`a grid of ${shape.join(" × ")} has too many vertices to count`);

  function coordinatesOf(start: number, count: number): Float64Array {
    if (!(start >= 0 && count >= 0 && start + count <= size)) {
      throw new RangeError(`vertices ${start} … ${start + count - 1} of a grid with ${size}`);
    }
    const dimensions = axes.length;
    const block = new Float64Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      let rest = start + row;
      for (let k = 0; k < dimensions; k++) {
        const index = rest % shape[k];
        block[row * dimensions + k] = axes[k][index];
        rest = (rest - index) / shape[k];
      }
    }
    return block;
  }
  return { shape: [...shape], size, axes, coordinatesOf };
}

function axisCoordinates(axis: number, steps: number, [low, high]: [number, number]): Float64Array {
  if (!(Number.isInteger(steps) && steps >= 1))
    throw new RangeError(`axis ${axis} has ${steps} steps; expected 1 or more`);
  if (!(Number.isFinite(high - low) && low <= high)) {
    throw new RangeError(
      `axis ${axis} has the range [${low}, ${high}]; expected two finite numbers, the lower one first`,
    );
  }
  if (steps === 1) return Float64Array.of(low / 2 + high / 2);
  if (low === high) throw new RangeError(`axis ${axis} has ${steps} steps on the empty range [${low}, ${high}]`);

  const last = steps - 1;
  const coordinates = Float64Array.from({ length: steps }, (_, i) => (low * (last - i) + high * i) / last);
  coordinates[0] = low;
  coordinates[last] = high;
  return coordinates;
}
