/**
 * Seconds, nanoseconds a vertex and peak memory of `mergeTree` and its pairs, beside GUDHI's persistence in the same
 * minutes: 1000², 128³ and 41⁴ with freudenthal, the first two and 40⁴ with full (GUDHI's neighbourhood, where bars
 * must be as many), then the growth from 10⁴ to 10⁷ vertices. `npm run bench -- topology [name…]`; each measurement
 * runs in a process of its own, so that the peaks are its own.
 *
 * The fields and GUDHI come from ../shared/peers/gudhi_peer.py (or `CIRQUE_PEERS`) by /usr/bin/python3 with gudhi,
 * numpy and scipy; without them ours is measured alone, on similar fields.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Random, randomStream } from "../../src/linalg/random.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import { type Connectivity, gridNeighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";
import { npy } from "../reference.js";

interface Field {
  shape: number[];
  connectivities: Connectivity[];
  gudhi?: boolean;
}

const square = (side: number): Field => ({ shape: [side, side], connectivities: ["freudenthal"] });

const fields: Record<string, Field> = {
  plane: { shape: [1000, 1000], connectivities: ["freudenthal", "full"], gudhi: true },
  cube: { shape: [128, 128, 128], connectivities: ["freudenthal", "full"], gudhi: true },
  tesseract: { shape: [40, 40, 40, 40], connectivities: ["full"], gudhi: true },
  "forty-one": { shape: [41, 41, 41, 41], connectivities: ["freudenthal"] },
  "10^4": square(100),
  "10^5": square(316),
  "10^6": square(1000),
  "10^7": square(3162),
};

const python = "/usr/bin/python3";
const peer = resolve(process.env.CIRQUE_PEERS ?? "../shared/peers", "gudhi_peer.py");

/**
 * Writes a field of the peer's, and for `gudhi` prints what GUDHI takes. Arguments: the peer's file, a .npy, gudhi or
 * not, the shape.
 */
const peerProgram = `
import importlib.util, json, resource, sys, time
spec = importlib.util.spec_from_file_location("peer", sys.argv[1])
peer = importlib.util.module_from_spec(spec)
spec.loader.exec_module(peer)
values = peer.field(tuple(map(int, sys.argv[4:])))
peer.numpy.save(sys.argv[2], values)
if sys.argv[3] == "gudhi":
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    complex_ = peer.gudhi.CubicalComplex(top_dimensional_cells=values)
    complex_.compute_persistence()
    bars = len(complex_.persistence_intervals_in_dimension(0))
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "bars": bars, "peak": peak / 1024, "bytes": (peak - before) * 1024 / values.size}))
`;

function peerIsThere(): boolean {
  if (!existsSync(peer)) return false;
  return spawnSync(python, ["-c", "import gudhi, numpy, scipy"], { stdio: "ignore" }).status === 0;
}

/**
 * Two scales of smoothed normal noise (widths 1/8 and 1/32 of the first axis, heights 1 and 0.3) and white noise of
 * 0.02.
 */
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

interface Measurement {
  seconds: number;
  all: number[];
  bars: number;
  /** MB of the whole process; bytes a vertex beyond what it held before. */
  peak: number;
  bytes: number;
}

/** Prints the measurement of one field as JSON; `file` holds it, else it is made here. */
function measure(name: string, connectivity: Connectivity, file: string | undefined) {
  const { shape } = fields[name];
  const values = file ? Float64Array.from(npy(file).values) : smoothField(shape, randomStream(2024, name));
  const n = values.length;
  warmUp(shape.length, connectivity);
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
  const bytes = ((peak - before) * 1024) / n;
  console.log(JSON.stringify({ seconds: Math.min(...seconds), all: seconds, bars, peak: peak / 1024, bytes }));
}

/** Small fields, until the code is compiled: what that takes once is not counted as memory of a vertex. */
function warmUp(dimensions: number, connectivity: Connectivity) {
  const side = Math.round(5000 ** (1 / dimensions));
  const shape = Array.from({ length: dimensions }, () => side);
  const random = randomStream(0, "warm up");
  const values = Float64Array.from({ length: side ** dimensions }, random.normal);
  for (let run = 0; run < 20; run++) persistencePairs(mergeTree(values, gridNeighbors(shape, connectivity)));
}

function describe({ seconds, bars, peak, bytes }: Omit<Measurement, "all">, n: number): string {
  const number = (x: number, width: number, digits = 0) => x.toFixed(digits).padStart(width);
  return `${number(seconds, 8, 3)} s ${number((seconds / n) * 1e9, 6)} ns a vertex ${number(bars, 8)} bars, peak ${number(peak, 5)} MB, ${number(bytes, 4)} bytes a vertex beyond the field`;
}

/** All measurements of one field; whether the bars are as many as GUDHI's. */
function compare(name: string, withPeer: boolean, folder: string): boolean {
  const { shape, connectivities, gudhi = false } = fields[name];
  const n = shape.reduce((product, length) => product * length, 1);
  const file = withPeer ? join(folder, `${name}.npy`) : undefined;
  const line = (who: string, text: string) => console.log(`${name.padEnd(10)} ${who.padEnd(12)} ${text}`);
  let theirs: Measurement | undefined;
  if (file) {
    const args = ["-c", peerProgram, peer, file, gudhi ? "gudhi" : "field", ...shape.map(String)];
    const { stdout, stderr, status } = spawnSync(python, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${python} failed on ${name}: ${stderr}`);
    if (gudhi) theirs = JSON.parse(stdout);
    if (theirs) line("GUDHI", describe(theirs, n));
  }
  let agree = true;
  for (const connectivity of connectivities) {
    const env = { ...process.env, CIRQUE_BENCH_FIELD: JSON.stringify([name, connectivity, file]) };
    const args = ["--expose-gc", fileURLToPath(import.meta.url)];
    const { stdout, status } = spawnSync(process.execPath, args, {
      env,
      encoding: "utf8",
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`${name} ${connectivity} failed`);
    const ours: Measurement = JSON.parse(stdout);
    const ratio = theirs ? `; ${(theirs.seconds / ours.seconds).toFixed(1)} times as fast as GUDHI` : "";
    line(connectivity, `${describe(ours, n)}; runs ${ours.all.map((s) => s.toFixed(3)).join(", ")}${ratio}`);
    if (theirs && connectivity === "full" && ours.bars !== theirs.bars) {
      line(connectivity, `DIFFERS: ${ours.bars} bars, GUDHI has ${theirs.bars}`);
      agree = false;
    }
  }
  if (file) rmSync(file);
  return agree;
}

if (process.env.CIRQUE_BENCH_FIELD) {
  const [name, connectivity, file] = JSON.parse(process.env.CIRQUE_BENCH_FIELD);
  measure(name, connectivity, file ?? undefined);
} else {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(fields);
  const unknown = chosen.filter((name) => !Object.hasOwn(fields, name));
  if (unknown.length > 0) throw new Error(`no field ${unknown}; there are ${Object.keys(fields).join(", ")}`);
  const withPeer = peerIsThere();
  console.log(
    withPeer
      ? `fields and GUDHI from ${peer}`
      : `no GUDHI: ${existsSync(peer) ? `${python} lacks gudhi, numpy or scipy` : `there is no ${peer}`}; ours alone, on fields of our own`,
  );
  console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0].toFixed(1)}; best of 3 runs`);
  const folder = mkdtempSync(join(tmpdir(), "cirque-bench-"));
  try {
    if (!chosen.map((name) => compare(name, withPeer, folder)).every(Boolean)) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
