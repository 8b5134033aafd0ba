import { axpyDotKernel } from "./axpyDotKernel.js";
import { axpyDot } from "./vectors.js";

/** Vectors of one length for methods whose time goes into `axpyDot` over many of them. */
export interface VectorArena {
  /** Zero vectors of length `size`, rounded up to a multiple of 8: entries from `size` on must stay 0. */
  vectors: Float64Array[];
  /** y ← y + αx, then Σ yᵢzᵢ, for x, y, z out of `vectors`. */
  axpyDot(alpha: number, x: Float64Array, y: Float64Array, z: Float64Array): number;
}

/** The part of the global that is used here; TypeScript declares it only together with the browser's. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number; maximum: number }) => { buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
};

const PAGE = 65536;
const ADDRESSABLE_PAGES = 65535;

/**
 * `count` vectors of `size` entries in one WebAssembly memory, where `axpyDot` runs four times as fast as in JavaScript.
 * Above 4 GiB, which a WebAssembly memory cannot hold, they are plain arrays; the bits of the results are the same.
 * The memory is not movable: copy a vector (`slice`) before it goes to another thread.
 */
export function vectorArena(count: number, size: number): VectorArena {
  const length = Math.max(8, Math.ceil(size / 8) * 8);
  const bytes = 8 * length;
  const pages = Math.ceil((count * bytes) / PAGE);
  if (pages > ADDRESSABLE_PAGES) {
    return { vectors: Array.from({ length: count }, () => new Float64Array(length)), axpyDot };
  }

  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const module = new WebAssembly.Module(axpyDotKernel());
  const { exports } = new WebAssembly.Instance(module, { memory: { vectors: memory } });
  const kernel = exports.axpyDot as (alpha: number, x: number, y: number, z: number, end: number) => number;
  return {
    vectors: Array.from({ length: count }, (_, k) => new Float64Array(memory.buffer, k * bytes, length)),
    axpyDot: (alpha, x, y, z) => kernel(alpha, x.byteOffset, y.byteOffset, z.byteOffset, y.byteOffset + bytes),
  };
}
