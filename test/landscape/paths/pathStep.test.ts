import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type PathMethod, type StepOptions, stepPath } from "../../../src/landscape/paths/pathStep.js";

const plus = (a: number[], b: number[]) => a.map((x, k) => x + b[k]);
const minus = (a: number[], b: number[]) => a.map((x, k) => x - b[k]);
const times = (s: number, a: number[]) => a.map((x) => s * x);
const inner = (a: number[], b: number[]) => a.reduce((sum, x, k) => sum + x * b[k], 0);
const length = (a: number[]) => Math.sqrt(inner(a, a));
const unit = (a: number[]) => times(1 / length(a), a);

const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 });
const three = fc
  .tuple(vector, vector, vector)
  .filter(([a, b, c]) => [minus(b, a), minus(c, b), minus(c, a)].every((d) => length(d) > 0.1));
/** Eighths: differences that are exact. */
const eighths = fc.integer({ min: -16, max: 16 }).map((n) => n / 8);
const losses = fc.tuple(eighths, eighths, eighths);
const base: StepOptions = { method: "chain", learningRate: 0.3, spring: 0.2, endLosses: [0, 0] };

/** The middle of three points after a step. */
function moved(points: number[][], gradient: number[], own: number, options: StepOptions): number[] {
  const path = points.map((point) => Float64Array.from(point));
  stepPath(path, { losses: [own], gradients: [Float64Array.from(gradient)] }, options);
  assert.deepEqual([[...path[0]], [...path[2]]], [points[0], points[2]]);
  return [...path[1]];
}

function close(found: number[], expected: number[]): void {
  assert.ok(length(minus(found, expected)) < 1e-9 * (1 + length(expected)), `${found}, expected ${expected}`);
}

test("chain: −rate · (g − ½(⟨g, l⟩l + ⟨g, r⟩r)) with the unit vectors l, r to both neighbours", () => {
  fc.assert(
    fc.property(three, vector, ([a, b, c], g) => {
      const [l, r] = [unit(minus(b, a)), unit(minus(c, b))];
      const along = times(0.5, plus(times(inner(g, l), l), times(inner(g, r), r)));
      close(moved([a, b, c], g, 0, base), minus(b, times(0.3, minus(g, along))));
    }),
    { seed: 1 },
  );
});

/** Henkelman & Jónsson 2000, equations 8 to 11. */
function tangent([a, b, c]: number[][], [left, own, right]: number[]): number[] {
  const [toLeft, toRight] = [minus(b, a), minus(c, b)];
  if (right > own && own > left) return unit(toRight);
  if (right < own && own < left) return unit(toLeft);
  const most = Math.max(Math.abs(right - own), Math.abs(left - own));
  const least = Math.min(Math.abs(right - own), Math.abs(left - own));
  const [ofRight, ofLeft] = right > left ? [most, least] : [least, most];
  const both = plus(times(ofRight, toRight), times(ofLeft, toLeft));
  // Neighbours that all but cancel leave a direction of rounding.
  fc.pre(length(both) > 1e-3 * most);
  return unit(both);
}

test("neb: the gradient beside the path, the springs along it; the climbing image goes up along it", () => {
  fc.assert(
    fc.property(three, vector, losses, ([a, b, c], g, [left, own, right]) => {
      fc.pre(left !== own || own !== right);
      const options = { ...base, method: "neb", endLosses: [left, right] } as const;
      const t = tangent([a, b, c], [left, own, right]);
      const beside = minus(g, times(inner(g, t), t));
      const pull = 0.2 * (length(minus(c, b)) - length(minus(b, a)));
      close(moved([a, b, c], g, own, options), plus(b, plus(times(-0.3, beside), times(pull, t))));
      const up = minus(g, times(2 * inner(g, t), t));
      close(moved([a, b, c], g, own, { ...options, climbing: 1 }), plus(b, times(-0.3, up)));
    }),
    { seed: 1 },
  );
});

test("string: the gradient beside the line between the neighbours", () => {
  fc.assert(
    fc.property(three, vector, ([a, b, c], g) => {
      const t = unit(minus(c, a));
      const beside = minus(g, times(inner(g, t), t));
      close(moved([a, b, c], g, 0, { ...base, method: "string" }), plus(b, times(-0.3, beside)));
    }),
    { seed: 1 },
  );
});

test("points in one place have no direction between them, and a gradient that is not finite moves nothing", () => {
  for (const method of ["chain", "neb", "string"] as PathMethod[]) {
    const options = { ...base, method };
    close(
      moved(
        [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        [1, 2],
        0,
        options,
      ),
      [-0.3, -0.6],
    );
    assert.deepEqual(
      moved(
        [
          [0, 0],
          [1, 1],
          [2, 0],
        ],
        [1, Number.NaN],
        0,
        options,
      ),
      [1, 1],
    );
    assert.deepEqual(
      moved(
        [
          [0, 0],
          [1, 0],
          [2, 0],
        ],
        [1, Infinity],
        Number.NaN,
        options,
      ),
      [1, 0],
    );
  }
});
