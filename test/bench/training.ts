/**
 * Steps of training a second beside PyTorch's: an MLP (784-256-256-10, batch 128), ResNet-20 (32 px, batch 128) and a
 * UNet (128 px, batch 8, width 16, 3 levels), batch norms in train mode, SGD with momentum, f32; and iterations of
 * L-BFGS a second for the PINN of convection at 1 with 100 collocation points. `npm run bench -- training [names]`.
 *
 * Cirque and PyTorch (training_peer.py, 1 and 2 threads, where /usr/bin/python3 has torch) take turns. The figures are
 * medians; where others use the machine, PyTorch's on 2 threads fall by a factor of ten and more, and only those on 1
 * thread compare.
 *
 * `convection` is not among those that run unasked: the PINN of convection at 30 in f32 and f64, with iterations,
 * seconds and the losses by term, beside the published one (../shared/reference/pinn/checkpoints.json, another start
 * and other points).
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import type { Dataset } from "../../src/data/dataset.js";
import { randomStream } from "../../src/linalg/random.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import { initialState } from "../../src/models/networks/networkState.js";
import { lossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective } from "../../src/models/problems/objective.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { lbfgs } from "../../src/training/lbfgs.js";
import { type SupervisedTraining, trainSupervised } from "../../src/training/trainSupervised.js";
import { reference } from "../reference.js";

interface Training {
  readonly architecture: Architecture;
  readonly batch: number;
  readonly samples: number;
}

const trainings: Readonly<Record<string, Training>> = {
  mlp: {
    architecture: { kind: "mlp", widths: [784, 256, 256, 10], activation: "relu" },
    batch: 128,
    samples: 2048,
  },
  resnet20: {
    architecture: {
      ...{ kind: "resnet", image: [3, 32, 32], depth: 20, width: 16, classes: 10 },
      ...{ residual: true, batchNorm: true },
    },
    batch: 128,
    samples: 512,
  },
  unet: {
    architecture: {
      ...{ kind: "unet", image: [3, 128, 128], depth: 3, width: 16, classes: 3 },
      ...{ batchNorm: true, crf: false },
    },
    batch: 8,
    samples: 32,
  },
};

const bars: Readonly<Record<string, number>> = { mlp: 1, resnet20: 0.7, unet: 0.8, pinn: 2 };
const SECONDS = 3;

/** Steps a second of `train` on data in memory, between two reports of progress. */
async function train({ architecture, batch, samples }: Training): Promise<number> {
  const { inputs: width, outputShape } = createModel(architecture);
  const [classes, ...places] = outputShape;
  const random = randomStream(0, "training");
  const labels = places.reduce((product, length) => product * length, samples);
  const data: Dataset = {
    task: places.length > 0 ? "segmentation" : "classification",
    inputShape: "image" in architecture ? architecture.image : [width],
    targetShape: places,
    classes: Array.from({ length: classes }, (_, label) => `${label}`),
    inputs: Float32Array.from({ length: samples * width }, random.normal),
    targets: Uint8Array.from({ length: labels }, () => random.integer(classes)),
    offset: [0],
    scale: [1],
  };
  const times: number[] = [];
  const end = performance.now() + 1000 * SECONDS;
  let last = performance.now();
  const progress = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    if (times.length > 6 && now > end) throw ENOUGH;
  };
  const training: SupervisedTraining = {
    ...{ architecture, data, batchSize: batch, epochs: 1e6, dropLast: true, seed: 0, dtype: "f32" },
    problem: { kind: "supervised", loss: "cross-entropy", labelSmoothing: 0, weightPenalty: 0 },
    optimizer: { kind: "sgd", learningRate: 0.01, momentum: 0.9, nesterov: false, weightDecay: 0 },
    schedule: { kind: "constant", warmup: 0 },
    start: initialState(architecture, 0, "default"),
    isWanted: () => false,
  };
  await trainSupervised(training, { save: () => {}, progress }).catch((cause) => {
    if (cause !== ENOUGH) throw cause;
  });
  return 1000 / median(times.slice(2));
}

const ENOUGH = new Error("enough steps");

const pinnProblem = (beta: number): PinnProblem => ({
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 256, t: 100 },
  initial: "sin(x)",
  boundary: "periodic",
  collocation: { points: 100, seed: 0 },
});

/** Iterations a second once the memory of 50 pairs is full, in runs of 30. */
async function pinn(): Promise<number> {
  const architecture: Architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" };
  const loss = lossFunction(architecture, pinnProblem(1));
  const objective = await createObjective(loss, { dtype: "f32" });
  const times: number[] = [];
  let last = 0;
  await lbfgs(
    objective.lossAndGradient,
    createModel(architecture).initialize(0),
    { maxIterations: 360 },
    ({ iteration }) => {
      if (iteration < 60 || iteration % 30 !== 0) return;
      const now = performance.now();
      if (iteration > 60) times.push((now - last) / 30);
      last = now;
    },
  );
  await objective.release();
  return 1000 / median(times);
}

/** What `train` does for the published problem that is the hardest to learn. */
async function convection(): Promise<void> {
  const architecture: Architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" };
  const loss = lossFunction(architecture, pinnProblem(30));
  const row = (name: string, cells: readonly (string | number)[]) =>
    console.log(`${name.padEnd(10)}${cells.map((cell) => `${cell}`.padStart(12)).join("")}`);
  row("beta 30", ["iterations", "seconds", "loss", "initial", "boundary", "residual"]);
  for (const dtype of ["f32", "f64"] as const) {
    const objective = await createObjective(loss, { dtype });
    const start = performance.now();
    const found = await lbfgs(objective.lossAndGradient, createModel(architecture).initialize(0), {
      maxIterations: 15000,
    });
    const seconds = (performance.now() - start) / 1000;
    const terms = await objective.lossTerms(found.theta);
    const named = [terms.loss, terms.initial, terms.boundary, terms.residual];
    const losses = named.map(([value]) => value.toExponential(3));
    row(dtype, [found.iterations, seconds.toFixed(1), ...losses]);
    await objective.release();
  }
  const path = reference("pinn/checkpoints.json");
  if (path === undefined) return console.log("published: the reference data are absent");
  const all = JSON.parse(readFileSync(path, "utf8")) as Record<string, number>[];
  for (const { tag, lbfgs_iters: iterations, ...own } of all) {
    if (own.beta !== 30 || own.rho !== 0 || own.nu !== 0) continue;
    const losses = [own.loss, own.loss_u, own.loss_b, own.loss_f].map((value) => value.toExponential(3));
    row("published", [iterations, "–", ...losses, `${tag}`.replace(/^.*_/, "")]);
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** What training_peer.py prints; undefined where PyTorch is not installed. */
function peer(name: string, threads: number): number | undefined {
  if (!existsSync(PYTHON)) return undefined;
  const { status, stdout } = spawnSync(PYTHON, ["test/bench/training_peer.py", `${threads}`, name], {
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  const { median, plainBlas } = JSON.parse(stdout) as { median: number; plainBlas: boolean };
  hasPlainBlas ||= plainBlas;
  return median;
}

let hasPlainBlas = false;

const PYTHON = "/usr/bin/python3";

const chosen = process.argv.length > 2 ? process.argv.slice(2) : [...Object.keys(trainings), "pinn"];
for (const name of chosen) {
  if (name === "convection") {
    await convection();
    continue;
  }
  if (!Object.hasOwn(bars, name))
    throw new Error(`no training "${name}"; there are ${Object.keys(bars).join(", ")}, convection`);
  const own = () => (name === "pinn" ? pinn() : train(trainings[name]));
  const rates = [await own()];
  const peers = [peer(name, 1)];
  rates.push(await own());
  peers.push(peer(name, 2));
  const rate = Math.max(...rates);
  const others = peers.map((found) => found?.toFixed(2) ?? "–");
  const known = peers.filter((found) => found !== undefined);
  const ratio = known.length > 0 ? (rate / Math.max(...known)).toFixed(2) : "–";
  const samples = name === "pinn" ? "" : ` (${(rate * trainings[name].batch).toFixed(0)} samples/s)`;
  console.log(
    `${name}: ${rate.toFixed(2)} a second${samples}, PyTorch on 1 thread ${others[0]}, on 2 ${others[1]}; ` +
      `ratio ${ratio}, bar ≥ ${bars[name]}; load ${loadavg()[0].toFixed(1)}`,
  );
}
if (hasPlainBlas) {
  console.log(
    "PyTorch's matrix products came from the plain BLAS: no fair peer. Install libopenblas0-pthread and run again.",
  );
}
