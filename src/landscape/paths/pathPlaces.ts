/**
 * Positions on a path, which is a chain of points with straight gaps. Position i is point i; position i + s is the
 * share s of the way to the next point.
 */
import { norm } from "../../linalg/vectors.js";

export function pointAt(path: readonly Float64Array[], place: number): Float64Array {
  const i = Math.floor(place);
  const share = place - i;
  if (share === 0) return path[i];
  const [from, to] = [path[i], path[i + 1]];
  return from.map((x, k) => x + share * (to[k] - x));
}

/** The lengths from the start to each point. */
export function arcLengths(path: readonly Float64Array[]): Float64Array {
  const lengths = new Float64Array(path.length);
  for (let i = 1; i < path.length; i++) {
    const before = path[i - 1];
    lengths[i] = lengths[i - 1] + norm(path[i].map((x, k) => x - before[k]));
  }
  return lengths;
}

/** The length from the start to a position. */
export function lengthAt(lengths: Float64Array, place: number): number {
  const i = Math.floor(place);
  return i === place ? lengths[i] : lengths[i] + (place - i) * (lengths[i + 1] - lengths[i]);
}

/** The same number of points along the same polyline, at equal distances along it. The ends stay. */
export function spreadEvenly(path: readonly Float64Array[]): Float64Array[] {
  const lengths = arcLengths(path);
  const last = path.length - 1;
  let i = 0;
  return path.map((point, k) => {
    if (k === 0 || k === last) return point;
    const wanted = (lengths[last] * k) / last;
    while (i < last - 1 && lengths[i + 1] < wanted) i++;
    const length = lengths[i + 1] - lengths[i];
    return length > 0 ? Float64Array.from(pointAt(path, Math.min(i + 1, i + (wanted - lengths[i]) / length))) : point;
  });
}

/** The path with points inserted at these positions, which lie in gaps. */
export function withPoints(path: readonly Float64Array[], places: readonly number[]): Float64Array[] {
  return path.flatMap((point, i) => [
    point,
    ...places.filter((place) => Math.floor(place) === i).map((place) => pointAt(path, place)),
  ]);
}
