/**
 * Seconds, nanoseconds a vertex and peak memory of `mergeTree` and its pairs on smooth random fields: 1000², 128³ (freudenthal)
 * and 40⁴ (full). `npm run bench -- topology [name…]`; each field runs in a process of its own, so that the peaks are its own.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Random, randomStream } from "../../src/linalg/random.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { type Connectivity, gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";

const fields: Record<string, { shape: number[]; connectivity: Connectivity }> = {
  plane: { shape: [1000, 1000], connectivity: "freudenthal" },
  cube: { shape: [128, 128, 128], connectivity: "freudenthal" },
  tesseract: { shape: [40, 40, 40, 40], connectivity: "full" },
};

/** Two scales of smoothed normal noise (widths 1/8 and 1/32 of the first axis, heights 1 and 0.3) and white noise of 0.02. */
function smoothField(shape: number[], random: Random): Float64Array {
  const n = shape.reduce((product, length) => product * length, 1);
  const total = Float64Array.from({ length: n }, () => 0.02 * random.normal());
  for (const [width, height] of [
    [shape[0] / 8, 1],
    [shape[0] / 32, 0.3],
  ]) {
    const noise = Float64Array.from({ length: n }, random.normal);
    let stride = 1;
    for (const length of shape) {
      for (let pass = 0; pass < 3; pass++) boxFilter(noise, length, stride, Math.round(width));
      stride *= length;
    }
    const deviation = Math.sqrt(noise.reduce((sum, x) => sum + x * x, 0) / n);
    for (let i = 0; i < n; i++) total[i] += (height * noise[i]) / deviation;
  }
  return total;
}

/** In place along one axis, mirrored at the ends. Three passes of radius r are close to a Gaussian of deviation r. */
function boxFilter(values: Float64Array, length: number, stride: number, radius: number) {
  const line = new Float64Array(length);
  const at = (i: number) => {
    const folded = ((i % (2 * length)) + 2 * length) % (2 * length);
    return line[folded < length ? folded : 2 * length - 1 - folded];
  };
  for (let start = 0; start < values.length; start++) {
    if (Math.floor(start / stride) % length !== 0) continue;
    for (let i = 0; i < length; i++) line[i] = values[start + i * stride];
    let sum = 0;
    for (let i = -radius; i <= radius; i++) sum += at(i);
    for (let i = 0; i < length; i++) {
      values[start + i * stride] = sum / (2 * radius + 1);
      sum += at(i + radius + 1) - at(i - radius);
    }
  }
}

function measure(name: string) {
  const { shape, connectivity } = fields[name];
  const values = smoothField(shape, randomStream(2024, name));
  const n = values.length;
  globalThis.gc?.(); // what making the field left behind
  const before = process.memoryUsage.rss() / 1024;
  const seconds: number[] = [];
  let bars = 0;
  let peak = 0; // of the first run, which no garbage of others is added to
  for (let run = 0; run < 3; run++) {
    const start = process.hrtime.bigint();
    bars = persistencePairs(mergeTree(values, gridNeighbors(shape, connectivity))).birth.length;
    seconds.push(Number(process.hrtime.bigint() - start) / 1e9);
    if (run === 0) peak = process.resourceUsage().maxRSS;
  }
  const best = Math.min(...seconds);
  console.log(
    `${name} ${shape.join("×")} ${connectivity}: ${seconds.map((s) => s.toFixed(3)).join(", ")} s, ` +
      `best ${((best / n) * 1e9).toFixed(0)} ns a vertex, ${bars} bars, ` +
      `peak ${(peak / 1024).toFixed(0)} MB, ${(((peak - before) * 1024) / n).toFixed(0)} bytes a vertex beyond the field`,
  );
}

if (process.env.CIRQUE_BENCH_FIELD) measure(process.env.CIRQUE_BENCH_FIELD);
else {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(fields);
  for (const name of chosen) {
    const env = { ...process.env, CIRQUE_BENCH_FIELD: name };
    spawnSync(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url)], { stdio: "inherit", env });
  }
}
