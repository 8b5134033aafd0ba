import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { inputSize } from "../../src/data/dataset.js";
import { loadPipeline } from "../../src/pipeline/config.js";
import { ConfigError } from "../../src/pipeline/configFile.js";
import { plan } from "../../src/pipeline/plan.js";
import { datasetOf } from "../../stages/artifacts/dataset.js";
import { loadStages } from "../../stages/index.js";
import { loadDataStage } from "../../stages/loadData.js";
import { samplesOutlook } from "../../stages/outlooks/samples.js";
import { runStage } from "./runStage.js";

const stages = await loadStages();
const folder = mkdtempSync(join(tmpdir(), "cirque-outlooks-"));

/** The first line of the complaint about stages with this text; empty where they are fine. */
function complaint(text: string): string {
  const path = join(folder, "p.yaml");
  writeFileSync(path, `name: p\nstages:\n${text}`);
  try {
    plan(loadPipeline(path), stages);
    return "";
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.replaceAll(path, "p.yaml").split("\n")[0];
  }
}

test("what is known of each generated data set before it is made is what it then is", async () => {
  for (const more of [{}, { classes: 5 }, { features: 7 }, { imageSize: 20 }, { letters: 5, length: 9 }]) {
    for (const name of ["two-moons", "spirals", "blobs", "tree", "digits", "shapes", "segmentation", "markov-text"]) {
      const params = { name, count: 3, ...more };
      const { validate } = await import("../../src/pipeline/validateParameters.js");
      const given = structuredClone(params);
      if (validate("load-data", given, "data").length > 0) continue;
      const { samples, amount } = samplesOutlook(given);
      const { task, inputShape, targetShape, classes, ...made } = datasetOf(await runStage(loadDataStage, params));
      assert.deepEqual(
        { ...samples, classes: samples?.classes?.length },
        { task, inputShape, targetShape, classes: classes.length },
        name,
      );
      assert.equal(amount, made.inputs.length / inputSize({ task, inputShape, targetShape, classes, ...made }));
    }
  }
});

const learning = (data: string, architecture: string, problem = "loss: cross-entropy") =>
  complaint(`  data: { uses: load-data, with: { ${data} } }
  model: { uses: train, from: { data: data }, with: { architecture: { ${architecture} },
    problem: { kind: supervised, ${problem} } } }
`);

test("networks that do not fit a built-in data set are refused at the parameter that does not", () => {
  const moons = "name: two-moons";
  assert.equal(learning(moons, "kind: mlp, widths: [2, 8, 2]"), "");
  assert.match(learning(moons, "kind: mlp, widths: [3, 8, 2]"), /^p\.yaml:4:91 model: the mlp takes inputs of \[3\], /);
  assert.match(
    learning(moons, "kind: mlp, widths: [2, 8, 3]"),
    /^p\.yaml:4:97 model: the mlp gives 3 classes, .*has 2/,
  );
  const cnn = (image: string, classes: number) =>
    `kind: cnn, image: ${image}, blocks: [{ channels: 4 }], classes: ${classes}`;
  assert.equal(learning("name: digits", cnn("[1, 28, 28]", 10)), "");
  assert.match(
    learning("name: digits", cnn("[3, 28, 28]", 10)),
    /^p\.yaml:4:\d+ model: the cnn takes inputs of \[3,28,28\]/,
  );
  assert.match(learning("name: digits", cnn("[1, 28, 28]", 7)), /^p\.yaml:4:\d+ model: the cnn gives 7 classes/);
  assert.match(learning("name: shapes", "kind: mlp, widths: [784, 8, 10]"), /samples of \[3,32,32\], 3072 numbers/);
  assert.match(
    learning(moons, "kind: mlp, widths: [2, 8, 2]", "loss: mean-squared-error"),
    /^p\.yaml:5:\d+ model: mean-squared-error compares numbers; the dataset has labels of 2 classes/,
  );
});

test("samples that are missing or of no use are told before anything runs", () => {
  writeFileSync(join(folder, "w.npz"), "");
  const pinn = `problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)" }`;
  const mlp = "architecture: { kind: mlp, widths: [2, 4, 2] }";
  const data = "  data: { uses: load-data, with: { name: two-moons } }\n";
  assert.match(
    complaint(`  model: { uses: train, with: { ${mlp}, problem: { kind: supervised } } }\n`),
    /connect them to the port "data"/,
  );
  assert.match(
    complaint(`  model: { uses: load-model, with: { path: w.npz, ${mlp}, problem: { kind: supervised } } }\n`),
    /^p\.yaml:3:\d+ model: is supervised: it learns from samples; connect them to the port "data"/,
  );
  assert.match(
    complaint(
      `${data}  model: { uses: train, from: { data: data }, with: { ${mlp.replace("4, 2]", "4, 1]")}, ${pinn} } }\n`,
    ),
    /^p\.yaml:4:\d+ model: a pinn problem needs no samples; leave it out/,
  );
  const trained = `${data}  model: { uses: train, from: { data: data }, with: { ${mlp}, problem: { kind: supervised } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
`;
  for (const uses of ["sample-grid", "sample-points"]) {
    const stage = `  samples: { uses: ${uses}, from: { model: model, directions: directions } }\n`;
    assert.match(complaint(trained + stage), /samples: the loss of model is that of samples; connect those/);
    assert.equal(complaint(trained + stage.replace("model: model,", "model: model, data: data,")), "");
  }
  for (const uses of ["hessian", "sharpness", "jump-and-retrain"]) {
    assert.match(
      complaint(`${trained}  of: { uses: ${uses}, from: { model: model } }\n`),
      /of: the loss of model is that/,
    );
  }
});

test("directions tell what their method does not use or lacks before anything runs", () => {
  const model = `  model: { uses: train, with: { architecture: { kind: mlp, widths: [2, 4, 1] },
    problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)" } } }
`;
  const by = (more: string, params: string) =>
    complaint(
      `${model}  directions: { uses: compute-directions, from: { model: model${more} }, with: { ${params} } }\n`,
    );
  assert.match(
    by(", to: model", "method: random"),
    /^p\.yaml:5:\d+ directions: directions by method: random use no other/,
  );
  assert.match(by("", "method: between"), /between needs another model/);
  assert.match(by(", to: model", "method: between, count: 2"), /count|there are only 1 models/);
  assert.match(by("", "method: axes"), /the model has 17, more than 16/);
  assert.equal(by(", to: model", "method: between"), "");
});

test("a training tells what only a start from another model, or one without, has a use for", () => {
  const model = (
    more: string,
    from = "",
  ) => `{ uses: train, ${from}with: { architecture: { kind: mlp, widths: [2, 4, 1] },
    problem: { kind: pinn, equation: "u_t + u_x", initial: "sin(x)" }${more} } }`;
  assert.match(complaint(`  a: ${model(", startRow: 0")}\n`), /^p\.yaml:4:\d+ a: is of a model at the port "start"/);
  const next = (more: string) => complaint(`  a: ${model("")}\n  b: ${model(more, "from: { start: a }, ")}\n`);
  assert.match(next(", initialization: orthogonal"), /^p\.yaml:6:\d+ b: is orthogonal, but the weights come from/);
  assert.equal(next(", startRow: 0"), "");
});
