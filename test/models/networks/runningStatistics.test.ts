import assert from "node:assert/strict";
import { test } from "node:test";
import { layoutOf } from "../../../src/models/networks/layout.js";
import type { ModelStatistics } from "../../../src/models/networks/model.js";
import { followStatistics, initialStatistics } from "../../../src/models/networks/runningStatistics.js";

const layout = layoutOf([
  { name: "norm.mean", role: "norm", shape: [2] },
  { name: "norm.variance", role: "norm", shape: [2] },
]);
const state: ModelStatistics = { layout, size: 4, places: [4, 4], recompute: (theta) => theta };

/** Means and variances (divided by n) of channels of images [3, 2, 2, 2]. */
function statisticsOf(images: Float64Array): Float64Array {
  const channel = (c: number) => images.filter((_, i) => Math.floor(i / 4) % 2 === c);
  const mean = (x: Float64Array) => x.reduce((sum, value) => sum + value, 0) / x.length;
  const [a, b] = [channel(0), channel(1)];
  const spread = (x: Float64Array) => mean(x.map((value) => (value - mean(x)) ** 2));
  return Float64Array.of(mean(a), mean(b), spread(a), spread(b));
}

test("running statistics of torch.nn.BatchNorm2d after two batches: sin(0…23) as [3, 2, 2, 2], and 2x + 1 of it", () => {
  const running = initialStatistics(state);
  assert.deepEqual(running, Float64Array.of(0, 0, 1, 1));
  const images = Float64Array.from({ length: 24 }, (_, i) => Math.sin(i));
  followStatistics(running, statisticsOf(images), 3, state);
  followStatistics(running, statisticsOf(images.map((x) => 2 * x + 1)), 3, state);
  const expected = [0.09755778888790816, 0.12612085150810656, 1.0591065692970176, 1.0782924561595073];
  for (const [k, x] of expected.entries()) assert.ok(Math.abs(running[k] - x) < 1e-14, `${k}: ${running[k]} ${x}`);
});
