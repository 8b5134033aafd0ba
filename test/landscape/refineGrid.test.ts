import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { refineGrid } from "../../src/landscape/refineGrid.js";

/** A loss on the plane as what refineGrid asks for. */
const lossAt = (f: (...at: number[]) => number, n: number) => async (coordinates: Float64Array) =>
  Float64Array.from({ length: coordinates.length / n }, (_, i) => f(...coordinates.subarray(n * i, n * (i + 1))));

function sampled(axes: Float64Array[], f: (...at: number[]) => number) {
  const points = axes.reduceRight<number[][]>(
    (rests, axis) => rests.flatMap((rest) => [...axis].map((x) => [x, ...rest])),
    [[]],
  );
  return { axes, losses: Float64Array.from(points, (at) => f(...at)) };
}

test("the cell with the lowest corner is halved along both axes: five new points, none twice", async () => {
  // 9  9  9        9  9  9
  //                   ∘ ∘ ∘
  // 9  9  2   →    9  9 ∘ 2      the cell on the lower right has the corner 1
  //                   ∘ ∘ ∘
  // 9  9  1        9  9 ∘ 1
  const axis = Float64Array.of(0, 1, 2);
  const losses = Float64Array.of(9, 9, 1, 9, 9, 2, 9, 9, 9);
  const options = { criterion: "low-loss", fraction: 0.25, levels: 1, points: 100 } as const;
  const refined = await refineGrid(
    { axes: [axis, axis], losses },
    lossAt((x, y) => 10 * x + y, 2),
    options,
  );
  const rows = Array.from(refined.losses, (_, i) => [...refined.coordinates.subarray(2 * i, 2 * i + 2)]);
  assert.deepEqual(rows.slice(0, 4), [
    [0, 0],
    [1, 0],
    [2, 0],
    [0, 1],
  ]);
  assert.deepEqual(rows.slice(9), [
    [1.5, 0],
    [1, 0.5],
    [1.5, 0.5],
    [2, 0.5],
    [1.5, 1],
  ]);
  assert.deepEqual([...refined.losses], [...losses, 15, 10.5, 15.5, 20.5, 16]);
  assert.deepEqual([...refined.level], [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  assert.deepEqual(refined.subdivided, [1]);
});

test("curvature finds a kink, and the second level stays at it", async () => {
  //  |x − 0.3| on 0, 0.25, 0.5, 0.75, 1 bends most over 0 … 0.25 … 0.5
  const axis = Float64Array.of(0, 0.25, 0.5, 0.75, 1);
  const kink = (x: number) => Math.abs(x - 0.3);
  const options = { criterion: "curvature", fraction: 0.1, levels: 3, points: 100 } as const;
  const refined = await refineGrid(sampled([axis], kink), lossAt(kink, 1), options);
  const made = [...refined.coordinates.subarray(5)];
  assert.deepEqual([...refined.level.subarray(5)], [1, 2, 3]);
  // at equal bends the first cell is taken
  assert.equal(made[0], 0.125);
  const fine = await refineGrid(sampled([axis], kink), lossAt(kink, 1), { ...options, fraction: 0.5 });
  const nearest = Math.min(...[...fine.coordinates].map((x) => Math.abs(x - 0.3)));
  assert.ok(nearest <= 0.25 / 8, `${nearest}`);
});

test("losses that are not finite attract no points, and stay what they are", async () => {
  const axis = Float64Array.of(0, 1, 2, 3);
  const losses = Float64Array.of(Number.NaN, Infinity, 5, 4);
  const options = { criterion: "low-loss", fraction: 0.01, levels: 1, points: 10 } as const;
  const refined = await refineGrid(
    { axes: [axis], losses },
    lossAt(() => Number.NaN, 1),
    options,
  );
  assert.deepEqual([...refined.coordinates], [0, 1, 2, 3, 2.5]);
  assert.deepEqual([...refined.losses], [Number.NaN, Infinity, 5, 4, Number.NaN]);
});

const anyRefinement = fc
  .record({
    lengths: fc.array(fc.integer({ min: 2, max: 5 }), { minLength: 1, maxLength: 3 }),
    frequency: fc.double({ min: 0.5, max: 9, noNaN: true }),
    criterion: fc.constantFrom("low-loss" as const, "curvature" as const),
    fraction: fc.double({ min: 0.01, max: 1, noNaN: true }),
    levels: fc.integer({ min: 1, max: 3 }),
    points: fc.integer({ min: 1, max: 400 }),
  })
  .map(({ lengths, frequency, ...options }) => {
    const axes = lengths.map((length, k) => Float64Array.from({ length }, (_, i) => (i - 1) * (k + 1) * 0.7));
    const f = (...at: number[]) => at.reduce((sum, x, k) => sum + Math.sin(frequency * x + k), 0);
    return { axes, f, options };
  });

test("any refinement: the grid unchanged, each point once and where its coordinates say, the budget kept", async () => {
  await fc.assert(
    fc.asyncProperty(anyRefinement, async ({ axes, f, options }) => {
      const n = axes.length;
      const grid = sampled(axes, f);
      const refined = await refineGrid(grid, lossAt(f, n), options);
      const rows = Array.from(refined.losses, (_, i) => [...refined.coordinates.subarray(n * i, n * (i + 1))]);
      assert.deepEqual(refined.losses.slice(0, grid.losses.length), grid.losses);
      assert.deepEqual(
        [...refined.losses],
        rows.map((at) => f(...at)),
      );
      assert.equal(new Set(rows.map(String)).size, rows.length);
      assert.ok(rows.length - grid.losses.length <= options.points);
      assert.deepEqual(await refineGrid(grid, lossAt(f, n), options), refined);
    }),
    { seed: 2, numRuns: 60 },
  );
});

test("low loss, one level: every new point lies in one of the cells with the lowest corners", async () => {
  await fc.assert(
    fc.asyncProperty(anyRefinement, async ({ axes, f, options }) => {
      const n = axes.length;
      const grid = sampled(axes, f);
      const settings = { ...options, criterion: "low-loss", levels: 1 } as const;
      const { coordinates, subdivided, level } = await refineGrid(grid, lossAt(f, n), settings);
      const cells = sampled(
        axes.map((axis) => axis.subarray(0, -1)),
        () => 0,
      ).losses.length;
      const count = subdivided[0] ?? 0;
      assert.ok(count <= Math.max(1, Math.floor(options.fraction * cells)));
      // the lowest corner of a cell, by brute force over the axes
      const least = (lows: number[]) => {
        const corners = lows.reduceRight<number[][]>(
          (rests, low, k) => rests.flatMap((rest) => [low, low + 1].map((i) => [axes[k][i], ...rest])),
          [[]],
        );
        return Math.min(...corners.map((at) => f(...at)));
      };
      const indices = axes.map((axis) => Float64Array.from({ length: axis.length - 1 }, (_, i) => i));
      const all = [...sampled(indices, (...lows) => least(lows)).losses].sort((a, b) => a - b);
      const worst = all[Math.max(0, count - 1)];
      for (let row = grid.losses.length; row < level.length; row++) {
        const at = [...coordinates.subarray(n * row, n * (row + 1))];
        const holding = at.map((x, k) =>
          [...axes[k].keys()].slice(0, -1).filter((i) => axes[k][i] <= x && x <= axes[k][i + 1]),
        );
        const lows = holding.reduceRight<number[][]>(
          (rests, own) => rests.flatMap((rest) => own.map((i) => [i, ...rest])),
          [[]],
        );
        assert.ok(Math.min(...lows.map(least)) <= worst);
      }
    }),
    { seed: 3, numRuns: 60 },
  );
});

test("with all cells and one level it is the grid of half the width", async () => {
  const axes = [Float64Array.of(0, 1, 2), Float64Array.of(0, 1)];
  const f = (x: number, y: number) => x * x + y;
  const refined = await refineGrid(sampled(axes, f), lossAt(f, 2), {
    criterion: "curvature",
    fraction: 1,
    levels: 1,
    points: 99,
  });
  assert.equal(refined.losses.length, 5 * 3);
});

test("an axis of one coordinate and too many levels are refused", async () => {
  const options = { criterion: "low-loss", fraction: 1, levels: 1, points: 9 } as const;
  const point = { axes: [Float64Array.of(0)], losses: Float64Array.of(1) };
  await assert.rejects(
    refineGrid(
      point,
      lossAt(() => 0, 1),
      options,
    ),
    /axis 0 has 1 coordinates; cells need 2 or more/,
  );
  const axes = Array.from({ length: 4 }, () => Float64Array.of(0, 1));
  await assert.rejects(
    refineGrid(
      { axes, losses: new Float64Array(16) },
      lossAt(() => 0, 4),
      { ...options, levels: 14 },
    ),
    /14 levels on a grid of 2 × 2 × 2 × 2 are too many/,
  );
});
