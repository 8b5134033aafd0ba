import { axpyDot } from "./vectors.js";
import { instantiate, LARGEST_MEMORY } from "./webAssembly.js";

/** Vectors of one length for methods whose time goes into `axpyDot` over many of them. */
export interface VectorArena {
  /** Zero vectors of length `size`, rounded up to a multiple of 8: entries from `size` on must stay 0. */
  vectors: Float64Array[];
  /**
   * y ← y + αx, then Σ yᵢzᵢ, for x, y, z out of `vectors`, or what is left of each from one entry on, a multiple of 8.
   */
  axpyDot(alpha: number, x: Float64Array, y: Float64Array, z: Float64Array): number;
}

/**
 * `count` vectors of `size` entries in one WebAssembly memory, where `axpyDot` runs four times as fast as in
 * JavaScript. Above 4 GiB, which a WebAssembly memory cannot hold, they are plain arrays; the bits of the results are
 * the same. The memory is not movable: copy a vector (`slice`) before it goes to another thread.
 */
export function vectorArena(count: number, size: number): VectorArena {
  const length = Math.max(8, Math.ceil(size / 8) * 8);
  const bytes = 8 * length;
  if (count * bytes > LARGEST_MEMORY) {
    return { vectors: Array.from({ length: count }, () => new Float64Array(length)), axpyDot };
  }
  type Run = (alpha: number, x: number, y: number, z: number, end: number) => number;
  const { buffer, run } = instantiate<Run>("axpyDot", count * bytes);
  return {
    vectors: Array.from({ length: count }, (_, k) => new Float64Array(buffer, k * bytes, length)),
    axpyDot: (alpha, x, y, z) => run(alpha, x.byteOffset, y.byteOffset, z.byteOffset, y.byteOffset + y.byteLength),
  };
}
