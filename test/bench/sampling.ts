/**
 * How fast landscapes are sampled: `npm run bench -- sampling [words]` runs the cases whose names start with these
 * words, by default all. The PINN (2-50-50-50-50-1, tanh, 100 collocation points, f32) goes through the whole engine,
 * pieces, store and publication included, with one worker and with two: 41² and 41³ as they are, of 41⁴ a slab of 4 ×
 * 41³ points, a tenth, from which the time of the whole is extrapolated. For ResNet-20 on 512 random images, some of
 * the 41² points are computed in two threads, and the rest is extrapolated. Random weights: only the arithmetic counts.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { randomStream } from "../../src/linalg/random.js";
import { createModel } from "../../src/models/networks/architecture.js";
import type { ResnetArchitecture } from "../../src/models/networks/resnet.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { supervisedLoss } from "../../src/models/problems/supervisedLoss.js";

interface Case {
  readonly steps: readonly number[];
  /** How many points the landscape has that these stand for. */
  readonly whole?: number;
  /** Seconds that the whole may take on two workers, evaluations a second that it must reach. */
  readonly bars?: { readonly seconds: number; readonly rate: number };
}

const grids: Readonly<Record<string, Case>> = {
  "pinn 41²": { steps: [41, 41] },
  "pinn 41³": { steps: [41, 41, 41], bars: { seconds: 12, rate: 10_000 } },
  "pinn 41⁴": { steps: [41, 41, 41, 4], whole: 41 ** 4, bars: { seconds: 360, rate: 10_000 } },
};

const pipeline = (steps: readonly number[]) => `# A landscape of a physics-informed network.
name: sampling
stages:
  model:
    uses: train
    with:
      architecture: { kind: mlp, widths: [2, 50, 50, 50, 50, 1], activation: tanh }
      problem: { kind: pinn, equation: "u_t + beta * u_x", coefficients: { beta: 10 }, initial: "sin(x)" }
      optimizer: { kind: adam, iterations: 1 }
  directions: { uses: compute-directions, from: { model: model }, with: { method: hessian, count: ${steps.length} } }
  grid:
    uses: sample-grid
    from: { model: model, directions: directions }
    with: { steps: [${steps}], dtype: f32 }
`;

interface Measured {
  seconds: number;
  /** Processor time of all threads. */
  busy: number;
  /** Highest resident memory, bytes; where /proc tells it. */
  resident?: number;
}

const cli = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));

/** Runs a pipeline up to a stage in a process of its own. */
async function cirque(folder: string, jobs: number, target?: string): Promise<Measured> {
  const args = [cli, "run", "bench.yaml", ...(target ? [target] : []), "-j", String(jobs), "-q"];
  const start = performance.now();
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  let last: Partial<Measured> = {};
  const watch = setInterval(() => {
    last = { ...last, ...usage(child.pid!) };
  }, 100);
  const [code] = await once(child, "exit");
  clearInterval(watch);
  if (code !== 0) throw new Error(`${args.slice(1).join(" ")} ended with ${code}`);
  return { busy: Number.NaN, ...last, seconds: (performance.now() - start) / 1000 };
}

/** What /proc says of a process that runs; nothing on other systems, or once it has ended. */
function usage(pid: number): Partial<Measured> {
  try {
    const [, ...fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const [user, system] = fields[0].split(" ").slice(11, 13).map(Number);
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return { busy: (user + system) / 100, ...(peak && { resident: 1024 * Number(peak) }) };
  } catch {
    return {};
  }
}

async function sampleGrid(name: string, { steps, whole, bars }: Case): Promise<void> {
  const points = steps.reduce((product, count) => product * count, 1);
  const times: number[] = [];
  for (const jobs of [1, 2]) {
    const folder = mkdtempSync(join(tmpdir(), "cirque-bench-"));
    writeFileSync(join(folder, "bench.yaml"), pipeline(steps));
    await cirque(folder, jobs, "model");
    const directions = await cirque(folder, jobs, "directions");
    const grid = await cirque(folder, jobs, "grid");
    rmSync(folder, { recursive: true, force: true });
    times.push(grid.seconds);
    const scale = (whole ?? points) / points;
    report(name, jobs, {
      seconds: directions.seconds + scale * grid.seconds,
      rate: points / grid.seconds,
      busy: (1e6 * grid.busy) / points,
      resident: grid.resident,
      speedup: times[0] / grid.seconds,
      extrapolated: scale > 1,
      bars: jobs === 2 ? bars : undefined,
    });
  }
}

const IMAGES = 512;
const RESNET = "resnet-20 41²";

/**
 * In a worker thread: losses of ResNet-20 on random images until it is told to stop; answers how many it did in how
 * long.
 */
async function resnetThread(): Promise<void> {
  const architecture: ResnetArchitecture = {
    kind: "resnet",
    image: [3, 32, 32],
    depth: 20,
    width: 16,
    classes: 10,
    residual: true,
    batchNorm: true,
  };
  const { size, inputs, outputs, statistics: state, initialize } = createModel(architecture);
  const random = randomStream(0, "images");
  const samples = {
    inputs: Float32Array.from({ length: IMAGES * inputs }, random.normal),
    targets: Float32Array.from({ length: IMAGES }, () => random.integer(outputs)),
  };
  const statistics = state && Float64Array.from({ length: state.size }, () => 1);
  const options = { loss: "cross-entropy", batchSize: 16, statistics } as const;
  const objective = await createObjective(supervisedLoss(architecture, samples, options), { dtype: "f32" });
  const directions = [0, 1].map((k) => {
    const stream = randomStream(k, "direction");
    return Float64Array.from({ length: size }, () => 0.01 * stream.normal());
  });
  const losses = objective.lossAlong(initialize(0), directions);
  await losses(Float64Array.of(0, 0));
  parentPort!.once("message", async (count: number) => {
    const start = performance.now();
    for (let i = 0; i < count; i++) await losses(Float64Array.of(random.uniform(), random.uniform()));
    parentPort!.postMessage((performance.now() - start) / 1000 / count);
  });
  parentPort!.postMessage("ready");
}

async function sampleResnet(): Promise<void> {
  const rates: number[] = [];
  for (const jobs of [1, 2]) {
    const workers = Array.from({ length: jobs }, () => new Worker(fileURLToPath(import.meta.url)));
    await Promise.all(workers.map((worker) => once(worker, "message")));
    for (const worker of workers) worker.postMessage(12);
    const answers = await Promise.all(workers.map((worker) => once(worker, "message")));
    const rate = answers.reduce((sum, [each]) => sum + 1 / each, 0);
    rates.push(rate);
    const resident = process.resourceUsage().maxRSS * 1024;
    report(RESNET, jobs, { seconds: 41 ** 2 / rate, rate, resident, speedup: rate / rates[0], extrapolated: true });
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

interface Line {
  seconds: number;
  rate: number;
  busy?: number;
  resident?: number;
  speedup: number;
  extrapolated: boolean;
  bars?: Case["bars"];
}

function report(
  name: string,
  jobs: number,
  { seconds, rate, busy, resident, speedup, extrapolated, bars }: Line,
): void {
  const wanted = bars
    ? [`≥ ${bars.rate}/s`, "≥ 1.8×", ...(bars.seconds ? [`≤ ${bars.seconds} s`] : [])].join(", ")
    : "";
  print([
    name,
    String(jobs),
    `${extrapolated ? "≈ " : ""}${seconds.toFixed(1)}`,
    rate < 100 ? rate.toFixed(2) : rate.toFixed(0),
    busy === undefined ? "–" : busy.toFixed(0),
    resident === undefined ? "–" : (resident / 2 ** 20).toFixed(0),
    jobs === 1 ? "" : speedup.toFixed(2),
    wanted,
  ]);
}

function print(cells: readonly string[]): void {
  const widths = [14, 8, 10, 10, 12, 10, 9, 0];
  const line = cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(" ");
  console.log(line.trimEnd());
}

async function main(prefix: string): Promise<void> {
  const all = [...Object.keys(grids), RESNET];
  const chosen = all.filter((name) => name.startsWith(prefix));
  if (chosen.length === 0) throw new Error(`no case "${prefix}"; there are ${all.join(", ")}`);
  const load = loadavg().map((average) => average.toFixed(1));
  console.log(`${cpus()[0].model}; load in the last 1, 5, 15 minutes: ${load.join(", ")}`);
  console.log("Seconds: directions and grid, from the start of the program to the published files\n");
  print(["landscape", "workers", "seconds", "points/s", "µs CPU each", "peak MB", "speed-up", "  bars"]);
  for (const name of chosen) await (name === RESNET ? sampleResnet() : sampleGrid(name, grids[name]));
}

if (isMainThread) await main(process.argv.slice(2).join(" "));
else await resnetThread();
