import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Matrix, SVD } from "ml-matrix";
import { principalComponents } from "../../src/landscape/principalComponents.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { dot, maxAbs, norm } from "../../src/linalg/vectors.js";
import { type Layout, layoutOf } from "../../src/models/networks/layout.js";

const flat = (size: number): Layout => layoutOf([{ name: "all", role: "weight", shape: [size] }]);
const close = (a: number, b: number, tolerance = 1e-12) => assert.ok(Math.abs(a - b) <= tolerance, `${a} against ${b}`);

test("a path along two axes: the longer axis first, shares by squared lengths", async () => {
  //  (6, 0) → (0, 2) → (0, 0): around the last, 36 along x and 4 along y
  const path = [Float64Array.of(6, 0, 5), Float64Array.of(0, 2, 5), Float64Array.of(0, 0, 5)];
  const { components, explained } = await principalComponents(path, flat(3), { count: 2, center: path[2], ignore: [] });
  assert.deepEqual(
    components.map((c) => [...c]),
    [
      [1, 0, 0],
      [0, 1, 0],
    ],
  );
  close(explained[0], 0.9);
  close(explained[1], 0.1);
});

test("around the mean the center of the cloud drops out", async () => {
  //  points (0, 9) and (4, 9), far from the origin: all variance along x
  const cloud = [Float64Array.of(0, 9), Float64Array.of(4, 9), Float64Array.of(2, 9)];
  const { components, explained } = await principalComponents(cloud, flat(2), { count: 1, center: "mean", ignore: [] });
  close(Math.abs(components[0][0]), 1);
  close(explained[0], 1);
});

test("equal to the singular value decomposition of the centred matrix, over blocks and tensors", async () => {
  const size = 5000;
  const layout = layoutOf([
    { name: "a", role: "weight", shape: [40, 75] },
    { name: "b", role: "bias", shape: [10] },
    { name: "c", role: "weight", shape: [size - 3010] },
  ]);
  const rows = randomDirections({ size, count: 6, seed: 1, distribution: "normal" });
  for (const [t, row] of rows.entries()) for (let i = 0; i < size; i++) row[i] = 3 + row[i] * 2 ** -t;
  for (const center of ["mean", rows[5]] as const) {
    const middle = (i: number) => (center === "mean" ? rows.reduce((sum, row) => sum + row[i], 0) / 6 : center[i]);
    const dense = Matrix.from1DArray(
      6,
      size,
      rows.flatMap((row) => Array.from(row, (x, i) => x - middle(i))),
    );
    const svd = new SVD(dense.transpose());
    const squares = svd.diagonal.map((s) => s * s);
    const total = squares.reduce((sum, x) => sum + x, 0);
    const { components, explained } = await principalComponents(rows, layout, { count: 5, center, ignore: [] });
    for (const [k, component] of components.entries()) {
      close(explained[k], squares[k] / total);
      close(Math.abs(dot(component, Float64Array.from(svd.leftSingularVectors.getColumn(k)))), 1, 1e-10);
      const along = dense.to2DArray().map((row) => dot(Float64Array.from(row), component));
      assert.ok(Math.max(...along) >= -Math.min(...along), "the farthest checkpoint is on the positive side");
    }
  }
});

test("roles to ignore take no part, and single precision is read as it is", async () => {
  const layout = layoutOf([
    { name: "w", role: "weight", shape: [2] },
    { name: "b", role: "bias", shape: [2] },
  ]);
  const rows = [Float32Array.of(1, 0, 100, 3), Float32Array.of(0, 0, 0, 0)];
  const { components, explained } = await principalComponents(rows, layout, {
    count: 1,
    center: rows[1],
    ignore: ["bias"],
  });
  assert.deepEqual([...components[0]], [1, 0, 0, 0]);
  assert.equal(explained[0], 1);
});

test("components are orthonormal and shares descend; all of them make up the whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(1000),
      fc.integer({ min: 2, max: 7 }),
      fc.constantFrom(1e-6, 1, 1e6),
      async (seed, count, size) => {
        const rows = randomDirections({ size: 40, count: count + 1, seed, distribution: "uniform" });
        for (const row of rows) for (let i = 0; i < 40; i++) row[i] *= size;
        const { components, explained } = await principalComponents(rows, flat(40), {
          count,
          center: "mean",
          ignore: [],
        });
        for (const [k, a] of components.entries()) {
          for (const [j, b] of components.entries()) close(dot(a, b), j === k ? 1 : 0, 1e-14);
          assert.ok(k === 0 || explained[k] <= explained[k - 1]);
        }
        close(
          explained.reduce((sum, share) => sum + share, 0),
          1,
        );
      },
    ),
    { seed: 5, numRuns: 50 },
  );
});

test("narrow components stay orthogonal to a wide one", async () => {
  const [wide, narrow] = randomDirections({ size: 300, count: 2, seed: 4, distribution: "normal" });
  const at = (a: number, b: number) => wide.map((w, i) => a * w + b * narrow[i]);
  const rows = [at(1, 0), at(2, 2e-5), at(3, -1e-5), at(0, 0)];
  const { components } = await principalComponents(rows, flat(300), { count: 2, center: rows[3], ignore: [] });
  close(dot(components[0], components[1]), 0, 1e-15);
  close(norm(components[1]), 1, 1e-15);
  const rest = narrow.map((x, i) => x - dot(narrow, components[0]) * components[0][i]);
  close(Math.abs(dot(rest, components[1])) / norm(rest), 1, 1e-6);
});

test("what has too few directions, or no finite weights, is refused", async () => {
  const still = Array.from({ length: 3 }, () => Float64Array.of(0.1, 0.7));
  const options = { count: 1, center: "mean", ignore: [] } as const;
  await assert.rejects(() => principalComponents(still, flat(2), options), /all 3 checkpoints are equal/);
  const line = [Float64Array.of(1, 2), Float64Array.of(2, 4), Float64Array.of(3, 6)];
  await assert.rejects(
    () => principalComponents(line, flat(2), { ...options, count: 2 }),
    /2 principal components are requested, but the 3 checkpoints spread along 1 direction only; expected count at most 1/,
  );
  await assert.rejects(
    () => principalComponents([line[0], Float64Array.of(1, Number.NaN)], flat(2), options),
    /checkpoint 2 is not finite: entry 1 is NaN/,
  );
  await assert.rejects(() => principalComponents(line, flat(3), options), /checkpoint 1 has 2 weights; expected 3/);
  assert.ok(maxAbs((await principalComponents(line, flat(2), options)).components[0]) > 0);
});
