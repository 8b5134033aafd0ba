import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, type ListColumn, numbers, rowCount } from "../../src/artifact/artifact.js";
import { networkSamples } from "../../src/data/dataset.js";
import { randomStream } from "../../src/linalg/random.js";
import { type Architecture, createModel } from "../../src/models/networks/architecture.js";
import { createObjective } from "../../src/models/problems/objective.js";
import type { PinnProblem } from "../../src/models/problems/pinn.js";
import { supervisedLoss } from "../../src/models/problems/supervisedLoss.js";
import type { SupervisedProblem } from "../../src/models/problems/supervisedProblem.js";
import { permutationGroups } from "../../src/models/weights/permutationGroups.js";
import type { Source } from "../../src/stage.js";
import { datasetOf } from "../../stages/artifacts/dataset.js";
import { connectMinimaStage } from "../../stages/connectMinima.js";
import { loadDataStage } from "../../stages/loadData.js";
import { trainStage } from "../../stages/train.js";
import { modelOf } from "./modelOnData.js";
import { runInPieces, runStage } from "./runStage.js";

const problem: SupervisedProblem = {
  kind: "supervised",
  loss: "cross-entropy",
  labelSmoothing: 0,
  weightPenalty: 1e-3,
};
const architecture: Architecture = { kind: "mlp", widths: [2, 8, 8, 2], activation: "tanh" };
const data = await runStage(loadDataStage, { name: "two-moons", count: 300, noise: 0.2 });

const minimum = (seed: number) =>
  runStage(
    trainStage,
    {
      architecture,
      problem,
      optimizer: { kind: "adam", learningRate: 0.02 },
      epochs: 15,
      batchSize: 50,
      seed,
      dtype: "f64",
    },
    { data },
  );
const models = [await minimum(0), await minimum(1), await minimum(2)];
const sources = (of: readonly Artifact[]): Source[] =>
  of.map((model, seed) => ({ stage: "model", point: { seed }, artifact: () => model }));
const minima = sources(models);
const quick = { learningRate: 0.1, epochs: 20, growEvery: 5, batchSize: 50, evaluationBatchSize: 100, dtype: "f64" };

interface PathFact {
  from: number;
  to: number;
  straightBarrier: number;
  barrier: number;
  barrierError: number;
  barrierPosition: number;
  length: number;
  straightLength: number;
  points: number;
  converged: boolean;
  nonFinite: number;
}
const factsOf = ({ metadata }: Artifact) => metadata.paths as PathFact[];

async function objectiveOf(of = architecture) {
  const options = { ...problem, statistics: "recomputed", batchSize: 100 } as const;
  return createObjective(supervisedLoss(of, networkSamples(datasetOf(data)), options), { dtype: "f64" });
}

test("three minima, three paths: rows in order along each, the barrier their highest, never above the straight line's", async () => {
  const found = await runInPieces(connectMinimaStage, { ...quick, keep: "saddles" }, { minima, data });
  assert.deepEqual(Object.keys(found.columns), ["from", "to", "position", "loss", "path", "interpolant", "weights"]);
  const [from, to, path, position, loss, interpolant] = ["from", "to", "path", "position", "loss", "interpolant"].map(
    (name) => numbers(found, name),
  );
  const { loss: losses, label } = found.metadata.minima as { loss: number[]; label: string[] };
  assert.deepEqual(label, ["seed=0", "seed=1", "seed=2"]);
  const objective = await objectiveOf();
  for (const [i, model] of models.entries()) {
    const [expected] = await objective.loss(
      numbers({ ...model, columns: { w: (model.columns.weights as { values: Float64Array }).values } }, "w"),
    );
    assert.ok(Math.abs(losses[i] - expected) < 1e-12);
  }
  const { offsets, values } = found.columns.weights as ListColumn;
  const facts = factsOf(found);
  assert.deepEqual(
    facts.map((fact) => [fact.from, fact.to]),
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
  );
  for (const [index, fact] of facts.entries()) {
    const rows = Array.from({ length: rowCount(found) }, (_, row) => row).filter((row) => path[row] === index);
    assert.ok(rows.every((row) => from[row] === fact.from && to[row] === fact.to));
    assert.ok(rows.every((row, k) => k === 0 || position[row] > position[rows[k - 1]]));
    assert.deepEqual([position[rows[0]], position[rows[rows.length - 1]]], [0, 1]);
    assert.equal(loss[rows[0]], losses[fact.from]);
    assert.equal(loss[rows[rows.length - 1]], losses[fact.to]);
    assert.equal(rows.filter((row) => interpolant[row] === 0).length, fact.points + 2);
    const saddle = rows.reduce((best, row) => (loss[row] > loss[best] ? row : best), rows[0]);
    assert.deepEqual([fact.barrier, fact.barrierPosition], [loss[saddle], position[saddle]]);
    assert.ok(fact.barrier < fact.straightBarrier && fact.length >= fact.straightLength);
    assert.ok(fact.barrierError > 0 && fact.nonFinite === 0);
    const kept = rows.filter((row) => offsets[row + 1] > offsets[row]);
    assert.deepEqual(kept, [saddle]);
    const [again] = await objective.loss(Float64Array.from(values.subarray(offsets[saddle], offsets[saddle + 1])));
    assert.ok(Math.abs(again - fact.barrier) < 1e-12);
  }
  await objective.release();
  const { summary } = found;
  assert.deepEqual(Object.keys(summary), [
    "weights",
    "minima",
    "paths",
    "lowestBarrier",
    "highestBarrier",
    "unconverged",
  ]);
  assert.deepEqual([summary.minima, summary.paths], [3, 3]);
  assert.equal(summary.highestBarrier, Math.max(...facts.map(({ barrier }) => barrier)));
});

test("what a path is does not depend on the others, nor on how the work is divided", async () => {
  const params = {
    ...quick,
    epochs: 10,
    pairs: [
      [2, 0],
      [0, 1],
    ],
  };
  const pieces = await runInPieces(connectMinimaStage, params, { minima, data });
  assert.deepEqual(await runStage(connectMinimaStage, params, { minima, data }), pieces);
  const one = await runStage(connectMinimaStage, { ...params, pairs: [[2, 0]] }, { minima, data });
  assert.deepEqual(factsOf(one), factsOf(pieces).slice(0, 1));
});

test("bands and strings lie below the straight line, too", async () => {
  for (const method of ["neb", "string"]) {
    const found = await runStage(connectMinimaStage, { ...quick, method, pairs: "star" }, { minima, data });
    assert.equal(found.summary.paths, 2);
    for (const { barrier, straightBarrier } of factsOf(found)) assert.ok(barrier < straightBarrier);
  }
});

test("parameters that do not go together are refused before anything runs", () => {
  const faults = (params: object) => connectMinimaStage.check?.(params as never).map(({ message }) => message);
  assert.deepEqual(faults({ method: "neb", spring: 0.2, points: 5, maxPoints: 5 }), []);
  assert.deepEqual(faults({ method: "string", spring: 0.2, points: 9, maxPoints: 5 }), [
    "needs the method neb; string has no springs",
    "is 5, less than points, 9",
  ]);
});

/** The same network with its hidden units in another order, and biases moved so that no unit is like another. */
function permuted(of: Architecture, weights: Float64Array): Float64Array {
  const random = randomStream(0, "order");
  const theta = weights.slice();
  for (const { units, places } of permutationGroups(of)) {
    const order = random.sample(units, units);
    for (const { tensor, before, after } of places) {
      for (let b = 0; b < before; b++) {
        const start = tensor.offset + b * units * after;
        const old = theta.slice(start, start + units * after);
        for (let u = 0; u < units; u++)
          theta.set(old.subarray(order[u] * after, (order[u] + 1) * after), start + u * after);
      }
    }
  }
  return theta;
}

test("a copy with its hidden units in another order is connected without a barrier, once they are aligned", async () => {
  const weights = Float64Array.from((models[0].columns.weights as { values: Float64Array }).values);
  const copies = sources(
    [weights, permuted(architecture, weights)].map((theta) => modelOf(architecture, problem, [theta])),
  );
  const params = { ...quick, epochs: 0 };
  const [apart] = factsOf(await runStage(connectMinimaStage, params, { minima: copies, data }));
  const aligned = await runStage(connectMinimaStage, { ...params, align: "weight-matching" }, { minima: copies, data });
  const [fact] = factsOf(aligned);
  const { loss } = aligned.metadata.minima as { loss: number[] };
  assert.ok(Math.abs(loss[0] - loss[1]) < 1e-12);
  assert.ok(apart.straightBarrier > Math.max(...loss) + 0.1, "there is a barrier where they are not aligned");
  assert.ok(fact.straightBarrier - Math.max(...loss) <= 1e-9);
  assert.deepEqual([fact.length, fact.straightLength, fact.converged], [0, 0, true]);
});

test("batch norms have the statistics of the batches all along a path", async () => {
  const cnn: Architecture = {
    kind: "cnn",
    image: [1, 28, 28],
    blocks: [{ channels: 4, kernel: 3, stride: 2, pool: "max" }],
    dense: [],
    classes: 10,
    activation: "relu",
    batchNorm: true,
  };
  const digits = await runStage(loadDataStage, { name: "digits", count: 60 });
  const weights = [0, 1].map((seed) => createModel(cnn).initialize(seed));
  const ends = sources(weights.map((theta) => modelOf(cnn, problem, [theta])));
  const params = {
    ...quick,
    epochs: 4,
    growEvery: 2,
    batchSize: 30,
    evaluationBatchSize: 60,
    align: "weight-matching",
  };
  const found = await runStage(connectMinimaStage, params, { minima: ends, data: digits });
  const { loss } = found.metadata.minima as { loss: number[] };
  const samples = networkSamples(datasetOf(digits));
  const objective = await createObjective(supervisedLoss(cnn, samples, { ...problem, statistics: "recomputed" }), {
    dtype: "f64",
  });
  for (const [i, theta] of weights.entries()) assert.ok(Math.abs(loss[i] - (await objective.loss(theta))[0]) < 1e-12);
  await objective.release();
  const [fact] = factsOf(found);
  assert.ok(fact.barrier <= fact.straightBarrier);
  assert.ok(Number.isNaN(fact.barrierError), "one batch does not tell how batches differ");
});

test("networks for a differential equation, and checkpoints of one training, are connected by their own loss", async () => {
  const pinn = {
    kind: "pinn",
    equation: "u_t + u_x",
    initial: "sin(x)",
    collocation: { points: 30 },
  };
  const net = { kind: "mlp", widths: [2, 6, 1], activation: "tanh" };
  const model = await runStage(trainStage, {
    architecture: net,
    problem: pinn,
    optimizer: { kind: "adam", iterations: 20 },
    checkpoints: { every: 10, epochs: [0] },
  });
  const params = { rows: [0, 2], epochs: 40, growEvery: 20, learningRate: 0.01, dtype: "f64" };
  const found = await runStage(connectMinimaStage, params, { minima: sources([model]) });
  const { label, loss } = found.metadata.minima as { label: string[]; loss: number[] };
  assert.deepEqual(label, ["seed=0 row 0", "seed=0 row 2"]);
  const stored = numbers(model, "loss");
  assert.ok(Math.abs(loss[0] - stored[0]) < 1e-12 && Math.abs(loss[1] - stored[2]) < 1e-12);
  assert.equal((model.metadata.problem as PinnProblem).kind, "pinn");
  assert.equal(factsOf(found).length, 1);
});

test("what cannot be connected is refused in words", async () => {
  const weights = createModel(architecture).initialize(0);
  const whole = modelOf(architecture, problem, [weights]);
  const refused: [Source[], object, RegExp][] = [
    [sources([whole]), {}, /found 1 minimum to connect; expected two or more/],
    [
      sources([whole, modelOf({ ...architecture, activation: "relu" } as Architecture, problem, [weights])]),
      {},
      /seed=1 has another architecture than seed=0/,
    ],
    [sources([whole, modelOf(architecture, { ...problem, weightPenalty: 0 }, [weights])]), {}, /has another problem/],
    [sources([whole, modelOf(architecture, problem, [weights.map(() => Number.NaN)])]), {}, /seed=1 is not finite/],
    [sources([whole, whole]), { pairs: [[0, 2]] }, /there are 2 minima/],
    [sources([whole, modelOf(architecture, problem, [weights.map((x) => 1e200 * x)])]), quick, /the loss of seed=1 is/],
  ];
  for (const [of, params, message] of refused) {
    await assert.rejects(runStage(connectMinimaStage, params, { minima: of, data }), message);
  }
  const twice = sources([data, data]);
  await assert.rejects(runStage(connectMinimaStage, quick, { minima, data: twice }), /use the matrix value .* label/);
  const failed = [...minima, { stage: "model", point: { seed: 3 }, error: "no memory", artifact: () => assert.fail() }];
  const rest = await runStage(connectMinimaStage, { ...quick, epochs: 0 }, { minima: failed, data });
  assert.equal(rest.summary.minima, 3, "a model that failed is left out");
});
