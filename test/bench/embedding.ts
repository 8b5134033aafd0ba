/**
 * Seconds and peak memory of the maps of 1,000 points of an artificial tree in 100 dimensions, with their quality
 * figures; and of PHATE on 640 points of 10⁵ and 10⁶ weights, where two copies of the weights are the limit of memory
 * (one is the points themselves). `npm run bench -- embedding [name…]`; each in a process of its own.
 */
import { spawnSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { artificialTree } from "../../src/data/generated/tree.js";
import { type EmbedOptions, embed } from "../../src/embedding/embed.js";
import type { Points } from "../../src/embedding/points.js";
import { loadProduct } from "../../src/graph/backends/index.js";

interface Bench {
  points: () => Points;
  options: EmbedOptions;
  /** MB at most. */
  memory?: number;
}

const tree1000 = () => tree(1000);
const common = { dimensions: 2, pca: 100, distance: "euclidean", seed: 0 } as const;
const phate: EmbedOptions = {
  ...{ ...common, method: "phate", distance: "cosine", mdsDistance: "cosine", mds: "metric", solver: "sgd" },
  ...{ knn: 5, decay: 40, t: "auto", gamma: 1, landmarks: 2000 },
};

const benches: Record<string, Bench> = {
  pca: { points: tree1000, options: { method: "pca", dimensions: 2 } },
  mds: { points: tree1000, options: { ...common, method: "mds" } },
  sgd: { points: tree1000, options: { ...common, method: "metric-mds", solver: "sgd" } },
  smacof: { points: tree1000, options: { ...common, method: "metric-mds", solver: "smacof" } },
  umap: { points: tree1000, options: { ...common, method: "umap", neighbors: 15, minDist: 0.1 } },
  tsne: { points: tree1000, options: { ...common, method: "tsne", perplexity: 30, iterations: 1000 } },
  "weights-10^5": { points: () => walks(640, 1e5), options: phate, memory: 2 * 244 },
  "weights-10^6": { points: () => walks(640, 1e6), options: phate, memory: 2 * 2441 },
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
async function measure(name: string): Promise<void> {
  const { points, options, memory } = benches[name];
  const given = points();
  const stages: [string, number][] = [];
  const [start, before] = [performance.now(), process.cpuUsage()];
  const progress = (_: number, note: string) => {
    if (stages.at(-1)?.[0] !== note) stages.push([note, performance.now()]);
  };
  await embed({ points: given }, options, progress, await loadProduct());
  const end = performance.now();
  const { user, system } = process.cpuUsage(before);
  const peak = process.resourceUsage().maxRSS / 1024;
  const seconds = (end - start) / 1000;
  const parts = stages.map(([note, at], k) => `${note} ${(((stages[k + 1]?.[1] ?? end) - at) / 1000).toFixed(2)}`);
  const ratio = memory ? ` (${(peak / memory).toFixed(2)} of the limit)` : "";
  console.log(
    `${name.padEnd(13)} ${seconds.toFixed(2)} s, processor ${((user + system) / 1e6).toFixed(2)} s, peak ${peak.toFixed(0)} MB${ratio}; ${parts.join(", ")}`,
  );
}

if (process.env.CIRQUE_BENCH_EMBEDDING) {
  await measure(process.env.CIRQUE_BENCH_EMBEDDING);
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
