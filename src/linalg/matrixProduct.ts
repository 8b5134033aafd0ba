import { instantiate } from "./webAssembly.js";

/** A matrix in an array: entry (i, j) is data[offset + i·rowStride + j·columnStride]. */
export interface MatrixView {
  readonly data: Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
  /** Entries above the diagonal are not read; the entries below it are used in their place. */
  readonly symmetric?: boolean;
}

export interface ProductShape {
  rows: number;
  columns: number;
  /** The columns of A and the rows of B. */
  inner: number;
}

/** A row-major matrix as a view. */
export function view(data: Float64Array, columns: number, offset = 0): MatrixView {
  return { data, offset, rowStride: columns, columnStride: 1 };
}

/** The transpose of a view. It shares the entries. */
export function turned(matrix: MatrixView): MatrixView {
  const { data, offset, rowStride, columnStride, symmetric } = matrix;
  return symmetric ? matrix : { data, offset, rowStride: columnStride, columnStride: rowStride };
}

/** `addProduct` or a replacement that computes elsewhere. The result is complete when the promise resolves. */
export type AddProduct = (...product: Parameters<typeof addProduct>) => void | Promise<void>;

/** Rows and columns of a tile of the product. The kernel `multiplyTiles` keeps a tile in registers. */
const TILE = 4;
/** Inner indices of one pass through the kernel's loop. The length of a panel is a multiple of it. */
const UNROLL = 2;
/**
 * Rows, columns and inner indices of a block. Blocks of A and B are square, so a diagonal block of a symmetric matrix
 * is symmetric too.
 */
const BLOCK = 256;

/**
 * C ← C + αAB, in blocks that are packed for a SIMD kernel. The sum for each entry runs over the inner index in order,
 * in parts of 256, so the bits are the same everywhere. With `lower`, entries above the diagonal of C stay unchanged;
 * use it for a square product that is symmetric.
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
      for (let k = 0; k < inner; k += BLOCK) {
        const depth = Math.min(BLOCK, inner - k);
        if (j === 0 || inner > BLOCK) packBlock(packedA, a, i, height, k, depth);
        packBlock(packedB, turned(b), j, width, k, depth);
        const triangle = lower && i === j;
        multiply(height, width, depth, triangle);
        addTiles(c, i, j, height, width, alpha, tiles, triangle);
      }
    }
  }
}

type Run = (a: number, endA: number, b: number, endB: number, c: number, panelBytes: number) => void;

let made: ReturnType<typeof makeWorkspace> | undefined;

/** Created at the first use and kept. */
function workspace() {
  made ??= makeWorkspace();
  return made;
}

function makeWorkspace() {
  const block = 8 * BLOCK * BLOCK;
  const { buffer, run } = instantiate<Run>("multiplyTiles", 2 * block + 8 * BLOCK * BLOCK);
  return {
    packedA: new Float64Array(buffer, 0, BLOCK * BLOCK),
    packedB: new Float64Array(buffer, block, BLOCK * BLOCK),
    tiles: new Float64Array(buffer, 2 * block, BLOCK * BLOCK),
    /** The tiles of a block. In a triangle, only the tiles that touch or lie below its diagonal. */
    multiply(height: number, width: number, depth: number, triangle: boolean) {
      const panel = 8 * TILE * roundUp(depth, UNROLL);
      const [down, across] = [Math.ceil(height / TILE), Math.ceil(width / TILE)];
      if (!triangle) return run(0, down * panel, block, block + across * panel, 2 * block, panel);
      for (let i = 0; i < down; i++) {
        const c = 2 * block + 8 * TILE * TILE * across * i;
        run(i * panel, (i + 1) * panel, block, block + (i + 1) * panel, c, panel);
      }
    },
  };
}

const roundUp = (length: number, step: number) => Math.ceil(length / step) * step;

/** Rows i … i + lines − 1 of columns k … k + depth − 1. */
function packBlock(packed: Float64Array, matrix: MatrixView, i: number, lines: number, k: number, depth: number): void {
  const { data, offset, rowStride, columnStride, symmetric } = matrix;
  if (symmetric && k === i) {
    const block = new Float64Array(lines * depth);
    for (let r = 0; r < lines; r++) {
      const row = offset + (i + r) * rowStride + i * columnStride;
      for (let s = 0; s <= r; s++) block[s * depth + r] = block[r * depth + s] = data[row + s * columnStride];
    }
    pack(packed, block, 0, lines, depth, depth, 1);
  } else if (symmetric && k > i) {
    pack(packed, data, offset + k * rowStride + i * columnStride, lines, columnStride, depth, rowStride);
  } else {
    pack(packed, data, offset + i * rowStride + k * columnStride, lines, rowStride, depth, columnStride);
  }
}

/** Packs panels of 4 lines. Each inner index has the entries of the 4 lines; zeros fill missing lines and indices. */
function pack(
  packed: Float64Array,
  data: Float64Array,
  offset: number,
  lines: number,
  lineStride: number,
  depth: number,
  stride: number,
): void {
  const panel = TILE * roundUp(depth, UNROLL);
  if (panel > TILE * depth || lines % TILE !== 0) packed.fill(0, 0, panel * Math.ceil(lines / TILE));
  // Adjacent lines are read many at a time, so that each memory page is visited only once for all of them.
  const together = lineStride === 1 ? 4 * TILE : TILE;
  for (let line = 0; line < lines; line += together) {
    const whole = Math.min(lines, line + together);
    for (let k = 0; k < depth; k++) {
      let from = offset + line * lineStride + k * stride;
      let to = (line / TILE) * panel + k * TILE;
      let at = line;
      for (; at + TILE <= whole; at += TILE) {
        packed[to] = data[from];
        packed[to + 1] = data[from + lineStride];
        packed[to + 2] = data[from + 2 * lineStride];
        packed[to + 3] = data[from + 3 * lineStride];
        from += TILE * lineStride;
        to += panel;
      }
      for (let r = 0; at + r < whole; r++) packed[to + r] = data[from + r * lineStride];
    }
  }
}

/** Adds α · the tiles to C, in the block whose first entry is (top, leftmost). */
function addTiles(
  { data, offset, rowStride, columnStride }: MatrixView,
  top: number,
  leftmost: number,
  height: number,
  width: number,
  alpha: number,
  tiles: Float64Array,
  triangle: boolean,
): void {
  const across = Math.ceil(width / TILE);
  for (let i = 0; i < height; i++) {
    const end = triangle ? i + 1 : width;
    const whole = end - (end % TILE);
    let to = offset + (top + i) * rowStride + leftmost * columnStride;
    let from = (Math.floor(i / TILE) * across * TILE + (i % TILE)) * TILE;
    for (let j = 0; j < whole; j += TILE) {
      data[to] += alpha * tiles[from];
      data[to + columnStride] += alpha * tiles[from + 1];
      data[to + 2 * columnStride] += alpha * tiles[from + 2];
      data[to + 3 * columnStride] += alpha * tiles[from + 3];
      to += TILE * columnStride;
      from += TILE * TILE;
    }
    for (let j = whole; j < end; j++) data[to + (j - whole) * columnStride] += alpha * tiles[from + j - whole];
  }
}
