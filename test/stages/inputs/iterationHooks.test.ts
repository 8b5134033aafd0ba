import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, type ArtifactInPieces, artifact, wholeArtifact } from "../../../src/artifact/artifact.js";
import { encodeArtifact } from "../../../src/artifact/artifactFile.js";
import { createModel } from "../../../src/models/networks/architecture.js";
import type { Stage } from "../../../src/stage.js";
import { computeDirectionsStage } from "../../../stages/computeDirections.js";
import { hessianStage } from "../../../stages/hessian.js";
import { runStage } from "../runStage.js";

const architecture = { kind: "mlp", widths: [2, 4, 1], activation: "tanh" } as const;
const weights = createModel(architecture).initialize(1);
const model = artifact(
  "model",
  { step: Int32Array.of(0), loss: Float64Array.of(0), weights: { width: weights.length, values: weights } },
  {
    architecture,
    layout: createModel(architecture).layout,
    problem: {
      kind: "pinn",
      equation: "u_t + 2 * u_x",
      domain: { x: [0, "2*pi"], t: [0, 1] },
      grid: { x: 16, t: 8 },
      initial: "sin(x)",
      boundary: "periodic",
      collocation: { points: 20, seed: 0 },
    },
  },
);

/** Asserts that a stage which goes on from each `every`-th state ends with the bytes of one without a break. */
async function assertSameBytes(stage: Stage, params: Record<string, unknown>, every: number): Promise<void> {
  const states: Artifact[] = [];
  const save = (state: () => Artifact | ArtifactInPieces) => void states.push(wholeArtifact(state()));
  const whole = encodeArtifact(await runStage(stage, params, { model }, { resume: { load: () => undefined, save } }));
  assert.ok(states.length > every, `${states.length} states`);
  for (const state of states.filter((_, k) => k % every === 1)) {
    const again = await runStage(stage, params, { model }, { resume: { load: () => state, save: () => {} } });
    assert.deepEqual(encodeArtifact(again), whole);
  }
}

const none = { top: 0, bottom: 0, trace: false, density: false };

test("eigenvalues, trace and density go on from a state with the same bytes, the number of products included", async () => {
  await assertSameBytes(hessianStage, { ...none, top: 2 }, 4);
  await assertSameBytes(hessianStage, { ...none, trace: { tolerance: 0.2, minProbes: 4 } }, 4);
  await assertSameBytes(hessianStage, { ...none, density: { probes: 2, steps: 6, deflate: 2 } }, 4);
});

test("directions along eigenvectors go on from a state with the same bytes", () =>
  assertSameBytes(computeDirectionsStage, { method: "hessian", count: 2 }, 4));

test("the state of another task of the step is not taken", async () => {
  const states: Artifact[] = [];
  const save = (state: () => Artifact | ArtifactInPieces) => void states.push(wholeArtifact(state()));
  const of = (quantity: "top" | "bottom", resume = { load: (): Artifact | undefined => undefined, save }) =>
    runStage(hessianStage, { ...none, [quantity]: 1 }, { model }, { resume });
  await of("top");
  const alone = await of("bottom");
  assert.deepEqual(await of("bottom", { load: () => states[4], save: () => {} }), alone);
});
