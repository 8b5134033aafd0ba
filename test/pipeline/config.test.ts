import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "../../src/pipeline/configFile.js";
import type { Plan } from "../../src/pipeline/plan.js";
import { planOf } from "./planOf.js";

const nested = `params: { data: { name: two-moons, count: 20 }, noises: [0.1, 0.2] }
matrix: { seed: [0, 1] }
stages:
  samples: { uses: load-data, with: { name: "\${data.name}", count: "\${data.count}", seed: "\${seed}" } }
`;

const shownSteps = ({ steps }: Plan) => steps.map(({ id, params }) => `${id}: ${params.name} ${params.count}`);

test("names with dots lead into params, and keep their types", () => {
  assert.deepEqual(shownSteps(planOf({ "p.yaml": nested })), [
    "samples@seed=0: two-moons 20",
    "samples@seed=1: two-moons 20",
  ]);
  assert.deepEqual(shownSteps(planOf({ "p.yaml": nested }, { set: ["data.count=8", "seed=[4]"] })), [
    "samples@seed=4: two-moons 8",
  ]);
  assert.deepEqual(shownSteps(planOf({ "p.yaml": nested }, { set: ["data={name: blobs, count: 9}", "seed=4"] })), [
    "samples@seed=4: blobs 9",
  ]);
});

test("a whole mapping or list takes the place of a lone reference", () => {
  const text = `params: { samples: { name: two-moons, count: 20, noise: 0.2 } }
stages:
  samples: { uses: load-data, with: "\${samples}" }
`;
  assert.throws(
    () => planOf({ "p.yaml": text }),
    /p\.yaml:3:37 stages\.samples\.with is "\$\{samples\}"; expected a mapping/,
  );
  const [step] = planOf({
    "p.yaml": `params: { widths: [2, 8, 1] }
stages:
  model: { uses: train, with: { architecture: { kind: mlp, widths: "\${widths}" },
    problem: { kind: pinn, equation: u_t + u_x, initial: sin(x) } } }
`,
  }).steps;
  assert.deepEqual((step.params.architecture as { widths: number[] }).widths, [2, 8, 1]);
});

test("a mapping or a list inside a text is an error where it stands", () => {
  assert.throws(
    () => planOf({ "p.yaml": nested.replace('"${data.name}"', '"two ${data}"') }),
    /p\.yaml:4:\d+ samples has "\$\{data\}" inside a text, and it is \{"name":"two-moons","count":20\}; expected a single value/,
  );
});

test("a sweep makes a param an axis of the matrix, the last and fastest", () => {
  const { steps, pipeline } = planOf({ "p.yaml": nested }, { sweep: ["data.count=5,6"] });
  assert.deepEqual(
    steps.map(({ id }) => id),
    ["seed=0,data.count=5", "seed=0,data.count=6", "seed=1,data.count=5", "seed=1,data.count=6"].map(
      (point) => `samples@${point}`,
    ),
  );
  assert.deepEqual(
    steps.map(({ params }) => params.count),
    [5, 6, 5, 6],
  );
  assert.deepEqual(pipeline.params, { data: { name: "two-moons" }, noises: [0.1, 0.2] });
  assert.deepEqual(shownSteps(planOf({ "p.yaml": nested }, { sweep: ["seed=7"] })), ["samples@seed=7: two-moons 20"]);
});

test("a stage that takes a whole mapping is repeated over an axis inside it", () => {
  const text = `params: { architecture: { kind: mlp, widths: [2, 8, 1], activation: tanh } }
stages:
  model: { uses: train, with: { architecture: "\${architecture}", problem: { kind: pinn, equation: u_t + u_x, initial: sin(x) } } }
`;
  const { steps } = planOf({ "p.yaml": text }, { sweep: ["architecture.activation=tanh,sin"] });
  assert.deepEqual(
    steps.map(({ params }) => (params.architecture as { activation: string }).activation),
    ["tanh", "sin"],
  );
});

test("a sweep of what is not there, of nothing, or through another axis is refused", () => {
  const refused = (sweep: string, text = nested) => {
    let message = "";
    assert.throws(
      () => planOf({ "p.yaml": text }, { sweep: [sweep] }),
      (error: Error) => error instanceof ConfigError && (message = error.message) !== "",
    );
    return message;
  };
  assert.match(
    refused("data.cuont=1,2"),
    /--sweep data\.cuont=1,2: the pipeline has no "data\.cuont"; .*did you mean "data\.count"\?/,
  );
  assert.match(refused("seed="), /--sweep seed=: expected values with commas between them/);
  assert.match(refused("seed={a: 1}"), /samples\.seed is \{"a":1\}; expected a whole number/);
  assert.match(
    refused(
      "data=1",
      nested.replace("seed: [0, 1]", "data.count: [1, 2]").replace(", count: 20", "").replace(', seed: "${seed}"', ""),
    ),
    /the matrix has "data\.count"/,
  );
});

const base = `# What others begin with.
params: { count: 20, noise: 0.1 }
matrix: { seed: [0, 1] }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: "\${count}", noise: "\${noise}", seed: "\${seed}" } }
  others: { uses: load-data, with: { name: blobs, count: 5 } }
`;

test("a file takes over what it does not say from the file that it extends", () => {
  const own = `# Mine.
extends: shared/base.yaml
params: { count: 3 }
stages:
  others: { with: { name: spirals, count: 7 } }
  mine: { uses: load-data, with: { name: blobs, count: 9 } }
`;
  const { steps, pipeline } = planOf({ "p.yaml": own, "shared/base.yaml": base });
  assert.deepEqual(
    steps.map(({ id, params }) => `${id}: ${params.name} ${params.count}`),
    ["samples@seed=0: two-moons 3", "samples@seed=1: two-moons 3", "others: spirals 7", "mine: blobs 9"],
  );
  assert.equal(pipeline.name, "p");
  assert.equal(pipeline.description, "Mine.");
});

test("files are relative to the file that names them", () => {
  const text = "stages: { grid: { uses: import-grid, with: { path: f.csv } } }\n";
  const own = "extends: shared/base.yaml\nstages: { mine: { uses: import-grid, with: { path: shared/f.csv } } }\n";
  const files = { "p.yaml": own, "shared/base.yaml": text, "shared/f.csv": "1,2\n3,4\n" };
  const [grid, mine] = planOf(files).steps;
  assert.equal(grid.files[0].absolute, mine.files[0].absolute);
});

test("a fault in the other file is told there", () => {
  const fault = (files: Record<string, string>) => {
    let message = "";
    assert.throws(
      () => planOf(files),
      (error: Error) => error instanceof ConfigError && (message = error.message) !== "",
    );
    return message;
  };
  const own = "extends: base.yaml\nparams: { count: 3 }\n";
  assert.match(
    fault({ "p.yaml": own, "base.yaml": base.replace("blobs", "blob") }),
    /^base\.yaml:6:44 others\.name is "blob"; expected .*; did you mean "blobs"\?/,
  );
  assert.match(
    fault({ "p.yaml": "extends: base.yaml\nparams: [3]\n", "base.yaml": base }),
    /^p\.yaml:2:9 params is \[3\]; expected a mapping/,
  );
  assert.match(fault({ "p.yaml": own }), /^p\.yaml:1:10 extends base\.yaml:1:1 no such file/);
  assert.match(
    fault({ "p.yaml": own, "base.yaml": `extends: third.yaml\n${base}` }),
    /^base\.yaml:1:10 extends third\.yaml:1:1 no such file/,
  );
  assert.match(
    fault({ "p.yaml": own, "base.yaml": `extends: p.yaml\n${base}` }),
    /^base\.yaml:1:10 p\.yaml extends itself: p\.yaml → base\.yaml → p\.yaml/,
  );
  assert.match(fault({ "p.yaml": own, "base.yaml": "a: [" }), /^base\.yaml:1:\d+ bad YAML/);
});

test("a stage changes what its resources name, and keeps the others of the file", () => {
  const text = `resources: { memory: 1 GB, memoryGrowth: 2, time: 30 min }
slurm: { account: lab }
stages:
  samples: { uses: load-data, with: { name: two-moons, count: 20 }, resources: { cpus: 2 }, slurm: { partition: short } }
`;
  const [step] = planOf({ "p.yaml": text }).steps;
  assert.deepEqual(step.allotment, {
    ...{ cpus: 2, memory: 1024, time: 1800, gpus: 0, memoryGrowth: 2 },
    slurm: { account: "lab", partition: "short" },
  });
});
