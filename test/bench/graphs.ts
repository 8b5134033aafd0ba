/**
 * Seconds for the graph of scattered points, its merge tree and its pairs: kNN (k = 8) of 100,000 normal points in 8-D,
 * and Gabriel graphs of a few thousand. `npm run bench -- graphs [name…]`. CPU seconds are those of the process, all
 * its threads.
 */
import { nearestNeighbors } from "../../src/linalg/nearestNeighbors.js";
import { randomStream } from "../../src/linalg/random.js";
import { betaSkeleton } from "../../src/topology/betaSkeleton.js";
import { knnNeighbors } from "../../src/topology/knnNeighbors.js";
import { mergeTree } from "../../src/topology/mergeTree.js";
import type { Neighbors } from "../../src/topology/neighbors.js";
import { persistencePairs } from "../../src/topology/persistence.js";

interface Case {
  count: number;
  dimension: number;
  graph: (points: Float64Array, dimension: number, count: number) => Neighbors;
}

const knn = (points: Float64Array, dimension: number, count: number) =>
  knnNeighbors(nearestNeighbors(points, { dimension, k: 8 }), { count, mutual: false });
const gabriel = (points: Float64Array, dimension: number) => betaSkeleton(points, { dimension, beta: 1 });

const cases: Record<string, Case> = {
  knn: { count: 100_000, dimension: 8, graph: knn },
  gabriel2: { count: 1681, dimension: 2, graph: gabriel },
  gabriel4: { count: 3000, dimension: 4, graph: gabriel },
};

/** What a call returns, and its seconds on the clock and of the processor. */
function timed<T>(call: () => T): { result: T; text: string } {
  const start = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  const result = call();
  const { user, system } = process.cpuUsage(cpu);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { result, text: `${seconds.toFixed(3)} s (CPU ${((user + system) / 1e6).toFixed(3)})` };
}

for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(cases)) {
  const { count, dimension, graph } = cases[name];
  const random = randomStream(2024, "graphs", name);
  const points = Float64Array.from({ length: count * dimension }, random.normal);
  const values = Float64Array.from({ length: count }, random.normal);
  const built = timed(() => graph(points, dimension, count));
  const swept = timed(() => persistencePairs(mergeTree(values, built.result)));
  console.log(
    `${name}: ${count} points in ${dimension}-D: graph ${built.text}, tree and pairs ${swept.text}, ` +
      `${swept.result.birth.length} bars`,
  );
}
