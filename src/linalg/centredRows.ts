import { type AddProduct, addProduct, turned, view } from "./matrixProduct.js";

/** Vectors of one length, in the number type that they are stored in. */
export type Rows = readonly ArrayLike<number>[];

export interface Centring {
  /** The vector to subtract from every row: the mean of all rows, or a given one. */
  center: "mean" | ArrayLike<number>;
  /** The entries to use, as ranges [start, end). All by default. */
  ranges?: readonly (readonly [number, number])[];
  /** The factor of each vector, applied before the mean is taken. 1 by default. */
  scales?: Float64Array;
  /** Called before each range of entries with the approximate share of ranges that are done. */
  progress?(fraction: number): void;
}

/**
 * Entries in one block. A block of some hundred vectors fits in the cache; a block of many thousand takes up to 128 MB.
 */
const BLOCK = 2048;
const BLOCK_NUMBERS = 2 ** 24;

export interface CentredBlock {
  /** Entries start … end − 1 of each vector. */
  block: Float64Array[];
  start: number;
  end: number;
  /** The same, for vectors that are `stride` apart in one array. */
  all: Float64Array;
  stride: number;
}

/**
 * The vectors minus the center, in f64, one range of entries at a time. A block is valid until you ask for the next
 * one. The vectors are never copied as a whole.
 */
export function* centredBlocks(
  rows: Rows,
  { center, ranges = [[0, rows[0]?.length ?? 0]], scales, progress }: Centring,
): Generator<CentredBlock> {
  const stride = Math.max(64, Math.min(BLOCK, Math.floor(BLOCK_NUMBERS / rows.length)));
  const all = new Float64Array(rows.length * stride);
  const middle = new Float64Array(stride);
  const origin = center === "mean" ? rows[0] : center;
  const originScale = center === "mean" ? (scales?.[0] ?? 1) : 1;
  const total = ranges.reduce((sum, [first, last]) => sum + last - first, 0);
  let done = 0;
  for (const [first, last] of ranges) {
    for (let start = first; start < last; start += stride) {
      progress?.(done / total);
      done += stride;
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
      yield { block, start, end, all, stride };
    }
  }
}

/**
 * The mean is computed from differences to the first vector, so the mean of equal vectors is that vector to the last
 * bit.
 */
function subtractMean(block: Float64Array[]): void {
  const mean = new Float64Array(block[0].length);
  for (const part of block) for (let i = 0; i < mean.length; i++) mean[i] += part[i];
  for (let i = 0; i < mean.length; i++) mean[i] /= block.length;
  for (const part of block) for (let i = 0; i < mean.length; i++) part[i] -= mean[i];
}

/** The dot products of all pairs of centred vectors: n × n, row-major, in the lower triangle. */
export async function centredGram(
  rows: Rows,
  centring: Centring,
  product: AddProduct = addProduct,
): Promise<Float64Array> {
  const n = rows.length;
  const gram = new Float64Array(n * n);
  for (const { start, end, all, stride } of centredBlocks(rows, centring)) {
    const block = view(all, stride);
    const shape = { rows: n, columns: n, inner: end - start };
    await product(1, block, turned(block), view(gram, n), shape, { lower: true });
  }
  return gram;
}
