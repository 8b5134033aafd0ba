import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Matrix } from "ml-matrix";
import { addProduct, type MatrixView, turned, view } from "../../src/linalg/matrixProduct.js";
import { randomStream } from "../../src/linalg/random.js";

const normal = (length: number, seed: number) => Float64Array.from({ length }, randomStream(seed, "entries").normal);

/** The definition, with the sums in the kernel's order: by parts of 256, from 0. */
function byDefinition(alpha: number, a: MatrixView, b: MatrixView, c: MatrixView, shape: number[]): Float64Array {
  const [rows, columns, inner] = shape;
  const at = (m: MatrixView, i: number, j: number) => m.offset + i * m.rowStride + j * m.columnStride;
  const result = c.data.slice();
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let part = 0; part < inner; part += 256) {
        let sum = 0;
        for (let k = part; k < Math.min(inner, part + 256); k++) sum += a.data[at(a, i, k)] * b.data[at(b, k, j)];
        result[at(c, i, j)] += alpha * sum;
      }
    }
  }
  return result;
}

test("products have the bits of the definition, whatever the shape and the order of the entries", () => {
  const length = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 250, max: 262 }));
  fc.assert(
    fc.property(length, length, length, fc.nat(7), (rows, columns, inner, turns) => {
      const [a, b, c] = [normal(rows * inner + 3, 1), normal(inner * columns, 2), normal(rows * columns, 3)];
      const views: [MatrixView, MatrixView, MatrixView] = [
        turns & 1 ? turned(view(a, rows)) : view(a, inner, 3),
        turns & 2 ? turned(view(b, inner)) : view(b, columns),
        turns & 4 ? turned(view(c, rows)) : view(c, columns),
      ];
      const expected = byDefinition(-2, ...views, [rows, columns, inner]);
      addProduct(-2, ...views, { rows, columns, inner });
      assert.deepEqual(c, expected);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("a product of several blocks is that of ml-matrix", () => {
  const [rows, columns, inner] = [300, 270, 520];
  const [a, b, c] = [normal(rows * inner, 4), normal(inner * columns, 5), new Float64Array(rows * columns)];
  addProduct(1, view(a, inner), view(b, columns), view(c, columns), { rows, columns, inner });
  const expected = Matrix.from1DArray(rows, inner, a)
    .mmul(Matrix.from1DArray(inner, columns, b))
    .to1DArray();
  // Sums of 520 products of normal numbers, in two orders.
  assert.ok(c.every((x, k) => Math.abs(x - expected[k]) < 1e-12));
});

test("of a symmetric factor the lower triangle is read, of a symmetric product it is written", () => {
  const n = 270;
  const full = normal(n * n, 6);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) full[j * n + i] = full[i * n + j];
  const lower = full.map((x, at) => (at % n > Math.floor(at / n) ? Number.NaN : x));
  const shape = { rows: n, columns: n, inner: n };
  const squares = [full, lower].map((matrix) => {
    const square = new Float64Array(n * n).fill(1);
    const factor = { ...view(matrix, n), symmetric: true };
    addProduct(1, factor, view(full, n), view(square, n), shape, { lower: matrix === lower });
    return square;
  });
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) assert.equal(squares[1][i * n + j], j <= i ? squares[0][i * n + j] : 1);
  }
});

test("an empty sum changes nothing", () => {
  const c = Float64Array.of(1, 2);
  addProduct(1, view(new Float64Array(0), 0), view(new Float64Array(0), 2), view(c, 2), {
    rows: 1,
    columns: 2,
    inner: 0,
  });
  assert.deepEqual(c, Float64Array.of(1, 2));
});
