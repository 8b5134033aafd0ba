import { addProduct, turned, view } from "./matrixProduct.js";

/** Vectors of one length, in the number type in which they are stored. */
export type Rows = readonly ArrayLike<number>[];

export interface Centring {
  /** What is subtracted from every vector: the mean of all, or a vector. */
  center: "mean" | ArrayLike<number>;
  /** The entries that take part, as ranges [start, end); by default all. */
  ranges?: readonly (readonly [number, number])[];
  /** What each vector is multiplied by, before the mean is taken; by default 1. */
  scales?: Float64Array;
}

/** Entries that are looked at together: a block of some hundred vectors stays in the cache, one of many thousand within 128 MB. */
const BLOCK = 2048;
const BLOCK_NUMBERS = 2 ** 24;

/**
 * Visits the vectors minus the center, in f64, a range of entries at a time: `block[t]` holds entries start … end − 1 of vector t,
 * and the vectors of the block lie `stride` apart in one array. They are valid during the visit only: no copy of all vectors is ever made.
 */
export function forEachCentredBlock(
  rows: Rows,
  { center, ranges = [[0, rows[0]?.length ?? 0]], scales }: Centring,
  visit: (block: Float64Array[], start: number, end: number, all: Float64Array, stride: number) => void,
): void {
  const stride = Math.max(64, Math.min(BLOCK, Math.floor(BLOCK_NUMBERS / rows.length)));
  const all = new Float64Array(rows.length * stride);
  const middle = new Float64Array(stride);
  const origin = center === "mean" ? rows[0] : center;
  const originScale = center === "mean" ? (scales?.[0] ?? 1) : 1;
  for (const [first, last] of ranges) {
    for (let start = first; start < last; start += stride) {
      const end = Math.min(last, start + stride);
      const base = middle.subarray(0, end - start);
      for (let i = 0; i < base.length; i++) base[i] = originScale * origin[start + i];
      const block = rows.map((row, t) => {
        const part = all.subarray(t * stride, t * stride + end - start);
        const scale = scales?.[t] ?? 1;
        for (let i = 0; i < part.length; i++) part[i] = scale * row[start + i] - base[i];
        return part;
      });
      if (center === "mean") subtractMean(block);
      visit(block, start, end, all, stride);
    }
  }
}

/** Of differences to the first vector: where all vectors are equal, their mean is they themselves, to the last bit. */
function subtractMean(block: Float64Array[]): void {
  const mean = new Float64Array(block[0].length);
  for (const part of block) for (let i = 0; i < mean.length; i++) mean[i] += part[i];
  for (let i = 0; i < mean.length; i++) mean[i] /= block.length;
  for (const part of block) for (let i = 0; i < mean.length; i++) part[i] -= mean[i];
}

/** The products of all pairs of the centred vectors: n × n, row major, symmetric. */
export function centredGram(rows: Rows, centring: Centring): Float64Array {
  const n = rows.length;
  const gram = new Float64Array(n * n);
  forEachCentredBlock(rows, centring, (_, start, end, all, stride) => {
    const block = view(all, stride);
    addProduct(1, block, turned(block), view(gram, n), { rows: n, columns: n, inner: end - start }, { lower: true });
  });
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) gram[j * n + i] = gram[i * n + j];
  return gram;
}
