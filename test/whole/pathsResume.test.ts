import { test } from "node:test";
import { assertKilledRunGoesOn } from "./killedRun.js";

const pipelineOf = (times: number) => `# Paths between networks that learnt two moons.
name: moons
matrix: { seed: [0, 1] }
stages:
  data: { uses: load-data, with: { name: two-moons, count: 1000, noise: 0.2 } }
  model:
    uses: train
    from: { data: data }
    with:
      architecture: { kind: mlp, widths: [2, 16, 16, 2], activation: relu }
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: adam, learningRate: 0.01 }
      epochs: 5
      seed: "\${seed}"
  paths:
    uses: connect-minima
    from: { minima: [model], data: data }
    with: { learningRate: 0.001, epochs: ${600 * times}, growEvery: 20, patience: 600 } # goes on to its end, past two saved states
`;

test("paths that are killed with -9 end with the bytes of those that are left alone, at -j 1 and -j 2", () =>
  assertKilledRunGoesOn(pipelineOf, "connect-minima", ["model"], 2));
