/** The spread of points on trajectories, in the unit of their coordinates. */
export interface Spread {
  /** The distances of all pairs of points. */
  readonly distances: Float64Array;
  /** The mean distance of a point to the previous one on its trajectory. NaN when no trajectory has two points. */
  readonly stride: number;
  /** The mean distance between the ends of two trajectories. NaN for a single trajectory. */
  readonly endDistance: number;
}

/** Points row by row with `dimension` coordinates each. All points with the same number form a trajectory, in order. */
export function spread(points: Float64Array, dimension: number, trajectory: Int32Array): Spread {
  const n = trajectory.length;
  const distance = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < dimension; k++) sum += (points[i * dimension + k] - points[j * dimension + k]) ** 2;
    return Math.sqrt(sum);
  };
  const distances = new Float64Array((n * (n - 1)) / 2);
  for (let i = 0, at = 0; i < n; i++) for (let j = 0; j < i; j++) distances[at++] = distance(i, j);
  const last = new Map<number, number>();
  const strides: number[] = [];
  for (let i = 0; i < n; i++) {
    const before = last.get(trajectory[i]);
    if (before !== undefined) strides.push(distance(i, before));
    last.set(trajectory[i], i);
  }
  const ends = [...last.values()];
  const between = ends.flatMap((i, k) => ends.slice(0, k).map((j) => distance(i, j)));
  const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  return { distances, stride: mean(strides), endDistance: mean(between) };
}
