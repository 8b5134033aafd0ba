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

/** C ← C + αAB. With `lower`, entries above the diagonal of C may be left as they are. */
export function addProduct(
  alpha: number,
  a: MatrixView,
  b: MatrixView,
  c: MatrixView,
  { rows, columns, inner }: ProductShape,
  _options: { lower?: boolean } = {},
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum +=
          a.data[a.offset + i * a.rowStride + k * a.columnStride] *
          b.data[b.offset + k * b.rowStride + j * b.columnStride];
      }
      c.data[c.offset + i * c.rowStride + j * c.columnStride] += alpha * sum;
    }
  }
}
