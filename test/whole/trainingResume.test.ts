import { test } from "node:test";
import { assertKilledRunGoesOn } from "./killedRun.js";

const pipelineOf = (times: number) => `# A network that learns two moons.
name: moons
stages:
  train: { uses: load-data, with: { name: two-moons, count: 1000, noise: 0.2 } }
  test: { uses: load-data, with: { name: two-moons, count: 200, noise: 0.2, split: test } }
  model:
    uses: train
    from: { data: train, validation: test }
    with:
      architecture: { kind: mlp, widths: [2, 64, 64, 2], activation: relu }
      problem: { kind: supervised, loss: cross-entropy }
      optimizer: { kind: adam, learningRate: 0.001 }
      schedule: { kind: cosine }
      epochs: ${400 * times}
      batchSize: 50
      checkpoints: { every: 100 }
`;

test("a training that is killed with -9, up to three times, ends with the bytes of one that is left alone, at -j 1 and -j 2", () =>
  assertKilledRunGoesOn(pipelineOf, "train", ["train", "test"], 3));
