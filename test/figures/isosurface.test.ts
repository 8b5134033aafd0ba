import assert from "node:assert/strict";
import { test } from "node:test";
import { isosurface } from "../../src/figures/isosurface.js";

const n = 15;
const axis = Float64Array.from({ length: n }, (_, k) => (2 * k) / (n - 1) - 1);
const ball = Float64Array.from({ length: n ** 3 }, (_, v) =>
  Math.hypot(axis[v % n], axis[Math.floor(v / n) % n], axis[Math.floor(v / n ** 2)]),
);
const axes = ["x", "y", "z"].map((label) => ({ label, values: axis }));
// biome-ignore lint/suspicious/noExplicitAny: a spec is free-form JSON
const triangles = (spec: any) =>
  (spec.data[0].values as { path: string; fill?: string }[]).filter(
    ({ path, fill }) => fill?.startsWith("rgb") && path.endsWith("Z"),
  );
const draw = (levels: number[], loss = ball, azimuth = 0) =>
  isosurface({ title: "", axes, loss, levels, view: { azimuth, elevation: 30 } });

test("the level set of a distance is a ball: as wide as high, from every side, and none beyond the box", () => {
  const span = (spec: object) => {
    const numbers = triangles(spec).flatMap(({ path }) =>
      [...path.matchAll(/([\d.]+),([\d.]+)/g)].map(([, x, y]) => [+x, +y]),
    );
    const [xs, ys] = [0, 1].map((k) => numbers.map((pair) => pair[k]));
    return [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
  };
  for (const azimuth of [0, 40]) {
    const [width, height] = span(draw([0.6], ball, azimuth));
    assert.ok(Math.abs(width / height - 1) < 0.03, `${width} × ${height}`);
  }
  assert.equal(triangles(draw([5])).length, 0);
});

test("cubes with a corner that is not finite hold no surface", () => {
  const broken = ball.slice();
  broken[7 + n * (7 + n * 11)] = Number.NaN;
  assert.ok(triangles(draw([0.6], broken)).length < triangles(draw([0.6])).length);
});

test("the outline of a ball is as round as a circle: its edges bend", () => {
  // Seen from above, all points of the mesh lie within the circle, and the outermost reach it all around.
  const numbers = triangles(
    isosurface({ title: "", axes, loss: ball, levels: [0.6], view: { azimuth: 0, elevation: 90 } }),
  )
    .flatMap(({ path }) => [...path.matchAll(/([\d.]+),([\d.]+)/g)])
    .map(([, x, y]) => [Number(x), Number(y)]);
  const ends = (k: number) => [Math.min(...numbers.map((at) => at[k])), Math.max(...numbers.map((at) => at[k]))];
  const [[left, right], [top, bottom]] = [ends(0), ends(1)];
  const [x, y, radius] = [(left + right) / 2, (top + bottom) / 2, (right - left) / 2];
  const outermost = new Map<number, number>();
  for (const [u, v] of numbers) {
    const sector = Math.floor((36 * (Math.atan2(v - y, u - x) + Math.PI)) / (2 * Math.PI));
    outermost.set(sector, Math.max(outermost.get(sector) ?? 0, Math.hypot(u - x, v - y)));
  }
  for (const reach of outermost.values()) assert.ok(Math.abs(reach / radius - 1) < 0.012, `${reach} of ${radius}`);
});
