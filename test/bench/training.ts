/**
 * Steps of training a second beside PyTorch's: an MLP (784-256-256-10, batch 128), ResNet-20 (32 px, batch 128) and a UNet
 * (128 px, batch 8, width 16, 3 levels), batch norms in train mode, SGD with momentum, f32; and iterations of L-BFGS a second
 * for the PINN of convection at 1 with 100 collocation points. `npm run bench -- training [names]`.
 *
 * Cirque and PyTorch (training_peer.py, 1 and 2 threads, where /usr/bin/python3 has torch) take turns. The figures are medians;
 * where others use the machine, PyTorch's on 2 threads fall by a factor of ten and more, and only those on 1 thread compare.
 *
 * Using a second core, ONNX Runtime 1.30, AVX2, a machine that others use. Threads of the runtime: 2 that spin while they wait
 * take 0.6 of the time of 1 for ResNet-20 and the UNet at best, but three times the time of 1 for the MLP when the cores are
 * busy (median); 2 that do not spin 0.7 for the large networks, 1.0 for the MLP. 1 to 4 threads gave the same losses and batch
 * statistics, but not the same gradients (MLP: 1 differs from 2; UNet: 4 from 1 to 3). So their number must not be taken from
 * the machine or from how many trainings run. Cirque trains with 1, so that two trainings at once have a core each.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { loadBackend } from "../../src/graph/backends/index.js";
import { gradient } from "../../src/graph/differentiate.js";
import { input } from "../../src/graph/functions.js";
import { lbfgs } from "../../src/landscape/lbfgs.js";
import { randomStream } from "../../src/linalg/random.js";
import { lossFunction } from "../../src/models/lossFunction.js";
import { type Architecture, createModel } from "../../src/models/model.js";
import { createObjective } from "../../src/models/objective.js";
import { supervisedLoss } from "../../src/models/supervisedLoss.js";

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

/** Steps a second: a shuffled batch is gathered as columns, its gradient computed, the weights moved. */
async function train({ architecture, batch, samples }: Training): Promise<number> {
  const model = createModel(architecture);
  const { inputs: width, outputShape, size, state } = model;
  const places = outputShape.slice(1).reduce((product, length) => product * length, 1);
  const random = randomStream(0, "training");
  const inputs = Float32Array.from({ length: samples * width }, random.normal);
  const targets = Float32Array.from({ length: samples * places }, () => random.integer(outputShape[0]));
  const columns = { inputs: new Float32Array(width * batch), targets: new Float32Array(places * batch) };
  const loss = supervisedLoss(architecture, columns, { loss: "cross-entropy", statistics: "recomputed" });
  const theta = input("theta", [1, size]);
  const fed = Object.fromEntries(
    Object.entries(loss.batches[0].feeds).map(([name, { shape }]) => [name, input(name, shape)]),
  );
  const value = loss.terms(theta, fed).loss;
  const statistics = state && { statistics: state.recompute(theta, fed.inputs) };
  const outputs = { loss: value, gradient: gradient(value, [theta])[0], ...statistics };
  const { compile } = await loadBackend("onnxruntime");
  const executable = await compile({ inputs: { theta, ...fed }, outputs }, { dtype: "f32" });

  const weights = model.initialize(0);
  const rounded = new Float32Array(size);
  const velocity = new Float64Array(size);
  const perEpoch = Math.floor(samples / batch);
  const times: number[] = [];
  let order = random.sample(samples, samples);
  for (let step = 0, end = performance.now() + 1000 * SECONDS; step < 5 || performance.now() < end; step++) {
    if (step % perEpoch === 0) order = random.sample(samples, samples);
    const start = performance.now();
    const first = batch * (step % perEpoch);
    gather(inputs, width, order, first, batch, columns.inputs);
    gather(targets, places, order, first, batch, columns.targets);
    rounded.set(weights);
    const { gradient } = await executable.run({ theta: rounded, ...columns });
    for (let i = 0; i < size; i++) {
      velocity[i] = 0.9 * velocity[i] + gradient[i];
      weights[i] -= 0.01 * velocity[i];
    }
    if (step >= 2) times.push(performance.now() - start);
  }
  await executable.release();
  return 1000 / median(times);
}

function gather(
  rows: Float32Array,
  width: number,
  order: ArrayLike<number>,
  first: number,
  count: number,
  into: Float32Array,
) {
  for (let k = 0; k < width; k++) {
    for (let b = 0; b < count; b++) into[k * count + b] = rows[order[first + b] * width + k];
  }
}

/** Iterations a second once the memory of 50 pairs is full, in runs of 30. */
async function pinn(): Promise<number> {
  const architecture: Architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" };
  const loss = lossFunction(architecture, {
    kind: "pinn",
    equation: "u_t + beta * u_x",
    coefficients: { beta: 1 },
    domain: { x: [0, "2*pi"], t: [0, 1] },
    grid: { x: 256, t: 100 },
    initial: "sin(x)",
    boundary: "periodic",
    collocation: { points: 100, seed: 0 },
  });
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

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** What training_peer.py prints; undefined where PyTorch is not installed. */
function peer(name: string, threads: number): number | undefined {
  if (!existsSync(PYTHON)) return undefined;
  const { status, stdout } = spawnSync(PYTHON, ["test/bench/training_peer.py", `${threads}`, name], {
    encoding: "utf8",
  });
  return status === 0 ? (JSON.parse(stdout) as { median: number }).median : undefined;
}

const PYTHON = "/usr/bin/python3";

const chosen = process.argv.length > 2 ? process.argv.slice(2) : [...Object.keys(trainings), "pinn"];
for (const name of chosen) {
  if (!Object.hasOwn(bars, name)) throw new Error(`no training "${name}"; there are ${Object.keys(bars).join(", ")}`);
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
