import { matrixProductKernel, TILE, UNROLL } from "./matrixProductKernel.js";
import { instantiate } from "./webAssembly.js";

/** A matrix in an array: entry (i, j) is data[offset + i·rowStride + j·columnStride]. */
export interface MatrixView {
  readonly data: Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface ProductShape {
  rows: number;
  columns: number;
  /** Columns of A and rows of B. */
  inner: number;
}

/** A row-major matrix as a view. */
export function view(data: Float64Array, columns: number, offset = 0): MatrixView {
  return { data, offset, rowStride: columns, columnStride: 1 };
}

/** The same entries with rows and columns exchanged. */
export function turned({ data, offset, rowStride, columnStride }: MatrixView): MatrixView {
  return { data, offset, rowStride: columnStride, columnStride: rowStride };
}

/** Rows, columns and inner indices of a block: blocks of A and B and their product stay in the second-level cache together. */
const BLOCK = 256;
const INNER = 256;

/**
 * C ← C + αAB, in blocks that are packed for a SIMD kernel. Each entry's sum runs over the inner index in order, in parts of 256: the result is the
 * same bits everywhere. With `lower`, blocks above C's diagonal are left out, for a product that is symmetric.
 */
export function addProduct(
  alpha: number,
  a: MatrixView,
  b: MatrixView,
  c: MatrixView,
  { rows, columns, inner }: ProductShape,
  { lower = false }: { lower?: boolean } = {},
): void {
  if (inner === 0) return;
  const { packedA, packedB, tiles, multiply } = workspace();
  for (let i = 0; i < rows; i += BLOCK) {
    const height = Math.min(BLOCK, rows - i);
    for (let j = 0; j < columns && !(lower && j >= i + BLOCK); j += BLOCK) {
      const width = Math.min(BLOCK, columns - j);
      tiles.fill(0);
      for (let k = 0; k < inner; k += INNER) {
        const depth = Math.min(INNER, inner - k);
        pack(packedA, a.data, a.offset + i * a.rowStride + k * a.columnStride, height, a.rowStride, depth, a.columnStride);
        pack(packedB, b.data, b.offset + k * b.rowStride + j * b.columnStride, width, b.columnStride, depth, b.rowStride);
        multiply(height, width, depth);
      }
      addTiles(c, i, j, height, width, alpha, tiles);
    }
  }
}

type Run = (a: number, endA: number, b: number, endB: number, c: number, panelBytes: number) => void;

let made: ReturnType<typeof makeWorkspace> | undefined;

/** Made at the first use, kept for all others. */
function workspace() {
  made ??= makeWorkspace();
  return made;
}

function makeWorkspace() {
  const block = 8 * BLOCK * INNER;
  const { buffer, run } = instantiate<Run>(matrixProductKernel, 2 * block + 8 * BLOCK * BLOCK);
  return {
    packedA: new Float64Array(buffer, 0, BLOCK * INNER),
    packedB: new Float64Array(buffer, block, BLOCK * INNER),
    tiles: new Float64Array(buffer, 2 * block, BLOCK * BLOCK),
    multiply(height: number, width: number, depth: number) {
      const panel = 8 * TILE * roundUp(depth, UNROLL);
      const panels = (length: number) => panel * Math.ceil(length / TILE);
      run(0, panels(height), block, block + panels(width), 2 * block, panel);
    },
  };
}

const roundUp = (length: number, step: number) => Math.ceil(length / step) * step;

/** Panels of 4 lines: for each inner index the entries of the 4, with zeros beyond the last line and the last index. */
function pack(
  packed: Float64Array,
  data: Float64Array,
  offset: number,
  lines: number,
  lineStride: number,
  depth: number,
  stride: number,
): void {
  const padded = roundUp(depth, UNROLL);
  let at = 0;
  for (let line = 0; line < lines; line += TILE) {
    const end = at + TILE * padded;
    const first = offset + line * lineStride;
    if (line + TILE > lines) {
      packed.fill(0, at, end);
      for (let k = 0; k < depth; k++) {
        for (let r = 0; line + r < lines; r++) packed[at + TILE * k + r] = data[first + r * lineStride + k * stride];
      }
    } else {
      let [p0, p1, p2, p3] = [first, first + lineStride, first + 2 * lineStride, first + 3 * lineStride];
      let to = at;
      for (let k = 0; k < depth; k++) {
        packed[to] = data[p0];
        packed[to + 1] = data[p1];
        packed[to + 2] = data[p2];
        packed[to + 3] = data[p3];
        p0 += stride;
        p1 += stride;
        p2 += stride;
        p3 += stride;
        to += TILE;
      }
      packed.fill(0, to, end);
    }
    at = end;
  }
}

function addTiles(
  c: MatrixView,
  top: number,
  leftmost: number,
  height: number,
  width: number,
  alpha: number,
  tiles: Float64Array,
): void {
  const across = Math.ceil(width / TILE);
  for (let i = 0; i < height; i++) {
    const row = c.offset + (top + i) * c.rowStride + leftmost * c.columnStride;
    const from = ((i >> 2) * across * TILE + (i & 3)) * TILE;
    for (let j = 0; j < width; j++) {
      c.data[row + j * c.columnStride] += alpha * tiles[from + (j >> 2) * TILE * TILE + (j & 3)];
    }
  }
}
