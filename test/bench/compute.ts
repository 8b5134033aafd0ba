/**
 * How long a loss, its gradient and a Hessian–vector product take, beside PyTorch: `npm run bench -- compute [words]`
 * runs the networks whose names start with these words, by default all. Cirque computes as it does in a pipeline, in
 * two worker threads with one thread each in ONNX Runtime; milliseconds are medians, per result that leaves either
 * worker. PyTorch's best form of the same work runs in between, where /usr/bin/python3 has it and torch_peer.py lies in
 * CIRQUE_PEERS, else ../shared/peers.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { loadBackend } from "../../src/graph/backends/index.js";
import { input, matmul, slice, type Tensor } from "../../src/graph/functions.js";
import { type Dtype, schedule } from "../../src/graph/program.js";
import { sizeOf } from "../../src/graph/shape.js";
import { randomStream } from "../../src/linalg/random.js";
import { type LossFunction, lossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective, type Objective } from "../../src/models/problems/objective.js";

interface Network {
  readonly dtype: Dtype;
  readonly loss: () => LossFunction;
  /** The call of torch_peer.py, or of `script`, that does the same work. */
  readonly peer: string;
  readonly script?: string;
  /** Which of the script's figures count. Default: all. */
  readonly figures?: RegExp;
  /** What fraction of PyTorch's time is aimed at. */
  readonly bars?: Partial<Record<Work, number>>;
}

type Work = keyof typeof works;

const networks: Readonly<Record<string, Network>> = {
  "pinn 100": { ...pinn(100, "f32"), bars: { loss: 0.2, gradient: 0.45, product: 0.55 } },
  "pinn 1000": { ...pinn(1000, "f32"), bars: { loss: 0.25, gradient: 0.45, product: 0.55 } },
  "pinn 10000": pinn(10_000, "f32"),
  "pinn 1000 f64": pinn(1000, "f64"),
  "kdv 1000": { ...kdv(1000, "f32"), bars: { loss: 0.4, gradient: 0.4, product: 0.4 } },
  "kdv 1000 f64": { ...kdv(1000, "f64"), bars: { loss: 0.4, gradient: 0.4, product: 0.4 } },
  "kdv 1000 by hand": { ...kdv(1000, "f32"), figures: /taylor/ },
};

/**
 * A third-order equation with the same network and numbers of points. The bars are for PyTorch's autograd, nested as
 * users write it; "by hand" compares with Taylor series that kdv_peer.py propagates through the layers itself.
 */
function kdv(points: number, dtype: Dtype): Network {
  const loss = () =>
    lossFunction(
      { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" },
      {
        kind: "pinn",
        equation: "u_t + u*u_x + 0.0025*u_xxx",
        domain: { x: [-1, 1], t: [0, 1] },
        grid: { x: 256, t: 100 },
        initial: "cos(pi*x)",
        boundary: "periodic",
        collocation: { points, seed: 0 },
      },
    );
  const script = "test/bench/kdv_peer.py";
  const peer = dtype === "f32" ? `kdv(${points})` : `kdv(${points}, torch.float64)`;
  return { dtype, loss, peer, script, figures: /autograd/ };
}

/** Convection at 30 with 256 initial points, 100 of the boundary and some of collocation; tanh, 2-50-50-50-50-1. */
function pinn(points: number, dtype: Dtype): Network {
  const loss = () =>
    lossFunction(
      { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" },
      {
        kind: "pinn",
        equation: "u_t + beta * u_x",
        coefficients: { beta: 30 },
        domain: { x: [0, "2*pi"], t: [0, 1] },
        grid: { x: 256, t: 100 },
        initial: "sin(x)",
        boundary: "periodic",
        collocation: { points, seed: 0 },
      },
    );
  return { dtype, loss, peer: dtype === "f32" ? `pinn(${points})` : `pinn(${points}, torch.float64)` };
}

/** Losses that are asked for at once, as when sampling. */
const POINTS = 16;

/**
 * What is timed at given parameter points, how many results it gives, and which of PyTorch's figures it is compared to.
 */
const works = {
  loss: { results: POINTS, peer: /_loss/, run: (objective: Objective, points: Float64Array) => objective.loss(points) },
  gradient: {
    results: 1,
    peer: /_gradient$/,
    run: (objective: Objective, points: Float64Array) => objective.lossAndGradient(points.subarray(0, objective.size)),
  },
  product: {
    results: 1,
    peer: /_hessian_vector$/,
    run: ({ size, hessianVectorProduct }: Objective, points: Float64Array) =>
      hessianVectorProduct(points.subarray(0, size), points.subarray(size, 2 * size)),
  },
};

/** The side of the matrices whose product reaches what is called the machine's peak. */
const SIDE = 2048;

/** What worker threads do over and over. */
interface Job {
  readonly network?: string;
  readonly work: Work | "peak";
}

async function prepare({ network, work }: Job): Promise<() => Promise<unknown>> {
  if (network === undefined || work === "peak") {
    const [a, b] = ["a", "b"].map((name) => input(name, [SIDE, SIDE]));
    const program = { inputs: { a, b }, outputs: { row: slice(matmul(a, b), 0, 0, 1) } };
    const product = await (await loadBackend("onnxruntime")).compile(program, { dtype: "f32" });
    const values = Float32Array.from({ length: SIDE * SIDE }, randomStream(0, "matrix").normal);
    return () => product.run({ a: values, b: values });
  }
  const { loss, dtype } = networks[network];
  const objective = await createObjective(loss(), { dtype });
  const random = randomStream(0, "parameters");
  const points = Float64Array.from({ length: POINTS * objective.size }, () => 0.2 * random.normal());
  return () => works[work].run(objective, points);
}

const WARM_UP = 3;

/**
 * In a worker thread: prepares, says so, waits to be told for how many ms to work, answers with the times of the runs.
 */
async function workerThread(job: Job) {
  const run = await prepare(job);
  for (let i = 0; i < WARM_UP; i++) await run();
  parentPort!.once("message", async (duration: number) => {
    const times: number[] = [];
    const end = performance.now() + duration;
    for (let start = performance.now(), now: number; start < end || times.length < 3; start = now) {
      await run();
      now = performance.now();
      times.push(now - start);
    }
    parentPort!.postMessage(times);
  });
  parentPort!.postMessage("ready");
}

/** Runs a ms that so many threads, working at the same time, finish together, each at its median. */
async function throughput(job: Job, threads: number): Promise<number> {
  const workers = Array.from(
    { length: threads },
    () => new Worker(fileURLToPath(import.meta.url), { workerData: job }),
  );
  await Promise.all(workers.map((worker) => once(worker, "message")));
  for (const worker of workers) worker.postMessage(500);
  const answers = await Promise.all(workers.map((worker) => once(worker, "message")));
  return answers.reduce((sum, [times]) => sum + 1 / median(times), 0);
}

/** Floating-point operations of the loss in matrix products and convolutions, at one parameter point. */
function lossFlops({ size, terms }: LossFunction): number {
  const theta = input("theta", [1, size]);
  const { order } = schedule({ inputs: { theta }, outputs: { loss: terms(theta, {}).loss } });
  return order.reduce((sum, node) => sum + 2 * sizeOf(node.shape) * (factors[node.operator.name]?.(node) ?? 0), 0);
}

/** How many products are added up to one element of the result. */
const factors: Readonly<Record<string, (node: Tensor) => number>> = {
  matmul: ({ inputs: [a], attributes }) => a.shape.at("transposeA" in attributes && attributes.transposeA ? -2 : -1)!,
  conv2d: ({ inputs: [, weight] }) => sizeOf(weight.shape.slice(1)),
  // Each element of its operand goes to as many elements of the result.
  convInput: ({ shape, inputs: [y, weight] }) => (sizeOf(y.shape) * sizeOf(weight.shape.slice(1))) / sizeOf(shape),
};

/** Milliseconds a result that torch_peer.py prints for one call, by the name of the figure. */
async function pyTorch(call: string, threads: number, path = peerPath): Promise<Map<string, number>> {
  const script = "import runpy, sys; peer = runpy.run_path(sys.argv[2]); eval(sys.argv[3], peer)";
  const { stdout } = await promisify(execFile)(PYTHON, ["-c", script, String(threads), path, call]);
  const figures = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; ms: number });
  return new Map(figures.map(({ name, ms }) => [name, ms / Number(/_(\d+)_points$/.exec(name)?.[1] ?? 1)]));
}

const PYTHON = "/usr/bin/python3";
const peerPath = resolve(process.env.CIRQUE_PEERS ?? "../shared/peers", "torch_peer.py");

/** Why there is nothing to compare with, if so. */
async function withoutPyTorch(): Promise<string | undefined> {
  if (!existsSync(peerPath)) return `${peerPath} is absent`;
  return promisify(execFile)(PYTHON, ["-c", "import torch"]).then(
    () => undefined,
    () => `${PYTHON} has no torch (apt-get install python3-torch)`,
  );
}

/** Cirque, PyTorch on one thread, Cirque, PyTorch on two, Cirque: a line of the table for each work. */
async function compare(name: string, peak: number, compared: boolean) {
  const { loss, peer, bars, script, figures: counted = /./ } = networks[name];
  const rates = new Map<Work, number[]>();
  const peers: Map<string, number>[] = [];
  for (const threads of compared ? [1, 2, 0] : [0]) {
    for (const work of Object.keys(works) as Work[]) {
      rates.set(work, [...(rates.get(work) ?? []), await throughput({ network: name, work }, 2)]);
    }
    if (threads > 0) peers.push(await pyTorch(peer, threads, script));
  }
  for (const [work, runs] of rates) {
    const ms = 1 / (median(runs) * works[work].results);
    const best = peers.map((figures) =>
      Math.min(
        ...[...figures].flatMap(([figure, time]) =>
          works[work].peer.test(figure) && counted.test(figure) ? [time] : [],
        ),
      ),
    );
    const flops = lossFlops(loss()) / (1e6 * ms);
    print([
      name,
      work === "product" ? "Hessian–vector" : work,
      threeDigits(ms),
      ...[0, 1].map((i) => (i in best ? threeDigits(best[i]) : "–")),
      compared ? (ms / Math.min(...best)).toFixed(2) : "–",
      bars?.[work] === undefined ? "–" : `≤ ${bars[work]}`,
      work === "loss" ? `${flops.toFixed(0)} (${((100 * flops) / peak).toFixed(0)} %)` : "",
    ]);
  }
}

const threeDigits = (ms: number) => (ms < 100 ? ms.toPrecision(3) : ms.toFixed(0));

function print(cells: readonly string[]) {
  const widths = [14, 14, 10, 10, 10, 6, 7, 22];
  console.log(
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join(" ")
      .trimEnd(),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

async function main(prefix: string) {
  const chosen = Object.keys(networks).filter((name) => `${name} `.startsWith(prefix && `${prefix} `));
  if (chosen.length === 0) throw new Error(`no network "${prefix}"; there are ${Object.keys(networks).join(", ")}`);
  const reason = await withoutPyTorch();
  const gflops = async (threads: number) => (2 * SIDE ** 3 * (await throughput({ work: "peak" }, threads))) / 1e6;
  const peaks = [await gflops(1), await gflops(2)];
  const load = loadavg().map((average) => average.toFixed(1));
  console.log(`${cpus()[0].model}; load in the last 1, 5, 15 minutes: ${load.join(", ")}`);
  const [one, two] = peaks.map((peak) => peak.toFixed(0));
  console.log(`Matrix product of side ${SIDE} in f32: ${one} GFLOP/s on one thread, ${two} on two`);
  if (reason) console.log(`Without PyTorch: ${reason}`);
  console.log();
  print(["network", "work", "Cirque ms", "PyTorch 1", "PyTorch 2", "ratio", "bar", "GFLOP/s (of f32 peak)"]);
  for (const name of chosen) await compare(name, Math.max(...peaks), reason === undefined);
}

if (isMainThread) await main(process.argv.slice(2).join(" "));
else await workerThread(workerData as Job);
