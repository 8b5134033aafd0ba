/**
 * Losses of the PINN of METHODS §3 (convection at 10, 7,851 parameters, 100 collocation points) that a PyTorch process
 * answers: how many points a second come through the protocol, beside the same network in PyTorch point by point, as
 * Landscaper computes them (external_peer.py), and in Cirque's own graph. The losses of all are compared. The ratio is
 * one of processor time, Cirque's and the process's together, which others on the machine disturb less.
 * `npm run bench -- external`; needs /usr/bin/python3 with PyTorch.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpy, writeNpz } from "../../src/files/writeNpy.js";
import { randomStream } from "../../src/linalg/random.js";
import { connect } from "../../src/models/external/connection.js";
import { externalObjective } from "../../src/models/external/externalObjective.js";
import { greet } from "../../src/models/external/hello.js";
import { createModel } from "../../src/models/networks/architecture.js";
import { lossFunction } from "../../src/models/problems/lossFunction.js";
import { createObjective, type Objective } from "../../src/models/problems/objective.js";
import type { PinnProblem, Points } from "../../src/models/problems/pinn.js";
import { pinnPoints } from "../../src/models/problems/pinnPoints.js";

const PYTHON = "/usr/bin/python3";
const PEER = "test/bench/external_peer.py";
const BETA = 10;
/** Points on the sides of the square that is sampled. */
const SIDE = 21;
const BAR = 3;

const architecture = { kind: "mlp", widths: [2, 50, 50, 50, 50, 1], activation: "tanh" } as const;
const problem: PinnProblem = {
  kind: "pinn",
  equation: "u_t + beta * u_x",
  coefficients: { beta: BETA },
  domain: { x: [0, "2*pi"], t: [0, 1] },
  grid: { x: 256, t: 100 },
  initial: "sin(x)",
  boundary: "periodic",
  collocation: { points: 100, seed: 0 },
};

/** What the peer computes with: points in rows of x and t. */
async function pointsFile(folder: string): Promise<string> {
  const { initial, boundary, collocation } = pinnPoints(problem);
  const rows = ({ x, t }: Points) =>
    writeNpy(
      Float64Array.from({ length: 2 * x.length }, (_, i) => (i % 2 ? t : x)[i >> 1]),
      [x.length, 2],
    );
  const u = initial?.u ?? new Float64Array(0);
  const path = join(folder, "points.npz");
  const arrays = [
    ["initial", rows(initial as Points)],
    ["u", writeNpy(u, [u.length])],
    ["lower", rows(boundary.x.lower)],
    ["upper", rows(boundary.x.upper)],
    ["collocation", rows(collocation)],
    ["beta", writeNpy(Float64Array.of(BETA), [1])],
  ] as const;
  writeFileSync(path, await writeNpz(arrays));
  return path;
}

interface Measured {
  losses: ArrayLike<number>;
  seconds: number;
  /** Processor time of all that took part. */
  busy: number;
}

const { layout, size, initialize } = createModel(architecture);
const center = initialize(0);
const directions = [1, 2].map((seed) => {
  const random = randomStream(seed, "direction");
  return Float64Array.from({ length: size }, () => 0.1 * random.normal());
});
const coefficients = Float64Array.from({ length: 2 * SIDE ** 2 }, (_, i) => {
  const place = i % 2 === 0 ? (i >> 1) % SIDE : Math.floor((i >> 1) / SIDE);
  return (2 * place) / (SIDE - 1) - 1;
});

async function sampled(objective: Objective): Promise<Measured> {
  const at = objective.lossAlong(center, directions);
  await at(coefficients.subarray(0, 32));
  const [clock, busy] = [performance.now(), busySeconds()];
  const { loss } = await at(coefficients);
  return { losses: loss, seconds: (performance.now() - clock) / 1000, busy: busySeconds() - busy };
}

/**
 * Processor time of this process and of those that it has started, which have sessions of their own; /proc tells it.
 */
function busySeconds(): number {
  const stats = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [[name, ...(readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1] ?? "").split(" ")]];
      } catch {
        return [];
      }
    });
  const sessions = stats.filter(([, , parent]) => Number(parent) === process.pid).map(([pid]) => pid);
  const own = stats.filter(([pid, , , , session]) => Number(pid) === process.pid || sessions.includes(session));
  return own.reduce((sum, fields) => sum + (Number(fields[12]) + Number(fields[13])) / 100, 0);
}

/** By a process that takes at most `batch` points at once. */
async function answered(points: string, how: string, dtype: "f32" | "f64", batch = 32): Promise<Measured> {
  const log = (text: string) => process.stderr.write(text);
  const command = `${PYTHON} ${PEER} '${points}' ${how}`;
  const connection = connect({ command, folder: process.cwd(), timeout: 600, log, watch: () => {} });
  const hello = await greet(connection, dtype);
  const options = { dtype, differences: false, tolerance: 1e-6, log };
  const objective = externalObjective(connection, { ...hello, batch: Math.min(batch, hello.batch) }, options);
  try {
    return await sampled(objective);
  } finally {
    await connection.release();
  }
}

async function inGraph(dtype: "f32" | "f64"): Promise<Measured> {
  const objective = await createObjective(lossFunction(architecture, problem), { dtype });
  const found = await sampled(objective);
  await objective.release();
  return found;
}

/** By the peer without Cirque. */
async function alone(folder: string, points: string, dtype: "f32" | "f64"): Promise<Measured> {
  const typed = (values: Float64Array) => (dtype === "f32" ? Float32Array.from(values) : values);
  const path = join(folder, "span.npz");
  const both = Float64Array.of(...directions[0], ...directions[1]);
  const arrays = [
    ["center", writeNpy(typed(center), [size])],
    ["directions", writeNpy(typed(both), [2, size])],
    ["coefficients", writeNpy(coefficients, [SIDE ** 2, 2])],
  ] as const;
  writeFileSync(path, await writeNpz(arrays));
  const { status, stdout, stderr } = spawnSync(PYTHON, [PEER, points, "alone", path], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (x, i) => Math.abs(x - b[i]) / Math.abs(b[i])).reduce((most, x) => Math.max(most, x));

const folder = mkdtempSync(join(tmpdir(), "cirque-bench-"));
const points = await pointsFile(folder);
console.log(`${SIDE}² points, ${layout.length} tensors; load ${loadavg()[0].toFixed(1)}`);
const exact = (await inGraph("f64")).losses;
for (const dtype of ["f32", "f64"] as const) {
  const found = {
    "PyTorch, point by point": await alone(folder, points, dtype),
    "a process, one at a time": await answered(points, "serve", dtype, 1),
    "a process, vmap of 32": await answered(points, "serve", dtype),
    "a process, products of 32": await answered(points, "batched", dtype),
    "Cirque's graph": await inGraph(dtype),
  };
  const slow = found["PyTorch, point by point"].busy;
  for (const [name, { losses, seconds, busy }] of Object.entries(found)) {
    const rate = (losses.length / seconds).toFixed(0).padStart(7);
    const each = ((1e6 * busy) / losses.length).toFixed(0).padStart(6);
    const error = apart(losses, exact).toExponential(1);
    console.log(
      `${dtype} ${name.padEnd(26)}${rate} points/s ${each} µs CPU each, ${(slow / busy).toFixed(2)}; error ≤ ${error}`,
    );
  }
  const ratio = slow / found["a process, products of 32"].busy;
  console.log(`  batching: ${ratio.toFixed(2)} (bar ${BAR}: ${ratio >= BAR ? "met" : "MISSED"})`);
}
rmSync(folder, { recursive: true });
