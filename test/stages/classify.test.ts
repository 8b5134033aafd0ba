import assert from "node:assert/strict";
import { test } from "node:test";
import { type Artifact, artifact, numbers } from "../../src/artifact/artifact.js";
import { randomStream } from "../../src/linalg/random.js";
import type { Source } from "../../src/stage.js";
import { classifyStage } from "../../stages/classify.js";
import { runStage } from "./runStage.js";

// 48 networks whose weight decay shows in the losses around them and in nothing else.
const random = randomStream(0, "networks");
const networks = [0, 0.001, 0.01].flatMap((weightDecay, k) =>
  Array.from({ length: 16 }, (_, seed) => ({ point: { weightDecay, seed }, level: k + 0.2 * random.normal() })),
);
const from = (stage: string, of: (network: (typeof networks)[number], i: number) => Artifact): Source[] =>
  networks.map((network, i) => {
    const made = of(network, i);
    return { stage, point: network.point, artifact: () => made };
  });
const table = (values: Record<string, number>) =>
  artifact("table", Object.fromEntries(Object.entries(values).map(([name, x]) => [name, Float64Array.of(x)])));

const told = from("told", ({ level }) => table({ level, other: random.normal() }));
const blind = from("blind", () => table({ a: random.normal(), b: random.normal() }));
const labels = from("test", ({ level }) => table({ testLoss: -level }));

test("features that carry a class tell it, others do not: weight decay by a matrix axis, generalization by quantiles", async () => {
  const targets = [{ of: "weightDecay" }, { of: "testLoss", name: "generalization", quantiles: 4 }];
  const found = await runStage(classifyStage, { targets, permutations: 50 }, { labels, told, blind });
  assert.deepEqual(found.columns.features, ["told", "told", "blind", "blind"]);
  assert.deepEqual(found.columns.target, ["weightDecay", "generalization", "weightDecay", "generalization"]);
  const [accuracy, chance, p] = ["accuracy", "chance", "pValue"].map((name) => numbers(found, name));
  assert.deepEqual([...chance], [1 / 3, 1 / 4, 1 / 3, 1 / 4]);
  assert.ok(accuracy[0] > 0.9 && accuracy[1] > 0.6, `${accuracy}`);
  assert.ok(accuracy[2] < 0.55 && accuracy[3] < 0.45, `${accuracy}`);
  assert.ok(p[0] === 1 / 51 && p[1] === 1 / 51 && p[2] > 0.05, `${p}`);
  assert.deepEqual([...numbers(found, "networks")], [48, 48, 48, 48]);
  assert.deepEqual([...numbers(found, "classes")], [3, 4, 3, 4]);
  const again = await runStage(classifyStage, { targets, permutations: 50 }, { labels, told, blind });
  assert.deepEqual(again.columns, found.columns);
});

test("networks that failed, and features that are not finite, are left out with a warning", async () => {
  const failing = told.map((source, i) => (i === 3 ? { ...source, error: "diverged" } : source));
  const infinite = from("more", (_, i) => table({ far: i === 7 ? Infinity : 1 }));
  const unlabelled = labels.map((source, i) => (i === 5 ? { ...source, error: "no memory" } : source));
  const params = { targets: [{ of: "testLoss", quantiles: 2 }], permutations: 2 };
  const found = await runStage(classifyStage, params, { labels: unlabelled, told: [...failing, ...infinite] });
  assert.deepEqual([...numbers(found, "networks")], [46]);
  assert.deepEqual([...numbers(found, "featureCount")], [2]);
  assert.deepEqual(found.metadata.warnings, [
    "told: 1 of 48 networks failed and are left out",
    "told: left out more.far, not finite for all networks",
    'told: 1 networks without "testLoss" are left out',
  ]);
});

test("what cannot be told says why", async () => {
  const fails = (target: object, message: RegExp) =>
    assert.rejects(runStage(classifyStage, { targets: [target] }, { labels, told }), message);
  await fails(
    { of: "colour" },
    /no network has "colour"; the matrix has weightDecay, seed, the port labels test.testLoss/,
  );
  await fails({ of: "testLoss" }, /a number with many values needs quantiles/);
  const tall = from("tall", () => artifact("table", { x: Float64Array.of(1, 2) }));
  await assert.rejects(
    runStage(classifyStage, { targets: [{ of: "weightDecay" }] }, { tall }),
    /expected one row of features per network/,
  );
});
