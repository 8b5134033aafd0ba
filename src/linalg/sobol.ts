/** Sobol points: they fill a cube more evenly than random ones. */
import { randomStream } from "./random.js";

/**
 * Degree s of the primitive polynomial, its inner coefficients a as bits, initial direction numbers m (Joe and Kuo
 * 2008, new-joe-kuo-6).
 */
const polynomials: readonly (readonly [a: number, m: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
];

const BITS = 32;
/** The number of dimensions in the table. */
export const SOBOL_DIMENSIONS = polynomials.length + 1;

/**
 * The Sobol sequence on [0, 1)^dimensions, in Gray-code order (Antonov and Saleev 1979), with 32 bits per coordinate.
 * Returns a function that computes the points start … start + count − 1, [count × dimensions], row-major. Any 2^m
 * points that start at a multiple of 2^m form a net: every interval k/2^m … (k+1)/2^m of a coordinate holds one of
 * them.
 *
 * A seed scrambles the points after Owen (1995): each bit of a coordinate is flipped or kept, at random for each value
 * of the bits before it. The points stay a net, and each point is uniform on the cube. Without a seed the first point
 * is 0.
 *
 * @throws RangeError for more dimensions than the table has, or past the 2³² points.
 */
export function sobolPoints(dimensions: number, seed?: number): (start: number, count: number) => Float64Array {
  if (!(Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= SOBOL_DIMENSIONS)) {
    throw new RangeError(`Sobol points cannot have ${dimensions} dimensions; expected 1 to ${SOBOL_DIMENSIONS}`);
  }
  const directions = Array.from({ length: dimensions }, (_, k) => directionNumbers(k));
  const scrambles = directions.map((_, k) => (seed === undefined ? (x: number) => x : owenScramble(seed, k)));

  return (start, count) => {
    if (!(start >= 0 && count >= 0 && start + count <= 2 ** BITS)) {
      throw new RangeError(`Sobol points ${start} … ${start + count - 1} do not exist; there are 2³²`);
    }
    const points = new Float64Array(count * dimensions);
    for (let row = 0; row < count; row++) {
      const index = start + row;
      const gray = index ^ (index >>> 1);
      for (let k = 0; k < dimensions; k++) {
        let x = 0;
        for (let rest = gray; rest !== 0; rest &= rest - 1) x ^= directions[k][31 - Math.clz32(rest & -rest)];
        points[row * dimensions + k] = scrambles[k](x >>> 0) / 2 ** BITS;
      }
    }
    return points;
  };
}

/** v₁ … v₃₂ as 32-bit fractions: the contribution of each bit of the Gray code. */
function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) return v.map((_, i) => 1 << (31 - i));
  const [a, m] = polynomials[dimension - 1];
  const s = m.length;
  for (let i = 0; i < BITS; i++) {
    if (i < s) v[i] = m[i] << (31 - i);
    else {
      v[i] = v[i - s] ^ (v[i - s] >>> s);
      for (let k = 1; k < s; k++) if ((a >>> (s - 1 - k)) & 1) v[i] ^= v[i - k];
    }
  }
  return v;
}

/** Nested uniform scrambling of 32-bit fractions. A hash of the bits before a bit decides whether it is flipped. */
function owenScramble(seed: number, dimension: number): (x: number) => number {
  const random = randomStream(seed, "Owen scrambling", dimension);
  const [first, second] = [random.uint32(), random.uint32()];
  return (x) => {
    let flips = 0;
    for (let bit = 0; bit < BITS; bit++) {
      // A leading one distinguishes prefixes of different lengths.
      const prefix = (1 << bit) | (bit === 0 ? 0 : x >>> (BITS - bit));
      flips = (flips << 1) | (mix(mix(prefix ^ first) ^ second) >>> 31);
    }
    return (x ^ flips) >>> 0;
  };
}

/** The finalizer of MurmurHash3: a permutation of 32-bit numbers in which every bit depends on all others. */
function mix(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
