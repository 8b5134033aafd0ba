import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadProduct, withBackend } from "../../../../src/graph/backends/index.js";
import { backendNames } from "../../../../src/graph/backends/names.js";
import { addProduct, type MatrixView, turned, view } from "../../../../src/linalg/matrixProduct.js";
import { randomStream } from "../../../../src/linalg/random.js";

const normal = (length: number, seed: number) => Float64Array.from({ length }, randomStream(seed, "entries").normal);
const product = await loadProduct();

/** Sums of some hundred products of normal numbers, in two orders. */
const close = (found: Float64Array, expected: Float64Array) =>
  assert.ok(found.every((x, k) => Object.is(x, expected[k]) || Math.abs(x - expected[k]) < 1e-11));

test("products are those of our kernel, whatever the shape and the order of the entries", async () => {
  const length = fc.oneof(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 508, max: 530 }));
  await fc.assert(
    fc.asyncProperty(length, length, length, fc.nat(15), async (rows, columns, inner, turns) => {
      const [a, b, c] = [normal(rows * inner + 3, 1), normal(inner * columns, 2), normal(rows * columns, 3)];
      const of = (place: Float64Array): [MatrixView, MatrixView, MatrixView] => [
        turns & 1 ? turned(view(a, rows)) : view(a, inner, turns & 8 ? 3 : 0),
        turns & 2 ? turned(view(b, inner)) : view(b, columns),
        turns & 4 ? turned(view(place, rows)) : view(place, columns),
      ];
      const expected = c.slice();
      addProduct(-2, ...of(expected), { rows, columns, inner });
      await product(-2, ...of(c), { rows, columns, inner });
      close(c, expected);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("parts of larger matrices, in steps of two too, are multiplied in place", async () => {
  const [size, n] = [640, 600];
  const [a, b] = [normal(size * 2 * size, 4), normal(size * size, 5)];
  const left: MatrixView = { data: a, offset: 7, rowStride: 2 * size, columnStride: 2 };
  const [found, expected] = [normal(size * size, 6), normal(size * size, 6)];
  for (const [multiply, place] of [
    [product, found],
    [addProduct, expected],
  ] as const) {
    await multiply(0.5, left, view(b, size, 11), view(place, size, 5), { rows: n, columns: n, inner: n });
  }
  close(found, expected);
});

test("of symmetric factors the lower triangles are read, of a symmetric product it is written", async () => {
  const n = 1100;
  const full = normal(n * n, 7);
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) full[j * n + i] = full[i * n + j];
  const factor = {
    ...view(
      full.map((x, at) => (at % n > Math.floor(at / n) ? Number.NaN : x)),
      n,
    ),
    symmetric: true,
  };
  const shape = { rows: n, columns: n, inner: n };
  const [found, expected] = [new Float64Array(n * n).fill(1), new Float64Array(n * n).fill(1)];
  await product(1, factor, factor, view(found, n), shape, { lower: true });
  addProduct(1, view(full, n), view(full, n), view(expected, n), shape);
  close(
    found,
    expected.map((x, at) => (at % n > Math.floor(at / n) ? 1 : x)),
  );
});

test("products asked for at once are each the same to the bit as alone, and one that fails leaves the others", async () => {
  const n = 300;
  const [a, b] = [normal(n * n, 8), normal(n * n, 9)];
  const shape = { rows: n, columns: n, inner: n };
  const times = async (left: Float64Array, right: Float64Array) => {
    const c = new Float64Array(n * n);
    await product(1, view(left, n), view(right, n), view(c, n), shape);
    return c;
  };
  const alone = [await times(a, b), await times(b, a)];
  const failed = assert.rejects(times(a.subarray(0, n), b), /data length/);
  const together = await Promise.all([times(a, b), times(b, a)]);
  await failed;
  assert.deepEqual(together, alone);
});

test("ONNX Runtime is told as used; other backends leave products to our kernel", async () => {
  const { result, backends } = await withBackend(undefined, loadProduct);
  assert.notEqual(result, addProduct);
  assert.deepEqual(Object.keys(backends), ["onnxruntime"]);
  for (const name of backendNames.filter((each) => each !== "onnxruntime")) {
    assert.equal((await withBackend(name, loadProduct)).result, addProduct);
  }
  await assert.rejects(withBackend("onnx", loadProduct), /unknown backend "onnx"/);
});
