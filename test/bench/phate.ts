/**
 * Seconds and peak memory of the whole of PHATE (PCA, distances, graph, entropy, diffusion, metric MDS by stochastic
 * gradient descent), on branching trajectories with noise in 100 dimensions: 1000 points, 5000 with 2000 landmarks, and
 * 5000 without, beside the limits and the seconds that phate 1.0.11 took on a quiet machine of this kind. `npm run
 * bench -- phate [name…]`; each in a process of its own. Processor seconds stand next to elapsed ones: where a quiet
 * core has both alike, others were at work.
 */
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { phate } from "../../src/embedding/phate.js";
import { phateDefaults } from "../../src/embedding/phatePotential.js";
import { loadProduct } from "../../src/graph/backends/index.js";
import { randomStream } from "../../src/linalg/random.js";

interface Case {
  points: number;
  landmarks: number | "none";
  /** Limits of elapsed seconds and MB, and the seconds of phate 1.0.11. */
  seconds: number;
  megabytes: number;
  peer: string;
}

const DIMENSIONS = 100;
const BRANCHES = 20;

const cases: Record<string, Case> = {
  small: { points: 1000, landmarks: 2000, seconds: 1, megabytes: 2500, peer: "1.0 s" },
  landmarks: { points: 5000, landmarks: 2000, seconds: 8, megabytes: 2500, peer: "10.4 s" },
  exact: { points: 5000, landmarks: "none", seconds: 90, megabytes: 2500, peer: "not done after 200 s" },
};

/** Random walks that leave one another at random places, with noise (as phate's artificial trees). */
function tree(points: number): Float64Array[] {
  const random = randomStream(1, "tree");
  const walk: Float64Array[] = [];
  while (walk.length < points) {
    let at = walk.length === 0 ? new Float64Array(DIMENSIONS) : walk[random.integer(walk.length)];
    for (let step = 0; step < points / BRANCHES; step++) {
      at = at.map((x) => x - 1 + 2 * random.uniform());
      walk.push(at);
    }
  }
  return walk.map((point) => point.map((x) => x + 4 * random.normal()));
}

/** In a process of its own. */
async function measure({ points, landmarks, seconds, megabytes, peer }: Case): Promise<void> {
  const source = { points: tree(points) };
  const parts: string[] = [];
  const start = performance.now();
  const used = process.cpuUsage();
  let last = { note: "", at: start };
  const progress = (_: number, note: string) => {
    if (note === last.note) return;
    const now = performance.now();
    if (last.note !== "") parts.push(`${last.note} ${((now - last.at) / 1000).toFixed(2)}`);
    last = { note, at: now };
  };
  // The stage `embed` does the same.
  const product = await loadProduct();
  const options = {
    ...phateDefaults,
    product,
    landmarks,
    dimensions: 2,
    mds: "metric",
    solver: "sgd",
    mdsDistance: "euclidean",
  } as const;
  const { t, stress } = await phate(source, options, progress);
  progress(1, "");
  const elapsed = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(used);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${points} × ${DIMENSIONS}, landmarks ${landmarks}: ${elapsed.toFixed(2)} s (processor ${((user + system) / 1e6).toFixed(2)} s), ` +
      `${(elapsed / seconds).toFixed(2)} of the limit of ${seconds} s; phate 1.0.11: ${peer}; ` +
      `peak ${peak.toFixed(0)} MB, ${(peak / megabytes).toFixed(2)} of the limit; t ${t}, stress ${JSON.stringify(stress)}\n    ${parts.join(", ")}`,
  );
}

if (process.env.CIRQUE_BENCH_PHATE) {
  await measure(cases[process.env.CIRQUE_BENCH_PHATE]);
} else {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(cases);
  const unknown = chosen.filter((name) => !Object.hasOwn(cases, name));
  if (unknown.length > 0) throw new Error(`no case ${unknown}; there are ${Object.keys(cases).join(", ")}`);
  for (const name of chosen) {
    console.log(`${name}: ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(1)}`);
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
      env: { ...process.env, CIRQUE_BENCH_PHATE: name },
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`${name} failed`);
  }
}
