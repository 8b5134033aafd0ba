import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { connectPath, type PathOptions } from "../../../src/landscape/paths/connectPath.js";
import { pointAt } from "../../../src/landscape/paths/pathPlaces.js";
import type { PathMethod } from "../../../src/landscape/paths/pathStep.js";
import type { PathSurface } from "../../../src/landscape/paths/pathSurface.js";
import type { TrainingState } from "../../../src/training/trainingRecord.js";
import { alone, bentWell, type Field, fine, mullerBrown, stationaryPoint, surfaceOf } from "./surfaces.js";

const options: Record<PathMethod, Partial<PathOptions>> = {
  chain: { growEvery: 20 },
  neb: { points: 21, growBy: 0 },
  string: { points: 61, maxPoints: 101, growBy: 10 },
};

const bentEnds = [Float64Array.of(-1, 0), Float64Array.of(1, 0)] as const;

for (const method of ["chain", "neb", "string"] as const) {
  test(`${method}: the barrier between the outer minima of Müller and Brown's surface, and where it is`, async () => {
    const ends = [stationaryPoint(mullerBrown, [-0.55, 1.44]), stationaryPoint(mullerBrown, [0.62, 0.03])] as const;
    const saddle = stationaryPoint(mullerBrown, [-0.82, 0.62]);
    const barrier = mullerBrown.value(saddle);
    // Published: −40.665 at (−0.822, 0.624).
    assert.ok(Math.abs(barrier + 40.665) < 1e-3);
    const found = await connectPath(surfaceOf(mullerBrown), ends, { ...fine, ...options[method], method }, alone);
    assert.ok(Math.abs(found.barrier - barrier) < 1e-4, `${found.barrier}, expected ${barrier}`);
    const place = pointAt(found.path, found.saddle);
    assert.ok(Math.hypot(place[0] - saddle[0], place[1] - saddle[1]) < 1e-2, `at ${place}, expected ${saddle}`);
    assert.equal(found.straightBarrier, found.history.highest[0]);
    assert.ok(found.straightBarrier > found.barrier);
  });

  test(`${method}: with Adam's directions to the same saddles`, async () => {
    const setting = { ...fine, ...options[method], method, optimizer: "adam", learningRate: 0.01 } as const;
    const bent = await connectPath(surfaceOf(bentWell), bentEnds, { ...setting, epochs: 4000, growEvery: 100 }, alone);
    assert.ok(Math.abs(bent.barrier - 1) < 1e-4, `${bent.barrier}, expected 1`);
  });

  test(`${method}: a valley that bends far away from the straight line`, async () => {
    const ends = [Float64Array.of(-1, 0), Float64Array.of(1, 0)] as const;
    const setting = { ...fine, ...options[method], method, learningRate: 0.01 };
    const found = await connectPath(surfaceOf(bentWell), ends, setting, alone);
    assert.ok(Math.abs(found.barrier - 1) < 1e-4, `${found.barrier}, expected 1`);
    // At (0, 0): 1 + 4.
    assert.ok(Math.abs(found.straightBarrier - 5) < 1e-4);
  });
}

/** A smooth surface: a bowl with hills and pits on it. */
const surfaces = fc
  .array(
    fc.record({
      x: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
      y: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
      height: fc.double({ min: -2, max: 4, noNaN: true }),
      width: fc.double({ min: 0.3, max: 1, noNaN: true }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((hills): Field => {
    const terms = (p: Float64Array) =>
      hills.map(({ x, y, height, width }) => {
        const [u, v] = [(p[0] - x) / width, (p[1] - y) / width];
        return { term: height * Math.exp(-(u * u + v * v)), du: (-2 * u) / width, dv: (-2 * v) / width };
      });
    return {
      value: (p) => terms(p).reduce((sum, { term }) => sum + term, 0.1 * (p[0] ** 2 + p[1] ** 2)),
      gradient: (p) =>
        terms(p).reduce(
          (sum, { term, du, dv }) => sum.map((s, k) => s + term * [du, dv][k]),
          p.map((x) => 0.2 * x),
        ),
    };
  });
const coarse: PathOptions = { ...fine, points: 5, maxPoints: 15, learningRate: 0.02, growEvery: 10, tolerance: 0.001 };
const methods = fc.constantFrom<PathMethod>("chain", "neb", "string");
const ends = [Float64Array.of(-1, -0.5), Float64Array.of(1, 0.7)] as const;

test("the barrier never rises as a path is refined, nor is it above the straight line's or below an end", async () => {
  await fc.assert(
    fc.asyncProperty(surfaces, methods, fc.integer({ min: 0, max: 6 }), async (field, method, looks) => {
      const surface = surfaceOf(field);
      const until = (epochs: number) => connectPath(surface, ends, { ...coarse, method, epochs }, alone);
      const [shorter, longer] = [await until(10 * looks), await until(10 * looks + 35)];
      assert.ok(longer.barrier <= shorter.barrier);
      assert.ok(shorter.barrier <= shorter.straightBarrier && longer.straightBarrier === shorter.straightBarrier);
      assert.ok(longer.barrier >= Math.max(...ends.map(field.value)));
      for (const [i, barrier] of longer.history.barrier.entries()) {
        assert.equal(barrier, Math.min(...longer.history.highest.slice(0, i + 1)));
      }
      assert.equal(longer.barrier, Math.max(...longer.profile.losses));
      // The highest loss at 20,000 places.
      const gaps = longer.path.length - 1;
      const dense = Array.from({ length: 20_001 }, (_, k) => field.value(pointAt(longer.path, (k * gaps) / 20_000)));
      const height = longer.barrier - Math.min(...ends.map(field.value));
      // What is narrower than a quarter of a gap may be missed: of 3000 such surfaces at most 2e-3 of the height.
      assert.ok(Math.max(...dense) - longer.barrier <= 0.02 * height, `${Math.max(...dense)} above ${longer.barrier}`);
    }),
    { seed: 1, numRuns: 60 },
  );
});

/** Mini-batches that disagree: each pulls the path to its own side of the valley, their mean not at all. */
function pulledApart(field: Field, pull: number): PathSurface {
  const surface = surfaceOf(field);
  const gradients: PathSurface["gradients"] = async (points, epoch, batch) => {
    const found = await surface.gradients(points, epoch, batch);
    const side = batch === 0 ? pull : -pull;
    return { ...found, gradients: found.gradients.map(([x, y]) => Float64Array.of(x, y + side)) };
  };
  return { ...surface, batches: 2, gradients };
}

test("steps too large for mini-batches leave a path above its valley; it has converged when smaller ones change nothing", async () => {
  const surface = pulledApart(bentWell, 5);
  const setting = { ...fine, learningRate: 0.05, growEvery: 10, epochs: 4000, tolerance: 1e-3 };
  const constant = await connectPath(surface, bentEnds, { ...setting, decay: 1 }, alone);
  const lowered = await connectPath(surface, bentEnds, setting, alone);
  assert.ok(constant.barrier > 1.005, `${constant.barrier}`);
  assert.ok(Math.abs(lowered.barrier - 1) < 2e-3, `${lowered.barrier}, expected 1`);
  assert.equal(lowered.stopped, "converged");
  const rates = [...new Set(lowered.history.learningRate)];
  assert.ok(rates.length > 1 && rates.every((rate, k) => Math.abs(rate - 0.05 * 0.3 ** k) < 1e-12), `${rates}`);
  // The last step size brought no more than the tolerance below what the one before had reached.
  const last = lowered.history.learningRate.indexOf(rates[rates.length - 1]);
  assert.ok(lowered.history.barrier[last - 1] - lowered.barrier <= 1e-3 * lowered.barrier);
});

test("an optimisation that goes on from a stored state ends as one that was never left", async () => {
  for (const [method, optimizer] of [
    ["chain", "sgd"],
    ["neb", "sgd"],
    ["string", "sgd"],
    ["chain", "adam"],
  ] as const) {
    const setting = { ...coarse, method, optimizer, epochs: 60 };
    const states: TrainingState[] = [];
    const whole = await connectPath(surfaceOf(bentWell), [Float64Array.of(-1, 0), Float64Array.of(1, 0)], setting, {
      ...alone,
      save: (state) => states.push(structuredClone(state())),
    });
    assert.ok(states.length > 30 && whole.path.length > 7);
    for (const resume of [states[0], states[9], states[24], states[states.length - 2]]) {
      const ends = [Float64Array.of(-1, 0), Float64Array.of(1, 0)] as const;
      assert.deepEqual(await connectPath(surfaceOf(bentWell), ends, setting, { ...alone, resume }), whole);
    }
  }
});

test("ends in one place are a path of length 0, their loss its barrier", async () => {
  const end = Float64Array.of(-1, 0);
  const { path, barrier, stopped, iterations } = await connectPath(
    surfaceOf(bentWell),
    [end, end.slice()],
    fine,
    alone,
  );
  assert.deepEqual(path, [end, end]);
  assert.deepEqual([barrier, stopped, iterations], [0, "converged", 0]);
});

test("a wall without a loss is infinitely high; points in it stay, and a path around it is found where there is one", async () => {
  const wall = (isIn: (p: Float64Array) => boolean): Field => ({
    value: (p) => (isIn(p) ? Number.NaN : bentWell.value(p)),
    gradient: (p) => (isIn(p) ? p.map(() => Number.NaN) : bentWell.gradient(p)),
  });
  const ends = [Float64Array.of(-1, 0), Float64Array.of(1, 0)] as const;
  const closed = await connectPath(surfaceOf(wall(([x]) => Math.abs(x) < 0.2)), ends, { ...coarse, epochs: 40 }, alone);
  assert.equal(closed.barrier, Infinity);
  assert.equal(closed.stopped, "maximum epochs");
  assert.ok(closed.path.every((point) => point.every(Number.isFinite)));
  const open = surfaceOf(wall(([x, y]) => Math.hypot(x, y) < 0.05));
  const around = await connectPath(open, ends, { ...coarse, points: 6, epochs: 2000, tolerance: 1e-6 }, alone);
  assert.ok(around.straightBarrier === Infinity && Math.abs(around.barrier - 1) < 1e-3, `${around.barrier}`);
});
