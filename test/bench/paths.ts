/**
 * Paths between minima: `npm run bench -- paths`. Eight networks 784-60-40-10 (49,950 weights) learn 10,000 drawn
 * digits, and all 28 pairs are connected, until they converge, through the whole engine on two workers. Before that, in
 * one thread: how long a point of a path takes to be evaluated on all samples beside a point of a grid, as sample-grid
 * does it, and a gradient on a mini-batch. Processor time is told beside the time by the clock, which is longer where
 * the machine has other work.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeArtifact } from "../../src/artifact/artifactFile.js";
import type { ConnectedPath } from "../../src/landscape/paths/connectPath.js";
import { lossSurface } from "../../src/landscape/paths/lossSurface.js";
import { randomStream } from "../../src/linalg/random.js";
import { createModel } from "../../src/models/networks/architecture.js";
import { createObjective } from "../../src/models/problems/objective.js";
import { supervisedLoss } from "../../src/models/problems/supervisedLoss.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";

const SAMPLES = 10_000;
const POINTS = 24;
const BARS = { ratio: 0.7, seconds: 600 };
const widths = [784, 60, 40, 10];
const architecture = { kind: "mlp", widths, activation: "relu" } as const;
const problem: SupervisedProblem = {
  kind: "supervised",
  loss: "cross-entropy",
  labelSmoothing: 0,
  weightPenalty: 1e-4,
};

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
      epochs: 10
      seed: "\${seed}"
  paths:
    uses: connect-minima
    from: { minima: [model], data: data }
    with: { optimizer: adam, learningRate: 0.001, epochs: 60, growEvery: 2 }
publish: [paths]
`;

/** Seconds by the clock and of the processor. */
async function timed(work: () => Promise<unknown>): Promise<{ clock: number; busy: number }> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { clock: (performance.now() - start) / 1000, busy: (user + system) / 1e6 };
}

/** The best of five turns, in milliseconds of the processor a point; the kinds of work take turns. */
async function compare(kinds: Record<string, { points: number; work: () => Promise<unknown> }>) {
  const best = new Map<string, number>();
  for (let turn = 0; turn <= 5; turn++) {
    for (const [name, { points, work }] of Object.entries(kinds)) {
      const { busy } = await timed(work);
      // The first turn compiles.
      if (turn > 0) best.set(name, Math.min(best.get(name) ?? Infinity, (1000 * busy) / points));
    }
  }
  return Object.fromEntries(best);
}

async function rates(): Promise<void> {
  const random = randomStream(0, "bench");
  const inputs = Float32Array.from({ length: SAMPLES * widths[0] }, random.uniform);
  const targets = Float32Array.from({ length: SAMPLES }, () => random.integer(10));
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  const shape = { inputShape: [widths[0]], targetShape: [], classes, offset: [0], scale: [1] };
  const data = { task: "classification", inputs, targets, ...shape } as const;
  const loss = supervisedLoss(architecture, data, { ...problem, batchSize: 500 });
  const learning = { architecture, problem, data, batchSize: 150, seed: 0 };
  const objective = await createObjective(loss, { dtype: "f32" });
  const surface = await lossSurface(objective, { pointsPerRun: loss.pointsPerRun, dtype: "f32", learning });
  const points = Array.from({ length: POINTS }, (_, seed) => createModel(architecture).initialize(seed));
  const along = objective.lossAlong(points[0], [points[1], points[2]]);
  const coefficients = Float64Array.from({ length: 2 * POINTS }, random.uniform);
  const found = await compare({
    grid: { points: POINTS, work: () => along(coefficients) },
    path: { points: POINTS, work: () => surface.losses(points) },
    gradient: { points: 10 * POINTS, work: () => tenTimes((batch) => surface.gradients(points, 1, batch)) },
  });
  await surface.release();
  const ms = (name: string) => `${found[name].toFixed(2)} ms`;
  console.log(
    `a point on ${SAMPLES} samples: of a grid ${ms("grid")}, of a path ${ms("path")}; a gradient on 150: ${ms("gradient")}`,
  );
  const ratio = found.grid / found.path;
  console.log(
    `  speed of paths / speed of grids: ${ratio.toFixed(2)} (bar ${BARS.ratio}: ${ratio >= BARS.ratio ? "met" : "MISSED"})`,
  );
}

async function tenTimes(work: (k: number) => Promise<unknown>): Promise<void> {
  for (let k = 0; k < 10; k++) await work(k);
}

/** Runs the pipeline up to a stage in a process of its own; seconds by the clock and of the processor. */
async function cirque(folder: string, target: string): Promise<{ clock: number; busy: number }> {
  const cli = fileURLToPath(new URL("../../src/cli/main.js", import.meta.url));
  const start = performance.now();
  const child = spawn(process.execPath, [cli, "run", "bench.yaml", target, "-j", "2", "-q"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  let busy = Number.NaN;
  const watch = setInterval(() => {
    try {
      const [, fields] = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ");
      const [user, system] = fields.split(" ").slice(11, 13).map(Number);
      busy = (user + system) / 100;
    } catch {
      // Another system, or it has just ended.
    }
  }, 100);
  const [code] = await once(child, "exit");
  clearInterval(watch);
  if (code !== 0) throw new Error(`the pipeline ended with ${code}`);
  return { clock: (performance.now() - start) / 1000, busy };
}

async function connect(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "cirque-bench-"));
  try {
    writeFileSync(join(folder, "bench.yaml"), pipeline);
    await cirque(folder, "model");
    const { clock, busy } = await cirque(folder, "paths");
    const of = decodeArtifact(readFileSync(join(folder, "results/bench/tables/paths.arrow")));
    const paths = of.metadata.paths as (ConnectedPath & { points: number })[];
    const sum = (value: (path: ConnectedPath & { points: number }) => number) =>
      paths.reduce((total, path) => total + value(path), 0);
    const steps = sum(({ iterations }) => iterations);
    const points = sum((path) => path.points) / paths.length;
    const { lowestBarrier, highestBarrier, unconverged } = of.summary;
    console.log(
      `${paths.length} paths, ${steps} steps, ${points.toFixed(0)} points in the end, ${unconverged} unconverged`,
    );
    const straight = paths.map(({ straightBarrier }) => straightBarrier);
    const range = (low: number | string, high: number | string) =>
      `${Number(low).toPrecision(3)} to ${Number(high).toPrecision(3)}`;
    console.log(
      `  barriers ${range(lowestBarrier, highestBarrier)}, straight ${range(Math.min(...straight), Math.max(...straight))}`,
    );
    const verdict = (seconds: number) => (seconds <= BARS.seconds ? "met" : "MISSED");
    console.log(`  ${clock.toFixed(0)} s by the clock (bar ${BARS.seconds}: ${verdict(clock)})`);
    console.log(
      `  ${busy.toFixed(0)} s of the processor, ${(busy / 2).toFixed(0)} s on two free cores (${verdict(busy / 2)})`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const load = () => console.log(`load ${loadavg()[0].toFixed(1)}`);
load();
await rates();
await connect();
load();
