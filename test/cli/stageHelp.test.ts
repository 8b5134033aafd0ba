import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { describeStage } from "../../src/cli/stageHelp.js";
import { schemaOf } from "../../src/pipeline/schemas.js";
import { computeDirectionsStage } from "../../stages/computeDirections.js";
import { connectMinimaStage } from "../../stages/connectMinima.js";
import { loadStages } from "../../stages/index.js";
import { loadModelStage } from "../../stages/loadModel.js";
import { sampleGridStage } from "../../stages/sampleGrid.js";
import { trainStage } from "../../stages/train.js";

const stages = await loadStages();

const help = (stage: Parameters<typeof describeStage>[0]) => describeStage(stage, schemaOf(stage.name)).split("\n");
const namesIn = (lines: string[]) => lines.map((line) => line.trimStart().split(/[ :]/)[0]);

test("each value of a choice has its own parameters below it; those of all come once, at the end", () => {
  const lines = help(computeDirectionsStage);
  const block = (start: string) => {
    const from = lines.findIndex((line) => line.startsWith(`  ${start}`)) + 1;
    const to = lines.findIndex((line, i) => i >= from && !line.startsWith("    "));
    // What is further in goes on with a line before.
    return namesIn(lines.slice(from, to < 0 ? undefined : to).filter((line) => /^ {4}\S+ \(/.test(line)));
  };
  assert.deepEqual(block("method: random:"), ["count", "distribution"]);
  assert.deepEqual(block("method: gradient:"), ["statistics", "batchSize"]);
  assert.deepEqual(block("any method:"), ["normalize", "ignore", "orthogonalize", "seed", "dtype"]);
  assert.ok(lines.includes("  to: model (optional, one or more)"));
});

test("a choice with one value has no parameters in common", () => {
  const lines = help(loadModelStage);
  assert.ok(lines.some((line) => line.startsWith("    kind: mlp: ")));
  assert.ok(!lines.some((line) => line.trim() === "any kind:"), "widths belong to mlp");
});

test("what is long goes on in further lines, and the first example comes last", () => {
  for (const stage of stages) {
    const lines = help(stage);
    assert.deepEqual(
      lines.filter((line) => line.length > 100),
      [],
    );
    const example = lines.slice(lines.indexOf("example:") + 1).join("\n");
    const { examples } = schemaOf(stage.name) as { examples: object[] };
    assert.deepEqual({ with: {}, ...parse(example) }, { uses: stage.name, with: examples[0] });
  }
});

test("a parameter tells its type, its bounds, and its default", () => {
  assert.ok(help(sampleGridStage).some((line) => line.startsWith("  steps (integer")));
  assert.ok(
    help(connectMinimaStage).some((line) => line.startsWith("  points (integer, ≥ 1 and ≤ 1000, default 11): ")),
  );
});

test("every parameter has a type, also where alternatives of several types may stand, and their blocks follow", () => {
  for (const stage of stages)
    assert.deepEqual(
      help(stage).filter((line) => /\bundefined\b|^ +\S+ \((required|default)?[,)]/.test(line)),
      [],
      stage.name,
    );
  const train = help(trainStage);
  const optimizer = train.findIndex((line) => line.startsWith("  optimizer (array or object): "));
  assert.ok(optimizer > 0 && train.indexOf("    kind: adam: Adam.") > optimizer);
  assert.ok(train.some((line) => line.includes("differences (boolean or object, default true)")));
  const faces = train.indexOf("        <any name> (periodic | none or object):");
  assert.ok(faces > 0 && train[faces + 1].includes("lower (string or array, required)"));
});
