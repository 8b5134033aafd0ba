import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Architecture } from "../../../src/models/networks/architecture.js";
import { equationLoss } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { pinnPoints } from "../../../src/models/problems/pinnPoints.js";
import { rangeOf, weightedLists } from "../../../src/models/problems/pointWeights.js";
import { sines } from "./pytorch.js";

/** Two periodic variables share the term boundary: pairs on the faces of x (4 · 3) and of y (5 · 3). */
const plane: PinnProblem = {
  ...{ kind: "pinn", equation: "u_t = u_xx + u_yy", domain: { x: [0, 1], y: [0, 1], t: [0, 1] }, boundary: "periodic" },
  ...{ grid: { x: 5, y: 4, t: 3 }, initial: "sin(x)", collocation: { points: 7, method: "uniform", seed: 0 } },
};

test("a term has a weight for each point or pair, list by list", () => {
  const lists = weightedLists(plane, pinnPoints(plane), ["residual", "boundary", "initial"]);
  assert.deepEqual(
    lists.map(({ term, start, count }) => [term, start, count]),
    [
      ["initial", 0, 20],
      ["boundary", 20, 12],
      ["boundary", 32, 15],
      ["residual", 47, 7],
    ],
  );
  assert.deepEqual(rangeOf(lists, "boundary"), [20, 47]);
});

const line: PinnProblem = {
  ...{ kind: "pinn", equation: "u_t + 2*u_x", domain: { x: [0, 1], t: [0, 1] }, grid: { x: 4, t: 3 } },
  ...{ initial: "sin(x)", boundary: "none", collocation: { points: 9, method: "uniform", seed: 0 } },
};
const network: Architecture = { kind: "mlp", widths: [2, 3, 1], activation: "tanh" };
test("points that weigh 0 are as if they were not there: for loss, gradient and products with the curvature", async () => {
  const chosen = fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }).filter((all) => all.some((one) => one));
  await fc.assert(
    fc.asyncProperty(chosen, async (kept) => {
      const points = pinnPoints(line);
      const subset = (values: Float64Array) => values.filter((_, i) => kept[i]);
      const { x, t } = points.collocation;
      const fewer = { ...points, collocation: { x: subset(x), t: subset(t) } };
      const share = kept.filter((one) => one).length / 9;
      const weighted = { ...line, pointWeights: { residual: kept.map(Number) } };
      const without = { ...line, weights: { residual: share } };
      const theta = sines(13, 1.3);
      const found = await everything(equationLoss(network, weighted), theta);
      const expected = await everything(equationLoss(network, without, { points: fewer }), theta);
      for (const [i, value] of expected.entries()) assert.ok(Math.abs(found[i] - value) < 1e-12, `${i}`);
    }),
    { numRuns: 10 },
  );
});

async function everything(loss: Parameters<typeof createObjective>[0], theta: Float64Array): Promise<number[]> {
  const objective = await createObjective(loss, { dtype: "f64", backend: "reference" });
  const { loss: value, gradient } = await objective.lossAndGradient(theta);
  const v = sines(13, 0.7);
  const product = await objective.hessianVectorProduct(theta, v);
  const gaussNewton = await objective.curvatureProduct("ggn", theta, v);
  return [value, ...gradient, ...product, ...gaussNewton];
}

test("weights that are not as many as the points are refused", () => {
  const problem = { ...line, pointWeights: { residual: [1, 2] } };
  assert.throws(
    () => equationLoss(network, problem),
    /residual has 2 weights of points, but 9 points; expected one each/,
  );
});
