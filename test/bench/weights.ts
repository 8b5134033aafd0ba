/**
 * Peak resident memory while weights of many networks go into the store piece by piece and come back as views, beside the bytes
 * of the weights: `npm run bench -- weights [rows] [dimensions]`, 640 × 1,000,000 in f32 by default, 2.56 GB.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lazily, vectorRows } from "../../src/artifact.js";
import { readArtifact, writeArtifact } from "../../src/artifactFile.js";
import { openCache } from "../../src/cache.js";

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

const pieces = lazily(
  Array.from({ length: rows / PIECE }, (_, k) => k),
  (k) => ({
    columns: {
      step: Int32Array.from({ length: PIECE }, (_, i) => i),
      loss: new Float64Array(PIECE).fill(k),
      weights: { width: dimensions, values: new Float32Array(PIECE * dimensions).fill(k + 1) },
    },
  }),
);
const folder = mkdtempSync(join(tmpdir(), "cirque-weights-"));
try {
  const cache = openCache(folder);
  const key = "0".repeat(64);
  told("at first");
  cache.put(key, {}, (write) => writeArtifact({ kind: "model", pieces, metadata: {}, summary: {} }, write), {});
  told("written, piece by piece");
  const { path } = { path: "", ...cache.lookup(key) };
  const views = vectorRows(readArtifact(path), "weights");
  told("read");
  let sum = 0;
  for (const view of views) for (let i = 0; i < view.length; i++) sum += view[i];
  const expected = (PIECE * dimensions * (rows / PIECE) * (rows / PIECE + 1)) / 2;
  if (sum !== expected) throw new Error(`the weights add up to ${sum}; expected ${expected}`);
  told(`${views.length} rows of ${views[0].length} added up through views`);
} finally {
  rmSync(folder, { recursive: true });
}
