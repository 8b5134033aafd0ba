/**
 * Losses of the PINN of METHODS §3 (convection at 10, 7,851 parameters, 100 collocation points) that a PyTorch process
 * answers: how many points a second come through the protocol with 16 points at once and one at a time, beside the same
 * network in PyTorch point by point (external_peer.py) and in Cirque's own graph. One thread each. The losses of all
 * are compared. `npm run bench -- external`; needs /usr/bin/python3 with PyTorch.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
  /** Points a second. */
  rate: number;
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
  const start = performance.now();
  const { loss } = await at(coefficients);
  return { losses: loss, rate: (1000 * loss.length) / (performance.now() - start) };
}

/** By a process that takes at most `batch` points at once. */
async function answered(points: string, dtype: "f32" | "f64", batch: number): Promise<Measured> {
  const log = (text: string) => process.stderr.write(text);
  const command = `${PYTHON} ${PEER} '${points}' serve`;
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

/** By the peer without Cirque: whole vectors, one after the other. */
function alone(folder: string, points: string, dtype: "f32" | "f64"): Measured {
  const count = SIDE ** 2;
  const vectors = new (dtype === "f32" ? Float32Array : Float64Array)(count * size);
  for (let p = 0; p < count; p++) {
    const [a, b] = coefficients.subarray(2 * p, 2 * p + 2);
    for (let i = 0; i < size; i++) vectors[p * size + i] = center[i] + a * directions[0][i] + b * directions[1][i];
  }
  const path = join(folder, "vectors.npy");
  writeFileSync(path, writeNpy(vectors, [count, size]));
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
    "PyTorch, point by point": alone(folder, points, dtype),
    "a process, 16 at once": await answered(points, dtype, 16),
    "a process, one at a time": await answered(points, dtype, 1),
    "Cirque's graph": await inGraph(dtype),
  };
  const slow = found["PyTorch, point by point"].rate;
  for (const [name, { losses, rate }] of Object.entries(found)) {
    const words = `${(rate / slow).toFixed(2)} of it; at most ${apart(losses, exact).toExponential(1)} from f64`;
    console.log(`${dtype} ${name.padEnd(26)}${rate.toFixed(0).padStart(7)} points/s, ${words}`);
  }
  const ratio = found["a process, 16 at once"].rate / slow;
  console.log(`  batching: ${ratio.toFixed(2)} (bar ${BAR}: ${ratio >= BAR ? "met" : "MISSED"})`);
}
rmSync(folder, { recursive: true });
