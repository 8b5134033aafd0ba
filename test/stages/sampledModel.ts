import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { trainStage } from "../../stages/train.js";
import { runStage } from "./runStage.js";

export const problem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: 1 },
  initial: "sin(x)",
  grid: { x: 16, t: 8 },
  collocation: { points: 20 },
};

export const trained = runStage(trainStage, {
  architecture: { kind: "mlp", widths: [2, 20, 20, 1] },
  problem,
  optimizer: { kind: "lbfgs", maxIterations: 30 },
});

export async function around(count: number) {
  const model = await trained;
  return { model, directions: await runStage(computeDirectionsStage, { method: "random", count }, { model }) };
}
