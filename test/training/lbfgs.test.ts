import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { randomStream } from "../../src/linalg/random.js";
import { dot, maxAbs } from "../../src/linalg/vectors.js";
import { lbfgs } from "../../src/training/lbfgs.js";
import type { Evaluate, Iterate } from "../../src/training/optimization.js";
import { torchLbfgs } from "./torchLbfgs.js";

type Objective = (x: ArrayLike<number>) => { loss: number; gradient: Float64Array };

const asynchronous =
  (f: Objective): Evaluate =>
  async (theta) =>
    f(theta);

const rosenbrock: Objective = (x) => {
  let loss = 0;
  const gradient = new Float64Array(x.length);
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1] - x[i] ** 2;
    const b = 1 - x[i];
    loss += 100 * a * a + b * b;
    gradient[i] += -400 * x[i] * a - 2 * b;
    gradient[i + 1] += 200 * a;
  }
  return { loss, gradient };
};

/** Σ cᵢ/2 (xᵢ − 1)². */
function quadratic(curvatures: number[]): Objective {
  return (x) => {
    const gradient = Float64Array.from(curvatures, (c, i) => c * (x[i] - 1));
    return { loss: 0.5 * curvatures.reduce((sum, c, i) => sum + c * (x[i] - 1) ** 2, 0), gradient };
  };
}

/** Log-cosh of random projections (convex) plus `waves` · Σ sin xᵢ (not convex). */
function waves(n: number, seed: number, amplitude: number): Objective {
  const random = randomStream(seed, "waves");
  const rows = Array.from({ length: 2 * n }, () => Float64Array.from({ length: n }, () => random.normal()));
  return (x) => {
    const gradient = Float64Array.from(x, (xi) => amplitude * Math.cos(xi) + 0.01 * xi);
    let loss = Array.from(x).reduce((sum, xi) => sum + amplitude * Math.sin(xi) + 0.005 * xi * xi, 0);
    for (const row of rows) {
      const z = dot(row, Float64Array.from(x)) - 1;
      loss += Math.log(Math.cosh(z));
      for (let i = 0; i < n; i++) gradient[i] += Math.tanh(z) * row[i];
    }
    return { loss, gradient };
  };
}

const start = (n: number, seed: number) => {
  const random = randomStream(seed, "start");
  return Float64Array.from({ length: n }, () => 3 * random.normal());
};

test("the valley of the 10-dimensional Rosenbrock function is followed to its end", async () => {
  const from = new Float64Array(10).fill(-1.2);
  const result = await lbfgs(asynchronous(rosenbrock), from, { maxIterations: 500, toleranceChange: 0 });
  assert.equal(result.reason, "gradient tolerance");
  assert.ok(maxAbs(result.theta.map((x) => x - 1)) < 1e-7);
  assert.ok(result.iterations < 100);
  assert.deepEqual([...from], new Array(10).fill(-1.2), "the start is left alone");
});

test("a quadratic with condition number 1e6 is minimized", async () => {
  const curvatures = Array.from({ length: 30 }, (_, i) => 10 ** ((6 * i) / 29));
  const result = await lbfgs(asynchronous(quadratic(curvatures)), new Float64Array(30), {
    maxIterations: 2000,
    toleranceChange: 0,
  });
  assert.equal(result.reason, "gradient tolerance");
  assert.ok(maxAbs(result.theta.map((x) => x - 1)) < 1e-6);
});

test("without a tolerance on changes, a loss below 1e-10 is minimized, too", async () => {
  // s·y of every pair is below PyTorch's bound of 1e-10.
  const curvatures = Array.from({ length: 30 }, (_, i) => 1e-12 * 10 ** ((3 * i) / 29));
  const run = (toleranceChange: number) =>
    lbfgs(asynchronous(quadratic(curvatures)), new Float64Array(30), {
      ...{ maxIterations: 1000, lr: 1, toleranceGradient: 1e-18, toleranceChange },
    });
  const result = await run(0);
  assert.equal(result.reason, "gradient tolerance");
  assert.ok(maxAbs(result.theta.map((x) => x - 1)) < 1e-5);
  assert.equal((await run(1e-10)).reason, "directional derivative");
});

test("every iterate is the one of torch.optim.LBFGS", async () => {
  const cases: [Objective, Float64Array, object][] = [
    [rosenbrock, new Float64Array(10).fill(-1.2), {}],
    [rosenbrock, start(6, 3), { historySize: 2 }],
    [rosenbrock, start(6, 4), { lr: 0.01 }],
    [rosenbrock, start(4, 5), { lr: 30 }],
    [waves(7, 1, 3), start(7, 1), {}],
    [waves(7, 2, 20), start(7, 2), { historySize: 5, lr: 0.1 }],
    [quadratic([1, 10, 100, 1000]), start(4, 6), {}],
  ];
  for (const [objective, from, options] of cases) {
    const expected = torchLbfgs((x) => ({ loss: objective(x).loss, grad: [...objective(x).gradient] }), [...from], {
      maxIter: 25,
      historySize: 50,
      ...options,
    });
    const result = await lbfgs(asynchronous(objective), from, { maxIterations: 25, ...options });
    assert.equal(result.losses.length, expected.losses.length);
    assert.equal(result.evaluations, expected.evaluations);
    for (const [k, loss] of expected.losses.entries()) {
      assert.ok(
        Math.abs(result.losses[k] - loss) <= 1e-6 * Math.abs(loss) + 1e-12,
        `iteration ${k}: ${result.losses[k]} ${loss}`,
      );
    }
    assert.ok(maxAbs(result.theta.map((x, i) => x - expected.x[i])) < 1e-6);
  }
});

test("whole runs end where torch.optim.LBFGS ends, by its tolerances and budgets", async () => {
  for (const options of [{}, { toleranceChange: 1e-3 }, { toleranceGrad: 1e-2 }, { maxEval: 13 }, { maxIter: 7 }]) {
    const settings = {
      maxIter: 300,
      maxEval: 375,
      toleranceGrad: 1e-7,
      toleranceChange: 1e-9,
      historySize: 50,
      ...options,
    };
    const from = start(5, 8);
    const objective = waves(5, 4, 2);
    const expected = torchLbfgs(
      (x) => ({ loss: objective(x).loss, grad: [...objective(x).gradient] }),
      [...from],
      settings,
    );
    const result = await lbfgs(asynchronous(objective), from, {
      maxIterations: settings.maxIter,
      maxEvaluations: settings.maxEval,
      toleranceGradient: settings.toleranceGrad,
      toleranceChange: settings.toleranceChange,
    });
    assert.equal(result.iterations, expected.losses.length - 1);
    assert.equal(result.evaluations, expected.evaluations);
  }
});

test("the first step of f = 2x² from 3 goes 1/|g| along −g", async () => {
  const trials: number[] = [];
  const result = await lbfgs(
    async ([x]) => {
      trials.push(x);
      return { loss: 2 * x * x, gradient: Float64Array.of(4 * x) };
    },
    Float64Array.of(3),
    { maxIterations: 1 },
  );
  // g = 12, so t = 1/12 and the first trial is 3 − 1 = 2; |slope| there is 8/12 of the first one, below 0.9.
  assert.ok(Math.abs(trials[1] - 2) < 1e-15);
  assert.equal(trials.length, 2);
  assert.equal(result.reason, "maximum iterations");
});

test("accepted steps satisfy the strong Wolfe conditions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.nat(1000),
      fc.constantFrom(0, 1, 10),
      fc.constantFrom(1, 0.1, 10),
      async (n, seed, amplitude, lr) => {
        const objective = waves(n, seed, amplitude);
        const points: Float64Array[] = [];
        await lbfgs(
          asynchronous(objective),
          start(n, seed),
          { maxIterations: 60, lr, toleranceGradient: 1e-4 },
          ({ theta }) => void points.push(theta.slice()),
        );
        for (let k = 1; k < points.length; k++) {
          const before = objective(points[k - 1]);
          const after = objective(points[k]);
          const step = points[k].map((x, i) => x - points[k - 1][i]);
          const slope = dot(before.gradient, step);
          assert.ok(slope < 0);
          assert.ok(after.loss <= before.loss + 1e-4 * slope + 1e-12, `decrease at ${k}`);
          assert.ok(Math.abs(dot(after.gradient, step)) <= 0.9 * -slope * (1 + 1e-9) + 1e-12, `curvature at ${k}`);
        }
      },
    ),
    { seed: 5, numRuns: 60 },
  );
});

test("the callback sees every iterate once, in order, and is waited for", async () => {
  const seen: Iterate[] = [];
  let open = 0;
  const result = await lbfgs(asynchronous(rosenbrock), start(4, 1), { maxIterations: 12 }, async (iterate) => {
    assert.equal(++open, 1);
    await new Promise((done) => setImmediate(done));
    open--;
    seen.push({ ...iterate, theta: iterate.theta.slice() });
  });
  assert.deepEqual(
    seen.map(({ iteration }) => iteration),
    Array.from({ length: 13 }, (_, k) => k),
  );
  assert.deepEqual(
    seen.map(({ loss }) => loss),
    [...result.losses],
  );
  assert.deepEqual(seen.at(-1)!.theta, result.theta);
  assert.equal(rosenbrock(result.theta).loss, result.loss);
  assert.equal(seen.at(-1)!.gradientNorm, result.gradientNorm);
});

test("a gradient buffer that the callee reuses does no harm", async () => {
  const buffer = new Float64Array(4);
  const reusing: Evaluate = async (theta) => {
    const { loss, gradient } = rosenbrock(theta);
    buffer.set(gradient);
    return { loss, gradient: buffer };
  };
  const options = { maxIterations: 20 };
  assert.deepEqual(
    await lbfgs(reusing, start(4, 2), options),
    await lbfgs(asynchronous(rosenbrock), start(4, 2), options),
  );
});

test("a wall of NaN is stepped back from", async () => {
  // x − log x has its minimum at 1 and no value at or below 0; the first trial from 0.1 with lr 100 lies far outside.
  const barrier: Evaluate = async ([x]) => ({ loss: x - Math.log(x), gradient: Float64Array.of(1 - 1 / x) });
  for (const [from, lr] of [
    [0.1, 1],
    [40, 100],
  ]) {
    const result = await lbfgs(barrier, Float64Array.of(from), { maxIterations: 50, lr, toleranceChange: 0 });
    assert.equal(result.reason, "gradient tolerance");
    assert.ok(Math.abs(result.theta[0] - 1) < 1e-7);
    assert.ok(result.losses.every(Number.isFinite));
  }
});

test("a finite loss with a gradient that is not counts as a wall, too", async () => {
  const barrier: Evaluate = async ([x]) => ({ loss: x * x, gradient: Float64Array.of(x < -1 ? Number.NaN : 2 * x) });
  const result = await lbfgs(barrier, Float64Array.of(3), { maxIterations: 20, lr: 40 });
  assert.equal(result.reason, "gradient tolerance");
  assert.ok(Math.abs(result.theta[0]) < 1e-7);
});

test("where every step leads to NaN the run ends at the last finite point and says so", async () => {
  let calls = 0;
  const result = await lbfgs(
    async ([x]) => ({ loss: calls++ < 3 ? x * x : Number.NaN, gradient: Float64Array.of(2 * x) }),
    Float64Array.of(8),
    { maxIterations: 20, maxEvaluations: 1000, lr: 0.01 },
  );
  assert.equal(result.reason, "non-finite loss");
  assert.ok(Number.isFinite(result.loss) && result.loss === result.theta[0] ** 2);
});

test("a start that is not finite ends the run at once", async () => {
  const result = await lbfgs(async () => ({ loss: Infinity, gradient: Float64Array.of(1) }), Float64Array.of(2), {
    maxIterations: 5,
  });
  assert.deepEqual(result, {
    theta: Float64Array.of(2),
    loss: Infinity,
    gradientNorm: 1,
    losses: Float64Array.of(Infinity),
    iterations: 0,
    evaluations: 1,
    reason: "non-finite loss",
  });
});

test("each of the other ways to end has its name", async () => {
  const run = async (options: object, from = start(5, 8)) =>
    (await lbfgs(asynchronous(waves(5, 4, 2)), from, { maxIterations: 300, ...options })).reason;
  assert.equal(await run({ toleranceChange: 0 }), "gradient tolerance");
  assert.equal(await run({ toleranceGradient: 0, toleranceChange: 1e9 }), "directional derivative");
  assert.equal(await run({ maxIterations: 2, maxEvaluations: 50 }), "maximum iterations");
  assert.equal(await run({ maxEvaluations: 4 }), "maximum evaluations");
});

test("a change below the tolerance ends the run: of the loss, of the weights, or because no step goes down", async () => {
  const bowl = asynchronous(quadratic([1]));
  // From 0, lr 0.05: trials at 0.05 and, ten times as far, at 0.5, where the loss has fallen from 0.5 to 0.125.
  const first = { maxIterations: 9, lr: 0.05, toleranceGradient: 0.1 };
  const run = async (toleranceChange: number) => await lbfgs(bowl, new Float64Array(1), { ...first, toleranceChange });
  const short = await run(0.4);
  assert.deepEqual([short.reason, short.iterations, short.loss], ["change tolerance", 1, 0.125]);
  assert.equal((await run(0.3)).reason, "directional derivative", "0.375 is above 0.3; the slope that is left is 0.25");

  const far = asynchronous(quadratic([1e6]));
  const tiny = await lbfgs(far, Float64Array.of(1.5), { maxIterations: 9, lr: 0.4, toleranceChange: 0.6 });
  assert.deepEqual([tiny.reason, tiny.iterations], ["change tolerance", 1], "a step of 0.4 under a tolerance of 0.6");

  const lying: Evaluate = async ([x]) => ({ loss: x, gradient: Float64Array.of(-1) });
  const stuck = await lbfgs(lying, Float64Array.of(1), { maxIterations: 9 });
  assert.deepEqual([stuck.reason, stuck.iterations, stuck.theta[0]], ["change tolerance", 0, 1]);
});

test("a gradient of another length is refused", async () => {
  const wrong: Evaluate = async () => ({ loss: 1, gradient: new Float64Array(3) });
  await assert.rejects(lbfgs(wrong, new Float64Array(2), { maxIterations: 1 }), /gradient has 3 entries; expected 2/);
});
