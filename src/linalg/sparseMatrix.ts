/** A sparse matrix in compressed rows: the stored entries row by row, columns ascending within a row. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row i has the entries start[i] … start[i + 1] − 1. */
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
}

/** Mᵀ. */
export function transposed({ rows, columns, start, column, value }: SparseMatrix): SparseMatrix {
  const turned = {
    rows: columns,
    columns: rows,
    start: new Int32Array(columns + 1),
    column: new Int32Array(column.length),
    value: new Float64Array(column.length),
  };
  for (const j of column) turned.start[j + 1]++;
  for (let j = 0; j < columns; j++) turned.start[j + 1] += turned.start[j];
  const next = turned.start.slice();
  for (let i = 0; i < rows; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      const place = next[column[at]]++;
      turned.column[place] = i;
      turned.value[place] = value[at];
    }
  }
  return turned;
}

/** AB. */
export function sparseProduct(a: SparseMatrix, b: SparseMatrix): SparseMatrix {
  const start = new Int32Array(a.rows + 1);
  const columns: Int32Array[] = [];
  const values: Float64Array[] = [];
  const sum = new Float64Array(b.columns);
  const seenIn = new Int32Array(b.columns).fill(-1);
  const found = new Int32Array(b.columns);
  for (let i = 0; i < a.rows; i++) {
    let count = 0;
    for (let at = a.start[i]; at < a.start[i + 1]; at++) {
      const k = a.column[at];
      const factor = a.value[at];
      for (let to = b.start[k]; to < b.start[k + 1]; to++) {
        const j = b.column[to];
        if (seenIn[j] !== i) {
          seenIn[j] = i;
          sum[j] = 0;
          found[count++] = j;
        }
        sum[j] += factor * b.value[to];
      }
    }
    const row = found.slice(0, count).sort();
    columns.push(row);
    values.push(Float64Array.from(row, (j) => sum[j]));
    start[i + 1] = start[i] + count;
  }
  return {
    rows: a.rows,
    columns: b.columns,
    start,
    column: concatenated(Int32Array, columns),
    value: concatenated(Float64Array, values),
  };
}

/** Divides each row by its sum. A row that sums to 0 stays unchanged. */
export function rowNormalized(matrix: SparseMatrix): SparseMatrix {
  const value = matrix.value.slice();
  const sums = rowSums(matrix);
  for (let i = 0; i < matrix.rows; i++) {
    if (sums[i] === 0) continue;
    for (let at = matrix.start[i]; at < matrix.start[i + 1]; at++) value[at] /= sums[i];
  }
  return { ...matrix, value };
}

export function rowSums({ rows, start, value }: SparseMatrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let at = start[i]; at < start[i + 1]; at++) sum += value[at];
    return sum;
  });
}

/** MX for a dense X of columns × width, row-major. */
export function sparseTimesDense(matrix: SparseMatrix, x: Float64Array, width: number): Float64Array {
  const { rows, start, column, value } = matrix;
  const product = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) {
      const factor = value[at];
      const from = column[at] * width;
      const to = i * width;
      for (let k = 0; k < width; k++) product[to + k] += factor * x[from + k];
    }
  }
  return product;
}

/** All entries of the matrix, row-major. */
export function dense({ rows, columns, start, column, value }: SparseMatrix): Float64Array {
  const matrix = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let at = start[i]; at < start[i + 1]; at++) matrix[i * columns + column[at]] = value[at];
  }
  return matrix;
}

function concatenated<T extends Int32Array | Float64Array>(type: new (length: number) => T, parts: T[]): T {
  const whole = new type(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part as never, at);
    at += part.length;
  }
  return whole;
}
