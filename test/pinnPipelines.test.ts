import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { Activation } from "../src/models/networks/activations.js";
import { networkInputs } from "../src/models/problems/inputFeatures.js";
import { lossFunction } from "../src/models/problems/lossFunction.js";
import { createObjective } from "../src/models/problems/objective.js";
import {
  type PinnPoints,
  type PinnProblem,
  type Points,
  pinnOutputs,
  pinnVariables,
} from "../src/models/problems/pinn.js";
import { boundValue } from "../src/models/problems/pinnPoints.js";
import { loadPipeline } from "../src/pipeline/config.js";
import { plan } from "../src/pipeline/plan.js";
import { loadStages } from "../stages/index.js";
import { type Published, requirePyTorch, sines } from "./models/problems/pytorch.js";

/** Terms, gradients and Hessian-vector products by PyTorch's autograd, from fixtures/pinnPipelines.py. */
const published: Record<string, Published> = JSON.parse(readFileSync("test/fixtures/pinnPipelines.json", "utf8"));

const within = (lower: number, upper: number, count: number, step: number) =>
  sines(count, step).map((s) => (lower + upper) / 2 + 0.45 * (upper - lower) * s);

/** The points of the script. Burgers has values at the first time; the others have them from a transform. */
function pointsOf(problem: PinnProblem): PinnPoints {
  const names = pinnVariables(problem);
  const bounds = (name: string) => problem.domain[name].map(boundValue) as [number, number];
  const inside = (count: number, steps: readonly number[]): Points =>
    Object.fromEntries(names.map((name, k) => [name, within(...bounds(name), count, steps[k])]));
  const face = (axis: string, side: 0 | 1): Points => ({
    ...inside(6, [1.7, 1.7]),
    [axis]: new Float64Array(6).fill(bounds(axis)[side]),
  });
  const space = names.filter((name) => name !== "t");
  const seen = inside(7, [0.7, 1.9]);
  const wave = (x: number, i: number) => Math.exp(-0.3 * seen.t[i]) * Math.sin(x - 2 * seen.t[i]);
  const starts = names.includes("t") && problem.initial !== "none";
  const initial = (): Points => {
    const first = face("t", 0);
    return { ...first, u: first.x.map((x) => -Math.sin(Math.PI * x)) };
  };
  return {
    ...(starts && { initial: initial() }),
    boundary:
      problem.boundary === "none"
        ? {}
        : Object.fromEntries(space.map((axis) => [axis, { lower: face(axis, 0), upper: face(axis, 1) }])),
    ...(problem.edge && { edge: { x: within(0, 1, 5, 1.3), y: within(0, 1, 5, 2.9) } }),
    ...(problem.data && { data: { ...seen, u: seen.x.map(wave) } }),
    collocation: inside(11, [1.1, 2.3]),
  };
}

const stages = await loadStages();
const problems = readdirSync("pipelines/pinns")
  .filter((name) => name.endsWith(".yaml"))
  .flatMap((file) => {
    const { steps } = plan(loadPipeline(`pipelines/pinns/${file}`), stages);
    return steps
      .filter(({ stage }) => stage === "model")
      .map(({ params, point }) => ({
        name: [file.replace(".yaml", ""), ...Object.values(point)].join(" "),
        problem: params.problem as PinnProblem,
        activation: (params.architecture as { activation: Activation }).activation,
      }));
  });

test("every problem of pipelines/pinns has been written for PyTorch, too", () => {
  assert.deepEqual(problems.map(({ name }) => name).sort(), Object.keys(published).sort());
});

for (const { name, problem, activation } of problems) {
  test(`${name}: PyTorch's loss with its terms, gradient and Hessian-vector product`, async () => {
    const expected = published[name];
    const widths = [networkInputs(problem).length, 6, 5, pinnOutputs(problem).length];
    const loss = lossFunction({ kind: "mlp", widths, activation }, problem, pointsOf(problem));
    const objective = await createObjective(loss, { dtype: "f64" });
    const coefficients = problem.unknowns ? [1.3, 0.4] : [];
    const weights = sines(loss.size - coefficients.length, 1.7).map((s) => 0.8 * s);
    const theta = Float64Array.of(...weights, ...coefficients);
    const found = await requirePyTorch(objective, theta, expected);
    const own = found.filter((term) => !/^(weight|coefficient)_/.test(term));
    assert.deepEqual(own, Object.keys(expected.terms));
    await objective.release();
  });
}
