import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "../../src/artifact/artifact.js";
import { normalizeDirection } from "../../src/landscape/normalization.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { modelWithLoss } from "../../stages/inputs/modelAtPorts.js";
import { sharpnessStage } from "../../stages/sharpness.js";
import { modelOf } from "./modelOnData.js";
import { runStage } from "./runStage.js";
import { model } from "./tinyPinn.js";

test("one row: the first step of SAM is a step along the gradient, the basin ends at its level", async () => {
  const of = await model();
  const table = await runStage(sharpnessStage, { directions: 3, rise: 4, rho: 0.02 }, { model: of });
  const value = (name: string) => numbers(table, name)[0];
  const { loss, weights } = modelWithLoss(of);
  const objective = await createObjective(loss, { dtype: "f64" });
  const start = await objective.lossAndGradient(weights);
  const length = Math.hypot(...start.gradient);
  const [there] = await objective.loss(weights.map((w, i) => w + (0.02 * start.gradient[i]) / length));
  assert.ok(Math.abs(value("samFirstStep") / (there - start.loss) - 1) < 1e-9);
  assert.ok(value("samSharpness") >= value("samFirstStep"));
  assert.ok(value("asamSharpness") > 0 && value("epsilonSharpness") > 0);

  const options = { method: "filter", ignore: ["bias", "norm"] } as const;
  const drawn = randomDirections({ size: weights.length, count: 3, seed: 0, distribution: "normal" });
  let narrowest = Infinity;
  let curvature = 0;
  for (const raw of drawn) {
    const { direction } = normalizeDirection(raw, weights, loss.layout, options);
    const product = await objective.hessianVectorProduct(weights, direction);
    curvature += direction.reduce((sum, d, i) => sum + d * product[i], 0) / 3;
    const { loss: line } = await objective.lossAlong(weights, [direction])(
      Float64Array.from({ length: 2001 }, (_, i) => (i - 1000) / 1000),
    );
    for (let i = 0; i <= 1000; i++) {
      if (Math.max(line[1000 - i], line[1000 + i]) >= 4 * start.loss) {
        narrowest = Math.min(narrowest, i / 1000);
        break;
      }
    }
  }
  assert.ok(Math.abs(value("filterCurvature") / curvature - 1) < 1e-9);
  assert.ok(Math.abs(value("basinNarrowest") - narrowest) <= 0.01 * narrowest + 0.002, `${narrowest}`);
  await objective.release();
  const level = await runStage(sharpnessStage, { directions: 3, level: 4 * start.loss, rho: 0.02 }, { model: of });
  assert.equal(numbers(level, "basinWidth")[0], value("basinWidth"), "the level as a loss");
  const both = sharpnessStage.check?.({ rise: 3, level: 1 } as never);
  assert.match(both?.[0].message ?? "", /has no effect, because level gives the level of the basin/);
});

/** A function at a point where its gradient may be zero. */
async function atOrigin(loss: string, params: object) {
  const of = modelOf({ kind: "parameters", names: ["x", "y"] }, { kind: "function", loss } as never, [
    new Float64Array(2),
  ]);
  const said: string[] = [];
  const log = (text: string) => said.push(text);
  const table = await runStage(sharpnessStage, params, { model: of }, { log });
  return { value: (name: string) => numbers(table, name)[0], said: said.join("") };
}

test("a model without a gradient or a basin has its other measures, and a warning tells what is missing", async () => {
  const { value, said } = await atOrigin("x^2 + 25*y^2", { rho: 0.1, directions: 4 });
  assert.ok(Math.abs(value("samSharpness") / (25 * 0.01) - 1) < 1e-6, `${value("samSharpness")}`);
  assert.equal(value("samFirstStep"), 0);
  assert.ok(Math.abs(value("epsilonSharpness") / (100 * 26 * 1e-6) - 1) < 1e-6);
  assert.ok(Number.isNaN(value("basinWidth")) && Number.isNaN(value("basinNarrowest")));
  assert.match(said, /basinWidth is missing: no multiple of the loss at the model, 0, lies above it; set level/);
  const below = await atOrigin("x^2 + y^2 - 2", { directions: 2 });
  assert.match(below.said, /epsilonSharpness is missing: it is defined for losses above -1/);
  await assert.rejects(
    atOrigin("5 + x^2 + y^2", { level: 5 }),
    /level is 5, but the loss at the model is 5; expected more/,
  );
});

test("the schema's examples run, and the same seed gives the same row", async () => {
  const of = await model();
  for (const example of schemaOf("sharpness").examples as object[]) {
    const [one, two] = [
      await runStage(sharpnessStage, example, { model: of }),
      await runStage(sharpnessStage, example, { model: of }),
    ];
    assert.deepEqual(one, two);
  }
});
