export interface SmacofOptions {
  /** The maximum number of steps. */
  iterations?: number;
  /** Stops with the step that lowers Σ(drawn − given)² by less than this share of Σ given². */
  tolerance?: number;
  /** Called before each step with the stress Σ(drawn − given)² of the points. */
  onStep?(step: number, stress: number): void;
}

/**
 * Moves n points in `dimensions` coordinates (row major, in place) to a local minimum of the stress Σ(drawn − given)²
 * over all pairs by majorization (SMACOF; de Leeuw 1977): the stress never rises. Each step goes twice as far as
 * Guttman's transform, which halves the number of steps. The stress still never rises, because the majorizing parabola
 * is as high there as at the start (de Leeuw & Heiser 1980). The last step goes exactly as far as the transform.
 *
 * @param distances n × n, row major, symmetric, finite, ≥ 0.
 */
export function smacof(
  distances: Float64Array,
  points: Float64Array,
  n: number,
  dimensions: number,
  { iterations = 3000, tolerance = 1e-9, onStep }: SmacofOptions = {},
): void {
  let all = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) all += distances[i * n + j] ** 2;
  const transformed = new Float64Array(points.length);
  const guttmanTransform = dimensions === 2 ? transformPlane : transformSpace;
  let before = Infinity;
  for (let step = 0; ; step++) {
    const stress = guttmanTransform(distances, points, transformed, n, dimensions);
    onStep?.(step, stress);
    const isLast = step + 1 >= iterations || !(before - stress > tolerance * all);
    const length = isLast ? 1 : 2;
    for (let c = 0; c < points.length; c++) points[c] += length * (transformed[c] - points[c]);
    if (isLast) return;
    before = stress;
  }
}

/** x̄ᵢ = (1/n) Σⱼ (given / drawn)(xᵢ − xⱼ), in which coincident points add nothing. Returns the stress of x. */
function transformSpace(
  distances: Float64Array,
  points: Float64Array,
  transformed: Float64Array,
  n: number,
  dimensions: number,
): number {
  transformed.fill(0);
  let stress = 0;
  for (let i = 0; i < n; i++) {
    const at = i * dimensions;
    for (let j = 0, to = 0; j < i; j++, to += dimensions) {
      let square = 0;
      for (let k = 0; k < dimensions; k++) {
        const difference = points[at + k] - points[to + k];
        square += difference * difference;
      }
      const length = Math.sqrt(square);
      const given = distances[i * n + j];
      stress += (length - given) * (length - given);
      if (length === 0) continue;
      for (let k = 0; k < dimensions; k++) {
        const pull = (given / length / n) * (points[at + k] - points[to + k]);
        transformed[at + k] += pull;
        transformed[to + k] -= pull;
      }
    }
  }
  return stress;
}

/** The same in two dimensions, in half the time. */
function transformPlane(distances: Float64Array, points: Float64Array, transformed: Float64Array, n: number): number {
  transformed.fill(0);
  let stress = 0;
  for (let i = 0; i < n; i++) {
    const x = points[2 * i];
    const y = points[2 * i + 1];
    for (let j = 0; j < i; j++) {
      const dx = x - points[2 * j];
      const dy = y - points[2 * j + 1];
      const length = Math.sqrt(dx * dx + dy * dy);
      const given = distances[i * n + j];
      stress += (length - given) * (length - given);
      if (length === 0) continue;
      const ratio = given / length / n;
      transformed[2 * i] += ratio * dx;
      transformed[2 * i + 1] += ratio * dy;
      transformed[2 * j] -= ratio * dx;
      transformed[2 * j + 1] -= ratio * dy;
    }
  }
  return stress;
}
