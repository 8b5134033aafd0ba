/**
 * Paths between minima: `npm run bench -- paths`. Eight networks 64-190-190-10 (50,550 weights) learn 10,000 samples of ten classes, and all 28
 * pairs are connected, through the whole engine on two workers. Then, in one thread, how fast points of a path are evaluated on all
 * samples beside as many points of a grid (sample-grid's way), and how many gradients a second mini-batches give.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeArtifact } from "../../src/artifact.js";
import { lossSurface } from "../../src/landscape/paths/lossSurface.js";
import { randomStream } from "../../src/linalg/random.js";
import { createModel } from "../../src/models/model.js";
import { createObjective } from "../../src/models/objective.js";
import { supervisedLoss } from "../../src/models/supervisedLoss.js";
import type { SupervisedProblem } from "../../src/models/supervisedProblem.js";

const SAMPLES = 10_000;
const BATCH = 500;
const widths = [64, 190, 190, 10];
const architecture = { kind: "mlp", widths, activation: "relu" } as const;
const problem: SupervisedProblem = { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 1e-4 };

const pipeline = `# Barriers between eight networks.
name: bench
matrix: { seed: [0, 1, 2, 3, 4, 5, 6, 7] }
stages:
  data: { uses: load-data, with: { name: digits, count: ${SAMPLES} } }
  model:
    uses: train
    from: { data: data }
    with:
      architecture: { kind: mlp, widths: [${widths}], activation: relu }
      problem: { kind: supervised, loss: cross-entropy, weightPenalty: 0.0001 }
      optimizer: { kind: adam, learningRate: 0.001 }
      epochs: 15
      seed: "\${seed}"
  paths:
    uses: connect-minima
    from: { minima: [model], data: data }
    with: { learningRate: 0.1, epochs: 60, growEvery: 2 }
publish: [paths]
`;
