import { type Artifact, artifact } from "../../src/artifact/artifact.js";
import { randomDirections } from "../../src/landscape/randomDirections.js";
import { createModel } from "../../src/models/networks/architecture.js";
import { lossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective } from "../../src/models/problems/objective.js";
import type { Source } from "../../src/stage.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { runStage } from "./runStage.js";

export const architecture = { kind: "mlp", widths: [2, 6, 1], activation: "tanh" } as const;

export const problem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: 1 },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 8, t: 4 },
  initial: "sin(x)",
  boundary: "periodic",
  collocation: { points: 10, seed: 0 },
} as const;

export const network = createModel(architecture);

export const loss = lossFunction(architecture, problem as never);

export const size = network.size;

export const start = network.initialize(0);

export const wiggles = randomDirections({ size, count: 4, seed: 9, distribution: "uniform" });

/** start + Σ aₖ·wiggleₖ */
export const away = (...a: number[]) => start.map((w, i) => w + a.reduce((sum, x, k) => sum + x * wiggles[k][i], 0));

/** A model artifact with these checkpoints. */
export async function modelOf(...checkpoints: Float64Array[]): Promise<Artifact> {
  const objective = await createObjective(loss, { dtype: "f64" });
  const values = Float64Array.from(checkpoints.flatMap((weights) => [...weights]));
  const losses = await objective.loss(values);
  await objective.release();
  return artifact(
    "model",
    { step: Int32Array.from(checkpoints, (_, k) => 10 * k), loss: losses, weights: { width: size, values } },
    { architecture, problem, layout: network.layout },
  );
}

export const directionsBy = (params: object, inputs: Record<string, Artifact | Source[]>) =>
  runStage(computeDirectionsStage, params, inputs);

export const sourcesOf = (models: Artifact[]): Source[] =>
  models.map((model, k) => ({ stage: `m${k}`, point: {}, artifact: () => model }));

export const labels = (directions: Artifact) => directions.metadata.labels as string[];
