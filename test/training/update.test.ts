import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../../src/linalg/random.js";
import { adam } from "../../src/training/adam.js";
import { sgd } from "../../src/training/sgd.js";
import { createUpdate, type UpdateRule } from "../../src/training/update.js";

const weightDecay = 0.05;

function follow(rule: UpdateRule): Float64Array[] {
  const update = createUpdate(rule, 2);
  update.goTo(Float64Array.of(1, -2));
  return Array.from({ length: 4 }, (_, k) => {
    const [x, y] = update.theta;
    update.gradient.set([x + Math.sin(y), x * Math.cos(y)]);
    assert.ok(update.apply(k + 1, 0.1));
    return update.theta.slice();
  });
}

const published: [string, UpdateRule, number[][]][] = [
  [
    "SGD with momentum",
    sgd({ momentum: 0.9, weightDecay }),
    [
      [0.9859297426825682, -1.9483853163452858],
      [0.9626995109840751, -1.8558408799097195],
      [0.9366737663285775, -1.736200552547952],
      [0.9135350386477641, -1.6044208229406534],
    ],
  ],
  [
    "SGD with Nesterov's momentum",
    sgd({ momentum: 0.9, nesterov: true, weightDecay }),
    [
      [0.9732665110968796, -1.9019321010560428],
      [0.9473809355064763, -1.7819349522905183],
      [0.9277251290832963, -1.6563224459975185],
      [0.9157854007407608, -1.5383668316412027],
    ],
  ],
  [
    "Adam",
    adam({ weightDecay }),
    [
      [0.9000000071071901, -1.9000000019374332],
      [0.833684942021877, -1.8017701439873566],
      [0.8281971568198833, -1.7066288232716351],
      [0.8580868951594663, -1.6158727292180066],
    ],
  ],
  [
    "AdamW",
    adam({ weightDecay, decoupled: true }),
    [
      [0.8950000110250443, -1.890000002402998],
      [0.8714262499826531, -1.7833758138075975],
      [0.9018915736320484, -1.6819475218210957],
      [0.9521032090531174, -1.5883530693699721],
    ],
  ],
];

for (const [name, rule, expected] of published) {
  test(`four steps of PyTorch's ${name}`, () => {
    for (const [k, theta] of follow(rule).entries()) {
      for (const i of [0, 1]) assert.ok(Math.abs(theta[i] - expected[k][i]) < 1e-13, `${k}: ${theta} ${expected[k]}`);
    }
  });
}

test("what a method remembers can be put into another, which then goes on as the first would", () => {
  for (const rule of [adam({ weightDecay }), sgd({ momentum: 0.9 })]) {
    const [first, second] = [createUpdate(rule, 2), createUpdate(rule, 2)];
    for (const { gradient } of [first, second]) gradient.set([0.3, -0.7]);
    first.goTo(Float64Array.of(1, 2));
    first.apply(1, 0.1);
    for (const [k, memory] of second.memory.entries()) memory.set(first.memory[k]);
    second.goTo(first.theta);
    first.apply(2, 0.1);
    second.apply(2, 0.1);
    assert.deepEqual(second.theta, first.theta);
  }
});

const rules: Record<string, UpdateRule> = {
  "gradient descent": sgd({ weightDecay: 0.01 }),
  momentum: sgd({ momentum: 0.9, weightDecay: 0.01 }),
  Nesterov: sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  Adam: adam({ weightDecay: 0.01 }),
  AdamW: adam({ weightDecay: 0.01, decoupled: true }),
};

for (const [name, rule] of Object.entries(rules)) {
  test(`${name} moves by pairs as one by one, bit for bit, and rounds the weights to f32`, () => {
    for (const dtype of ["f32", "f64"] as const) {
      for (const size of [1, 7, 8, 1003]) {
        const random = randomStream(size, name);
        const update = createUpdate(rule, size, dtype);
        const theta = Float64Array.from({ length: size }, random.normal);
        const memory = Array.from({ length: rule.remembers }, () => new Float64Array(size));
        update.goTo(theta);
        for (let step = 1; step <= 3; step++) {
          update.gradient.set(theta.map(() => 10 ** random.normal() * random.normal()));
          rule.move(theta, update.gradient.slice(), memory, rule.factors(step, 0.1 / step));
          assert.ok(update.apply(step, 0.1 / step));
          assert.deepEqual(update.theta, theta);
          assert.deepEqual([...update.memory], memory);
          assert.deepEqual(update.weights, dtype === "f32" ? new Float32Array(theta) : theta);
        }
      }
    }
  });

  test(`${name} tells of a gradient that is not finite, wherever it is`, () => {
    for (const dtype of ["f32", "f64"] as const) {
      for (const wrong of [Number.NaN, Infinity, -Infinity]) {
        for (let place = 0; place < 11; place++) {
          const update = createUpdate(rule, 11, dtype);
          update.gradient[place] = wrong;
          assert.equal(update.apply(1, 0.1), false);
        }
      }
    }
  });
}
