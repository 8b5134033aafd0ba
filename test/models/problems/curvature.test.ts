import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import type { Curvature } from "../../../src/models/problems/curvature.js";
import { type LossFunction, lossFunction } from "../../../src/models/problems/lossFunction.js";
import { createObjective, type Objective } from "../../../src/models/problems/objective.js";
import { type SupervisedOptions, supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";

/** Products with v by dense matrices, from fixtures/curvature.py. */
const published: Record<string, Record<string, number[]>> = JSON.parse(
  readFileSync("test/fixtures/curvature.json", "utf8"),
);

const sines = (count: number, step: number, start = 0) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(i * step + start));
const relative = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const difference = Array.from(a, (x, i) => x - b[i]);
  return Math.hypot(...difference) / Math.hypot(...Array.from(b));
};

const mlp = (classes: number): Architecture => ({ kind: "mlp", widths: [3, 5, classes], activation: "tanh" });
const x = sines(21, 1.9);
const oneHot = Float64Array.of(0, 1, 1, 0, 1, 0, 1);

function onSamples(architecture: Architecture, inputs: Float64Array, targets: number[], options: SupervisedOptions) {
  return supervisedLoss(architecture, { inputs, targets: Float64Array.from(targets) }, options);
}

const ofPinn = (): LossFunction => {
  const [x0, t1] = [Float64Array.from({ length: 6 }, (_, i) => 0.9 * i), Float64Array.from([0, 0.3, 0.6, 0.9])];
  const at = (x: number) => ({ x: t1.map(() => x), t: t1 });
  return lossFunction(
    { kind: "mlp", widths: [2, 6, 5, 1], activation: "tanh" },
    {
      ...{ kind: "pinn", equation: "u_t + 2 * u_x", domain: { x: [0, "2*pi"], t: [0, 1] }, grid: { x: 6, t: 4 } },
      ...{ initial: "sin(x)", boundary: "periodic", collocation: { points: 9, seed: 0 } },
    },
    {
      initial: { x: x0, t: new Float64Array(6), u: x0.map(Math.sin) },
      boundary: { x: { lower: at(0), upper: at(2 * Math.PI) } },
      collocation: {
        x: sines(9, 1.1).map((s) => 3 + 2.5 * s),
        t: sines(9, 2.3).map((s) => 0.5 + 0.4 * s),
      },
    },
  );
};

const labels = [0, 1, 2, 3, 1, 0, 2];
const cases: Record<string, (batchSize?: number) => LossFunction> = {
  "mlp, cross-entropy": (batchSize) =>
    onSamples(mlp(4), x, labels, { loss: "cross-entropy", weightPenalty: 0.01, batchSize }),
  "mlp, mean-squared-error": (batchSize) =>
    onSamples(mlp(4), x, [...sines(28, 0.9)], { loss: "mean-squared-error", batchSize }),
  "mlp, binary-cross-entropy": (batchSize) =>
    onSamples(mlp(1), x, [...oneHot], { loss: "binary-cross-entropy", batchSize }),
  cnn: (batchSize) =>
    onSamples(
      {
        ...{ kind: "cnn", image: [2, 6, 6], dense: [5], classes: 3, activation: "tanh", batchNorm: true },
        blocks: [{ channels: 3, kernel: 3, stride: 1, pool: "average" }],
      },
      sines(288, 0.37, 1),
      [0, 2, 1, 2],
      { loss: "cross-entropy", statistics: Float64Array.of(0.1, 0.1, 0.1, 1.3, 1.3, 1.3), batchSize },
    ),
  transformer: (batchSize) =>
    onSamples(
      {
        ...{ kind: "transformer", task: "classification", vocabulary: 5, length: 4, width: 4 },
        ...{ heads: 2, depth: 1, hidden: 6, classes: 3 },
      },
      Float64Array.of(0, 1, 2, 3, 4, 3, 3, 0, 1, 1, 0, 4),
      [2, 0, 1],
      { loss: "cross-entropy", batchSize },
    ),
  pinn: ofPinn,
};

async function withObjective<T>(loss: LossFunction, use: (objective: Objective) => Promise<T>): Promise<T> {
  const objective = await createObjective(loss, { dtype: "f64" });
  return use(objective).finally(objective.release);
}

for (const [name, make] of Object.entries(cases)) {
  test(`PyTorch's curvature of ${name}, in one batch and in several`, async () => {
    for (const batchSize of name === "pinn" ? [undefined] : [undefined, 2]) {
      await withObjective(make(batchSize), async (objective) => {
        const theta = sines(objective.size, 0.7, 0.3).map((s) => 0.4 * s);
        const v = sines(objective.size, 1.3, 0.2);
        for (const [matrix, expected] of Object.entries(published[name])) {
          const found = await objective.curvatureProduct(matrix as Curvature, theta, v);
          const error = relative(found, expected);
          assert.ok(error <= 1e-9, `${matrix}: ${error}`);
        }
      });
    }
  });
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);

test("all but the Hessian are positive semidefinite and symmetric, at any point", async () => {
  for (const [name, make] of Object.entries(cases)) {
    await withObjective(make(), async (objective) => {
      const entry = fc.double({ min: -1, max: 1, noNaN: true });
      const vector = fc
        .array(entry, { minLength: 7, maxLength: 7 })
        .map((xs) =>
          Float64Array.from({ length: objective.size }, (_, i) => xs[i % 7] + Math.sin(i * xs[(3 * i) % 7])),
        );
      await fc.assert(
        fc.asyncProperty(vector, vector, vector, async (theta, v, w) => {
          for (const matrix of ["ggn", "fisher", "empirical-fisher"] as const) {
            const [mv, mw] = [
              await objective.curvatureProduct(matrix, theta, v),
              await objective.curvatureProduct(matrix, theta, w),
            ];
            const scale = Math.hypot(...mv) * Math.hypot(...v);
            assert.ok(dot(v, mv) >= -1e-12 * scale, `${name} ${matrix}: ${dot(v, mv)}`);
            const most = Math.hypot(...mv) * Math.hypot(...w) + Math.hypot(...mw) * Math.hypot(...v);
            assert.ok(Math.abs(dot(w, mv) - dot(v, mw)) <= 1e-10 * most, `${name} ${matrix}`);
          }
        }),
        { seed: 71, numRuns: 15 },
      );
    });
  }
});

test("Gauss–Newton is the Hessian for a linear network, and where no sample has a slope", async () => {
  const linear: Architecture = { kind: "mlp", widths: [3, 4], activation: "tanh" };
  const v = sines(16, 1.3);
  const theta = sines(16, 0.7, 0.3);
  for (const options of [
    { loss: "cross-entropy", labelSmoothing: 0.1, weightPenalty: 0.2 },
    { loss: "mean-squared-error" },
    { loss: "binary-cross-entropy" },
  ] as const) {
    const targets = options.loss === "cross-entropy" ? labels : [...sines(28, 0.9).map((s) => 0.5 + s / 2)];
    await withObjective(onSamples(linear, x, targets, options), async (objective) => {
      const [ggn, hessian] = [
        await objective.curvatureProduct("ggn", theta, v),
        await objective.curvatureProduct("hessian", theta, v),
      ];
      assert.ok(relative(ggn, hessian) < 1e-12, options.loss);
    });
  }
  // Targets that the network gives itself: no residual is left.
  const start = sines(44, 0.7, 0.3);
  const outputs = await withObjective(
    onSamples(mlp(4), x, new Array<number>(28).fill(0), { loss: "mean-squared-error" }),
    async () => {
      const hidden = (s: number) =>
        Array.from({ length: 5 }, (_, i) =>
          Math.tanh([0, 1, 2].reduce((sum, k) => sum + start[3 * i + k] * x[3 * s + k], start[15 + i])),
        );
      return Array.from({ length: 7 }, (_, s) => hidden(s)).flatMap((h) =>
        [0, 1, 2, 3].map((o) => h.reduce((sum, hi, i) => sum + start[20 + 5 * o + i] * hi, start[40 + o])),
      );
    },
  );
  await withObjective(onSamples(mlp(4), x, outputs, { loss: "mean-squared-error" }), async (objective) => {
    const w = sines(44, 1.3);
    const [ggn, hessian, empirical] = [
      await objective.curvatureProduct("ggn", start, w),
      await objective.curvatureProduct("hessian", start, w),
      await objective.curvatureProduct("empirical-fisher", start, w),
    ];
    assert.ok(relative(ggn, hessian) < 1e-12);
    assert.ok(Math.hypot(...empirical) < 1e-14, "no sample has a gradient");
  });
});

test("the gradients of mini-batches average to the gradient; a loss without outputs has the Hessian alone", async () => {
  await withObjective(cases["mlp, cross-entropy"](2), async (objective) => {
    const theta = sines(44, 0.7);
    const sum = new Float64Array(44);
    let total = 0;
    const whole = await objective.batchGradients(theta, (gradient, weight) => {
      for (let i = 0; i < 44; i++) sum[i] += weight * gradient[i];
      total += weight;
    });
    assert.ok(Math.abs(total - 1) < 1e-15);
    assert.deepEqual(whole, sum);
    assert.ok(relative(whole, (await objective.lossAndGradient(theta)).gradient) < 1e-14);
  });
  const bowl = lossFunction({ kind: "parameters", names: ["a", "b"] }, { kind: "function", loss: "a^2 + b^4" });
  await withObjective(bowl, async (objective) => {
    const v = Float64Array.of(1, 1);
    await assert.rejects(
      objective.curvatureProduct("ggn", v, v),
      /the loss has no outputs, which the matrix ggn needs; expected the matrix hessian/,
    );
  });
});
