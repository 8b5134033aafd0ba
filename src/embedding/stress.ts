/** How far a drawing's distances are from those it was to have. */
export interface Stress {
  /** Σ(drawn − given)² over all pairs, in squared units of the distances. */
  raw: number;
  /** √(Σ(drawn − given)² / Σ given²); 0 where all given distances are 0. */
  normalized: number;
  /** The same with the drawing enlarged or shrunk as is best, for drawings in units of their own: at most 1. */
  scaled: number;
}

/**
 * The stress of n points in `dimensions` coordinates (row major).
 *
 * @param distances n × n, row major, symmetric, finite.
 */
export function stressOf(distances: Float64Array, coordinates: Float64Array, n: number, dimensions: number): Stress {
  const [given, drawn] = [largest(distances), largest(coordinates)];
  const pairs = (visit: (distance: number, length: number) => void) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        let square = 0;
        for (let k = 0; k < dimensions; k++) {
          square += ((coordinates[i * dimensions + k] - coordinates[j * dimensions + k]) / drawn) ** 2;
        }
        visit(distances[i * n + j] / given, Math.sqrt(square));
      }
    }
  };
  let [squares, products, all] = [0, 0, 0];
  pairs((distance, length) => {
    squares += length ** 2;
    products += length * distance;
    all += distance ** 2;
  });
  const best = squares === 0 ? 0 : products / squares;
  let [missed, leastMissed] = [0, 0];
  pairs((distance, length) => {
    missed += (length * (drawn / given) - distance) ** 2;
    leastMissed += (length * best - distance) ** 2;
  });
  const share = (part: number) => (all === 0 ? 0 : Math.sqrt(part / all));
  return { raw: missed * given ** 2, normalized: share(missed), scaled: share(leastMissed) };
}

/** The largest size of an entry, 1 where all are 0: a unit in which squares neither overflow nor vanish. */
function largest(values: Float64Array): number {
  return values.reduce((x, y) => Math.max(x, Math.abs(y)), 0) || 1;
}
