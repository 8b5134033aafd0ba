import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clippedPath } from "../../src/figures/clippedPath.js";

const box = { left: 0, right: 10, top: 0, bottom: 10 };

test("a line through the box is cut off where it crosses the edges", () => {
  assert.equal(clippedPath([1, 5, 9], [1, 5, 1], box), "M1.00,1.00L5.00,5.00L9.00,1.00");
  assert.equal(clippedPath([-5, 15], [5, 5], box), "M0.00,5.00L10.00,5.00");
  assert.equal(clippedPath([5, 5], [-1e12, 1e12], box), "M5.00,0.00L5.00,10.00");
  // out on the right, back in: two pieces
  assert.equal(clippedPath([5, 15, 5], [2, 2, 4], box), "M5.00,2.00L10.00,2.00M10.00,3.00L5.00,4.00");
});

test("nothing is drawn of lines that miss the box, of single points, and next to what is not finite", () => {
  assert.equal(clippedPath([-1, 20], [20, -1].reverse(), { ...box, right: 1 }), "M0.00,0.00L1.00,1.00");
  assert.equal(clippedPath([-3, 3], [8, 14], box), "");
  assert.equal(clippedPath([12, 12], [0, 9], box), "");
  assert.equal(clippedPath([5], [5], box), "");
  assert.equal(clippedPath([], [], box), "");
  assert.equal(clippedPath([1, Number.NaN, 3, 4], [1, 2, 3, 4], box), "M3.00,3.00L4.00,4.00");
  assert.equal(clippedPath([1, Infinity], [1, 2], box), "");
});

test("all that is drawn lies in the box and on the line", () => {
  const coordinate = fc.double({ min: -40, max: 40, noNaN: true });
  fc.assert(
    fc.property(coordinate, coordinate, coordinate, coordinate, (x0, y0, x1, y1) => {
      const numbers =
        clippedPath([x0, x1], [y0, y1], box)
          .match(/-?[\d.]+/g)
          ?.map(Number) ?? [];
      const length = Math.hypot(x1 - x0, y1 - y0);
      for (let k = 0; k < numbers.length; k += 2) {
        const [x, y] = numbers.slice(k, k + 2);
        assert.ok(x >= 0 && x <= 10 && y >= 0 && y <= 10);
        assert.ok(Math.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) <= 0.02 * length + 1e-9);
      }
      const inside = (x: number, y: number) => x > 0 && x < 10 && y > 0 && y < 10;
      if (inside(x0, y0) || inside(x1, y1) || inside((x0 + x1) / 2, (y0 + y1) / 2)) assert.equal(numbers.length, 4);
    }),
    { seed: 2 },
  );
});
