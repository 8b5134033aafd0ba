import assert from "node:assert/strict";
import { test } from "node:test";
import { createModel } from "../../../src/models/networks/architecture.js";
import { lossFunction } from "../../../src/models/problems/lossFunction.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import type { PinnProblem } from "../../../src/models/problems/pinn.js";
import { residualSizes } from "../../../src/models/problems/residualSizes.js";
import { withUnknowns } from "../../../src/models/problems/trainedLayout.js";
import { sines } from "./pytorch.js";

const base = { kind: "pinn", boundary: "none", initial: "none", collocation: { points: 1, seed: 0 } } as const;
const problems: Record<string, PinnProblem> = {
  "a heat equation": {
    ...{ ...base, equation: "u_t - u_xx/3 + sin(x)", domain: { x: [-1, 1], t: [0, 1] }, grid: { x: 4, t: 4 } },
    transform: "x + t*N",
  },
  "a network of waves": {
    ...{ ...base, equation: "u_tt - u_xx + u", domain: { x: [0, 1], t: [0, 1] }, grid: { x: 4, t: 4 } },
    features: ["sin(2*pi*x)", "cos(2*pi*x)", "t"],
  },
  "an inverse problem": {
    ...{ ...base, equation: "u_t = nu*u_xx", domain: { x: [-1, 1], t: [0, 1] }, grid: { x: 4, t: 4 } },
    ...{ unknowns: { nu: 0.3 }, points: { data: { x: [0], t: [0], u: [1] } } },
  },
  "a system in a region": {
    ...{ ...base, outputs: ["u", "v"], domain: { x: [-1, 1], y: [-1, 1] }, grid: { x: 4, y: 4 } },
    ...{ equation: { one: "u_x = v_y", two: "u*v_x - v_yy" }, inside: "x < 0.5", edge: "u = 0" },
    weights: { residual_one: 3, boundary: 5 },
  },
};

for (const [name, problem] of Object.entries(problems)) {
  test(`${name}: the square of a size is the part of a point in the loss`, async () => {
    const variables = Object.keys(problem.domain);
    const widths = [problem.features?.length ?? variables.length, 6, 5, problem.outputs?.length ?? 1];
    const architecture = { kind: "mlp", widths, activation: "tanh" } as const;
    const start = createModel(architecture)
      .initialize(0)
      .map((w) => 2 * w);
    const theta = withUnknowns(start, architecture, problem);
    // More than one run of the program, and a remainder.
    const points = Object.fromEntries(variables.map((at, i) => [at, sines(5000, 1.1 + i)]));
    for (const [dtype, tolerance] of [["f64", 1e-12] as const, ["f32", 1e-4] as const]) {
      const residuals = await residualSizes(architecture, problem, dtype);
      const sizes = await residuals.at(theta, points);
      await residuals.release();
      assert.equal(sizes.length, 5000);
      for (const i of [0, 1, 4095, 4096, 4999]) {
        const own = Object.fromEntries(variables.map((at) => [at, [points[at][i]]]));
        const single = { ...problem, points: { ...problem.points, collocation: own } };
        const objective = await createObjective(lossFunction(architecture, single), { dtype: "f64" });
        const terms = await objective.lossTerms(theta);
        await objective.release();
        const parts = Object.keys(terms).filter((term) => term.startsWith("residual"));
        const weight = (term: string) => problem.weights?.[term] ?? 1;
        const wanted = Math.sqrt(parts.reduce((sum, term) => sum + weight(term) * terms[term][0], 0));
        assert.ok(Math.abs(sizes[i] - wanted) < tolerance * (1 + wanted), `${dtype} ${i}: ${sizes[i]} ${wanted}`);
      }
    }
  });
}
