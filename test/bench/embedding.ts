/**
 * Seconds (of the clock and of the processor) and peak memory of PHATE on an artificial tree in 100 dimensions, stage by stage: 1,000
 * points, 5,000 with landmarks and without; of the other maps of 1,000 points; and of PHATE on 640 points of 10⁵ and 10⁶ weights, where two
 * copies of the weights are the limit. `npm run bench -- embedding [name…]`; each in a process of its own.
 *
 * Limits and what phate 1.0.11 took on 2 cores like those of the project: 1.0 s (phate 1.0), 8 s (10.4) and 90 s, 2.5 GB (none in 200 s).
 */
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { artificialTree } from "../../src/data/generated/tree.js";
import { type EmbedOptions, embed } from "../../src/embedding/embed.js";
import { phate } from "../../src/embedding/phate.js";
import { phateDefaults } from "../../src/embedding/phatePotential.js";
import type { Points } from "../../src/embedding/points.js";

interface Bench {
  points(): Points;
  run(points: Points, progress: (fraction: number, note: string) => void): void;
  /** Seconds. */
  limit?: number;
  /** MB. */
  memory?: number;
}

const map = { dimensions: 2, mds: "metric", solver: "sgd", mdsDistance: "euclidean" } as const;
const ofPhate = (count: number, landmarks: number | "none", limit: number, memory?: number): Bench => ({
  ...{ points: () => tree(count), limit, memory },
  run: (points, progress) => phate({ points }, { ...phateDefaults, ...map, landmarks }, progress),
});
const common = { dimensions: 2, pca: 100, distance: "euclidean", seed: 0 } as const;
const ofMap = (options: EmbedOptions, points: () => Points = () => tree(1000), memory?: number): Bench => ({
  ...{ points, memory },
  run: (given, progress) => embed({ points: given }, options, progress),
});
const phateOfWeights: EmbedOptions = {
  ...{ ...common, ...map, method: "phate", distance: "cosine", mdsDistance: "cosine" },
  ...{ knn: 5, decay: 40, t: "auto", gamma: 1, landmarks: 2000 },
};

const benches: Record<string, Bench> = {
  "phate-1000": ofPhate(1000, 2000, 1),
  "phate-5000": ofPhate(5000, 2000, 8),
  "phate-5000-exact": ofPhate(5000, "none", 90, 2500),
  pca: ofMap({ method: "pca", dimensions: 2 }),
  mds: ofMap({ ...common, method: "mds" }),
  sgd: ofMap({ ...common, method: "metric-mds", solver: "sgd" }),
  smacof: ofMap({ ...common, method: "metric-mds", solver: "smacof" }),
  umap: ofMap({ ...common, method: "umap", neighbors: 15, minDist: 0.1 }),
  tsne: ofMap({ ...common, method: "tsne", perplexity: 30, iterations: 1000 }),
  "weights-10^5": ofMap(phateOfWeights, () => walks(640, 1e5), 2 * 244),
  "weights-10^6": ofMap(phateOfWeights, () => walks(640, 1e6), 2 * 2441),
};

function tree(count: number): Points {
  const shape = { classes: 10, features: 100, length: 100, multiplier: 2, noise: 4 };
  const { inputs } = artificialTree({ count, seed: 1, split: "train", ...shape });
  return Array.from({ length: count }, (_, i) => inputs.subarray(100 * i, 100 * (i + 1)));
}

/** Rows of f32 weights that drift, sixteen walks of equal length. */
function walks(count: number, size: number): Points {
  const values = new Float32Array(count * size);
  const length = count / 16;
  let state = 1;
  for (let at = 0; at < values.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const [row, k] = [Math.floor(at / size), at % size];
    values[at] = 0.05 * (state / 2 ** 32) + (k % 16 === Math.floor(row / length) ? (row % length) / length : 0);
  }
  return Array.from({ length: count }, (_, i) => values.subarray(i * size, (i + 1) * size));
}

/** Prints what one takes. */
function measure(name: string): void {
  const { points, run, limit, memory } = benches[name];
  const given = points();
  const stages: [string, number][] = [];
  const [start, before] = [performance.now(), process.cpuUsage()];
  run(given, (_, note) => {
    if (stages.at(-1)?.[0] !== note) stages.push([note, performance.now()]);
  });
  const end = performance.now();
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  const seconds = (end - start) / 1000;
  const parts = stages.map(([note, at], k) => `${note} ${(((stages[k + 1]?.[1] ?? end) - at) / 1000).toFixed(2)}`);
  const ratios = [
    ...(limit ? [`${(seconds / limit).toFixed(2)} of the limit of ${limit} s`] : []),
    ...(memory ? [`${(peak / memory).toFixed(2)} of ${memory} MB`] : []),
  ];
  console.log(
    `${name.padEnd(17)} ${seconds.toFixed(2)} s, processor ${((user + system) / 1e6).toFixed(2)} s, peak ${peak.toFixed(0)} MB; ${[...ratios, ...parts].join(", ")}`,
  );
}

if (process.env.CIRQUE_BENCH_EMBEDDING) {
  measure(process.env.CIRQUE_BENCH_EMBEDDING);
} else {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benches);
  const unknown = chosen.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) throw new Error(`no ${unknown}; there are ${Object.keys(benches).join(", ")}`);
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(1)}`);
  for (const name of chosen) {
    const env = { ...process.env, CIRQUE_BENCH_EMBEDDING: name };
    spawnSync(process.execPath, [fileURLToPath(import.meta.url)], { env, stdio: "inherit" });
  }
}
