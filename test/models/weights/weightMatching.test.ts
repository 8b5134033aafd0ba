import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../../src/linalg/random.js";
import { dot } from "../../../src/linalg/vectors.js";
import { type Architecture, createModel } from "../../../src/models/networks/architecture.js";
import { createObjective } from "../../../src/models/problems/objective.js";
import { supervisedLoss } from "../../../src/models/problems/supervisedLoss.js";
import { permutationGroups } from "../../../src/models/weights/permutationGroups.js";
import { weightMatching } from "../../../src/models/weights/weightMatching.js";

const image = [1, 8, 8] as const;
const resnet = { kind: "resnet", image, depth: 8, width: 4, classes: 3, residual: true, batchNorm: true } as const;
const cnn = {
  kind: "cnn",
  image,
  blocks: [
    { channels: 5, kernel: 3, stride: 1, pool: "max" },
    { channels: 6, kernel: 3, stride: 2, pool: "none" },
  ],
  dense: [7],
  classes: 3,
  activation: "relu",
  batchNorm: false,
} as const;
const networks: Record<string, Architecture> = {
  mlp: { kind: "mlp", widths: [64, 9, 8, 3], activation: "tanh" },
  cnn,
  "cnn with batch norm, without dense layers": { ...cnn, dense: [], batchNorm: true },
  resnet,
  "resnet without residuals or norms": { ...resnet, residual: false, batchNorm: false },
};

/** Fresh weights, biases and norms among them that differ from unit to unit. */
function weightsOf(architecture: Architecture, seed: number): Float64Array {
  const random = randomStream(seed, "disturbed");
  return createModel(architecture)
    .initialize(seed)
    .map((x) => x + 0.1 * random.normal());
}

/** All units of all groups in random order, axis by axis with indices: the definition. */
function shuffled(architecture: Architecture, weights: Float64Array, seed: number): Float64Array {
  const random = randomStream(seed, "shuffle");
  let theta = weights;
  for (const { units, places } of permutationGroups(architecture)) {
    const order = random.sample(units, units);
    const next = theta.slice();
    for (const { tensor, before, after } of places) {
      for (let b = 0; b < before; b++) {
        for (let u = 0; u < units; u++) {
          for (let k = 0; k < after; k++) {
            next[tensor.offset + (b * units + u) * after + k] =
              theta[tensor.offset + (b * units + order[u]) * after + k];
          }
        }
      }
    }
    theta = next;
  }
  return theta;
}

for (const [name, architecture] of Object.entries(networks)) {
  test(`${name}: shuffled units compute the same, and matching puts them back`, async () => {
    const random = randomStream(0, "images");
    const samples = {
      inputs: Float64Array.from({ length: 10 * 64 }, random.normal),
      targets: Float64Array.from({ length: 10 }, () => random.integer(3)),
    };
    const options = { loss: "cross-entropy", statistics: "recomputed" } as const;
    const objective = await createObjective(supervisedLoss(architecture, samples, options), { dtype: "f64" });
    for (const seed of [0, 1, 2]) {
      const weights = weightsOf(architecture, seed);
      const other = shuffled(architecture, weights, seed);
      assert.ok(other.filter((x, i) => x !== weights[i]).length > weights.length / 2, "most weights have moved");
      const [own] = await objective.loss(weights);
      const [after] = await objective.loss(other);
      // Sums in another order.
      assert.ok(Math.abs(own - after) < 1e-12 * Math.abs(own), `${own} became ${after}`);
      assert.deepEqual(weightMatching(architecture, weights, other), weights);
    }
    await objective.release();
  });
}

function permutations(n: number): number[][] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((rest) =>
    Array.from({ length: n }, (_, i) => [...rest.slice(0, i), n - 1, ...rest.slice(i)]),
  );
}

test("of all orders of a hidden layer the nearest to the other network is found", () => {
  const architecture: Architecture = { kind: "mlp", widths: [3, 6, 2], activation: "relu" };
  for (let seed = 0; seed < 10; seed++) {
    const [a, b] = [weightsOf(architecture, seed), weightsOf(architecture, 100 + seed)];
    // [6 × 3] weights, 6 biases, [2 × 6] weights
    const inOrder = (order: number[]) =>
      Float64Array.of(
        ...order.flatMap((u) => [...b.subarray(3 * u, 3 * u + 3)]),
        ...order.map((u) => b[18 + u]),
        ...[0, 1].flatMap((o) => order.map((u) => b[24 + 6 * o + u])),
        ...b.subarray(36),
      );
    const best = Math.max(...permutations(6).map((order) => dot(a, inOrder(order))));
    assert.ok(Math.abs(dot(a, weightMatching(architecture, a, b)) - best) < 1e-12);
  }
});

test("matching never leads away from the other network, and a second time leaves all in its place", () => {
  for (const architecture of Object.values(networks)) {
    const [a, b] = [weightsOf(architecture, 5), weightsOf(architecture, 6)];
    const matched = weightMatching(architecture, a, b);
    assert.ok(dot(a, matched) > dot(a, b));
    assert.deepEqual(weightMatching(architecture, a, matched), matched);
  }
});

test("networks whose symmetries are not known are refused", () => {
  const transformer = { kind: "transformer" } as Architecture;
  assert.throws(() => permutationGroups(transformer), /transformer cannot be aligned; expected an mlp, cnn or resnet/);
});
