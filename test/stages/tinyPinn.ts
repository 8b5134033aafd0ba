import type { Artifact } from "../../src/artifact/artifact.js";
import { trainStage } from "../../stages/train.js";
import { runStage } from "./runStage.js";

export const tiny = {
  architecture: { kind: "mlp", widths: [2, 7, 1] },
  problem: {
    kind: "pinn",
    equation: "u_t + beta * u_x",
    coefficients: { beta: 1 },
    initial: "sin(x)",
    exact: "sin(x - beta * t)",
    grid: { x: 16, t: 8 },
    collocation: { points: 20 },
  },
};

export let trained: Promise<Artifact> | undefined;

export const model = () => {
  trained ??= runStage(trainStage, { ...tiny, optimizer: { kind: "lbfgs", maxIterations: 200 } });
  return trained;
};
