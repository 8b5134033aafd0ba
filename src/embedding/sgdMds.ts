import { randomStream } from "../linalg/random.js";

export interface SgdMdsOptions {
  seed: number;
  /** The number of times that every pair is visited. */
  epochs?: number;
  onEpoch?(epoch: number): void;
}

/** The share of the way to its given distance that a pair moves, in the first and in the last epoch. */
const steps = { first: 1, last: 0.01 };

/**
 * Moves n points in `dimensions` coordinates (row major, in place) towards a minimum of the stress Σ(drawn − given)²
 * over all pairs by stochastic gradient descent on pairs (Zheng, Pawar & Goodman, Graph drawing by stochastic gradient
 * descent, 2018): the two points of a pair move along their line towards the given distance, all the way at first, then
 * less and less, η = e^(−λt).
 *
 * An epoch visits each pair once. It does not shuffle a list of n²/2 pairs. Instead, the points are placed in random
 * order around a circle, and an epoch takes the pairs that are s places apart, for all s in random order. So it reads
 * distances sequentially.
 *
 * @param distances n × n, row major, symmetric, finite, ≥ 0.
 */
export function sgdMds(
  distances: Float64Array,
  points: Float64Array,
  n: number,
  dimensions: number,
  { seed, epochs = 15, onEpoch }: SgdMdsOptions,
): void {
  const random = randomStream(seed, "pairs");
  const order = random.sample(n, n);
  const shifts = Math.floor(n / 2);
  const apart = distancesAround(distances, order, shifts);
  const circle = Float64Array.from(
    points,
    (_, c) => points[order[Math.floor(c / dimensions)] * dimensions + (c % dimensions)],
  );
  const pullPairs = dimensions === 2 ? pullPairsInPlane : pullPairsInSpace;
  const rate = Math.log(steps.first / steps.last) / Math.max(1, epochs - 1);
  for (let epoch = 0; epoch < epochs; epoch++) {
    onEpoch?.(epoch);
    const step = steps.first * Math.exp(-rate * epoch);
    for (const s of random.sample(shifts, shifts)) {
      const shift = s + 1;
      const given = apart.subarray(s * n, (s + 1) * n);
      // Half way around the circle, every pair would come up twice.
      const count = 2 * shift === n ? shift : n;
      pullPairs(circle, given, 0, Math.min(count, n - shift), shift * dimensions, step, dimensions);
      pullPairs(circle, given, n - shift, count, (shift - n) * dimensions, step, dimensions);
    }
  }
  for (let i = 0; i < n; i++) points.set(circle.subarray(i * dimensions, (i + 1) * dimensions), order[i] * dimensions);
}

/** Row s − 1 has the distances from the i-th to the (i + s)-th point of a circle. */
function distancesAround(distances: Float64Array, order: Int32Array, shifts: number): Float64Array {
  const n = order.length;
  const apart = new Float64Array(shifts * n);
  for (let i = 0; i < n; i++) {
    for (let s = 0; s < shifts; s++) apart[s * n + i] = distances[order[i] * n + order[(i + s + 1) % n]];
  }
  return apart;
}

/**
 * Moves the points `from` … `to` − 1 and the points `offset` coordinates further by `step` of the way to their given
 * distances. Two coincident points have no line between them and stay.
 */
function pullPairsInSpace(
  points: Float64Array,
  given: Float64Array,
  from: number,
  to: number,
  offset: number,
  step: number,
  dimensions: number,
): void {
  for (let i = from; i < to; i++) {
    const start = i * dimensions;
    const end = start + dimensions;
    let square = 0;
    for (let c = start; c < end; c++) square += (points[c] - points[c + offset]) ** 2;
    if (square === 0) continue;
    const share = (step / 2) * (given[i] / Math.sqrt(square) - 1);
    for (let c = start; c < end; c++) {
      const move = share * (points[c] - points[c + offset]);
      points[c] += move;
      points[c + offset] -= move;
    }
  }
}

/** The same in two dimensions, in half the time. */
function pullPairsInPlane(
  points: Float64Array,
  given: Float64Array,
  from: number,
  to: number,
  offset: number,
  step: number,
): void {
  for (let i = from; i < to; i++) {
    const a = 2 * i;
    const b = a + offset;
    const dx = points[a] - points[b];
    const dy = points[a + 1] - points[b + 1];
    const square = dx * dx + dy * dy;
    if (square === 0) continue;
    const share = (step / 2) * (given[i] / Math.sqrt(square) - 1);
    points[a] += share * dx;
    points[b] -= share * dx;
    points[a + 1] += share * dy;
    points[b + 1] -= share * dy;
  }
}
