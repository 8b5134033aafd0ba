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

interface Published {
  terms: Record<string, number>;
  loss: number;
  gradient: number[];
  product: number[];
}

/** Terms, gradients and Hessian-vector products by PyTorch's autograd, from fixtures/pinnPipelines.py. */
const published: Record<string, Published> = JSON.parse(readFileSync("test/fixtures/pinnPipelines.json", "utf8"));

const sines = (count: number, step: number) => Float64Array.from({ length: count }, (_, i) => Math.sin(i * step));
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

const relative = (a: ArrayLike<number>, b: readonly number[]) =>
  Math.hypot(...b.map((value, i) => a[i] - value)) / Math.hypot(...b);

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
    const { loss: total, ...terms } = await objective.lossTerms(theta);
    const own = Object.keys(terms).filter((term) => !/^(weight|coefficient)_/.test(term));
    assert.deepEqual(own, Object.keys(expected.terms));
    for (const [term, value] of Object.entries(expected.terms)) {
      assert.ok(Math.abs(terms[term][0] - value) <= 1e-10 * value, `${term}: ${terms[term][0]} instead of ${value}`);
    }
    assert.ok(Math.abs(total[0] - expected.loss) <= 1e-10 * expected.loss);
    const { gradient } = await objective.lossAndGradient(theta);
    assert.ok(relative(gradient, expected.gradient) <= 1e-10, `gradient: ${relative(gradient, expected.gradient)}`);
    const product = await objective.hessianVectorProduct(theta, sines(loss.size, 0.9));
    assert.ok(relative(product, expected.product) <= 1e-10, `product: ${relative(product, expected.product)}`);
    await objective.release();
  });
}
