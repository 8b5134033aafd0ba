/**
 * Seconds and peak resident memory while weights of many networks go into the store piece by piece, come back as views,
 * and are put on a PHATE map by the stage `embed`, beside the bytes of the weights, of which there is to be one copy:
 * `npm run bench -- weights [rows] [dimensions]`, 640 × 1,000,000 in f32 by default, 2.56 GB.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Artifact, type ArtifactInPieces, lazily, vectorRows } from "../../src/artifact/artifact.js";
import { readArtifact, writeArtifact } from "../../src/artifact/artifactFile.js";
import { openStore } from "../../src/store/store.js";
import { embedStage } from "../../stages/embed.js";
import { runStage } from "../stages/runStage.js";

const [rows, dimensions] = [Number(process.argv[2] ?? 640), Number(process.argv[3] ?? 1_000_000)];
const PIECE = 40;
if (!(Number.isInteger(rows / PIECE) && rows > 0 && Number.isInteger(dimensions) && dimensions > 0)) {
  throw new RangeError(
    `${rows} rows of ${dimensions}; expected a multiple of ${PIECE} rows of a whole number of weights`,
  );
}

const bytes = 4 * rows * dimensions;
const begun = performance.now();
const told = (what: string) => {
  const peak = 1024 * process.resourceUsage().maxRSS;
  const gigabytes = (size: number) => `${(size / 1e9).toFixed(2)} GB`;
  const share = `${(peak / bytes).toFixed(2)} of the weights' ${gigabytes(bytes)}`;
  console.log(
    `${what}: peak ${gigabytes(peak)}, ${share}, ${((performance.now() - begun) / 1000).toFixed(1)} s so far`,
  );
};

/** Sixteen walks from one place, each along weights of its own, with noise; `k` of them in one piece each. */
function walk(k: number): Float32Array {
  const values = new Float32Array(PIECE * dimensions);
  let state = k;
  for (let at = 0; at < values.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const [row, place] = [Math.floor(at / dimensions), at % dimensions];
    values[at] = 0.05 * (state / 2 ** 32) + (place % 16 === k % 16 ? row / PIECE : 0);
  }
  return values;
}
const sumOf = (values: Float32Array) => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum;
};

const sums: number[] = [];
const pieces = lazily(
  Array.from({ length: rows / PIECE }, (_, k) => k),
  (k) => {
    const values = walk(k);
    sums[k] = sumOf(values);
    return {
      columns: {
        step: Int32Array.from({ length: PIECE }, (_, i) => i),
        loss: Float64Array.from({ length: PIECE }, (_, i) => 1 / (1 + i)),
        trajectory: new Int32Array(PIECE).fill(k),
        weights: { width: dimensions, values },
      },
    };
  },
);
const layout = [{ name: "w", role: "weight", shape: [dimensions], offset: 0 }];
const folder = mkdtempSync(join(tmpdir(), "cirque-weights-"));
try {
  const cache = openStore(folder);
  const put = (key: string, made: Artifact | ArtifactInPieces) => {
    cache.put(key, {}, (write) => writeArtifact(made, write), {});
    return { path: "", ...cache.lookup(key) }.path;
  };
  told("at first");
  const path = put("0".repeat(64), { kind: "model", pieces, metadata: { layout }, summary: {} });
  told("written, piece by piece");
  const model = readArtifact(path);
  const views = vectorRows(model, "weights") as Float32Array[];
  told("read");
  for (const [k, sum] of sums.entries()) {
    const whole = views.slice(k * PIECE, (k + 1) * PIECE);
    const found = whole.reduce((all, view) => all + sumOf(view), 0);
    if (Math.abs(found - sum) > 1e-9 * sum) throw new Error(`the weights of ${k} add up to ${found}; expected ${sum}`);
  }
  told(`${views.length} rows of ${views[0].length} added up through views`);

  const source = { stage: "walks", point: {}, artifact: () => model };
  const params = { method: "phate", distance: "cosine", mdsDistance: "cosine" };
  const map = await runStage(embedStage, params, { points: [source] });
  const kept = readArtifact(put("1".repeat(64), map));
  told(`embedded: ${JSON.stringify(kept.summary)}`);
} finally {
  rmSync(folder, { recursive: true });
}
