import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Artifact } from "../../src/artifact/artifact.js";
import { readArtifact } from "../../src/artifact/artifactFile.js";
import { runPipeline } from "../../src/library/runPipeline.js";
import { outlooksOf } from "../../src/pipeline/outlooks.js";
import type { Step } from "../../src/pipeline/step.js";
import { faultsOf, planOf } from "./planOf.js";

const head = `matrix: { beta: [1, 30], seed: [0, 1] }
stages:
  model: { uses: train, with: { architecture: { kind: mlp, widths: [2, 4, 1] }, seed: "\${seed}",
    problem: { kind: pinn, equation: "u_t + beta * u_x", coefficients: { beta: "\${beta}" }, initial: "sin(x)",
    exact: "sin(x - beta * t)" } } }
  directions: { uses: compute-directions, from: { model: model }, with: { method: random } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: 5 } }
  tree: { uses: merge-tree, from: { grid: grid } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  errors: { uses: evaluate, from: { model: model } }
  summary: { uses: gather, from: { table: [metrics, errors] } }
`;

/** The first line of what a pipeline with these stages is refused for, without its place. */
const refused = (...stages: string[]) =>
  faultsOf({ "p.yaml": `${head}${stages.map((stage) => `  ${stage}\n`).join("")}` }).map((line) =>
    line.replace(/^p\.yaml:\d+:\d+ /, ""),
  );

test("a column is accepted by its full name, and by its end where only one stage has it", () => {
  const columns = (names: string) =>
    refused(`few: { uses: gather, from: { table: [metrics, errors] }, with: { columns: [${names}] } }`);
  assert.deepEqual(columns("metrics.minima, minima, relativeL2, minima@0.1%, totalPersistence^2"), []);
  assert.deepEqual(columns("minma"), [
    'few: columns is "minma", which is not a column; did you mean "metrics.minima"?',
  ]);
  assert.deepEqual(columns("nonFinite"), [
    'few: columns is "nonFinite", which matches 2 columns; expected metrics.nonFinite or errors.nonFinite',
  ]);
  assert.deepEqual(
    refused("few: { uses: gather, from: { table: metrics }, with: { columns: [nonFinite] } }"),
    [],
    "without the other input it is the only one",
  );
});

test("check refuses columns and axes that a table cannot have, wherever they are named", () => {
  const no = (name: string) => new RegExp(`is "${name}", which is not a column`);
  const figure = (parameters: string) =>
    refused(`map: { uses: figure, from: { of: summary }, with: { ${parameters} } }`);
  assert.deepEqual(figure("plot: heatmap, x: beta, y: seed, column: relativeL2"), []);
  assert.match(figure("plot: heatmap, x: bta, y: seed, column: relativeL2").join(), /x is "bta", .* mean "beta"\?/);
  assert.match(figure("plot: heatmap, x: beta, y: seed, column: relativL2").join(), no("relativL2"));
  assert.match(figure("plot: lines, x: beta, y: minima, over: sed").join(), /over is "sed", .* mean "seed"\?/);
  assert.match(figure("plot: bars, x: beta, y: nonFinite").join(), /y is "nonFinite", which matches 2 columns/);
  assert.match(figure("plot: lines, x: beta, y: minima, series: sead").join(), no("sead"));
  const facet = refused("panels: { uses: figure, from: { of: grid }, with: { plot: contour, facet: { row: sead } } }");
  assert.match(facet.join(), /facet\.row is "sead", which is not a matrix axis of the inputs; did you mean "seed"\?/);

  const aggregate = (parameters: string) =>
    refused(`mean: { uses: aggregate, from: { table: summary }, with: { ${parameters} } }`);
  assert.deepEqual(aggregate("over: [seed], columns: [minima, errors.loss]"), []);
  assert.match(aggregate("over: [sead]").join(), /over is "sead", which is not a matrix axis/);
  assert.match(aggregate("over: [seed], columns: [minma]").join(), no("minma"));
  const chain = (column: string) =>
    refused(
      "mean: { uses: aggregate, from: { table: summary }, with: { over: [seed] } }",
      `line: { uses: figure, from: { of: mean }, with: { plot: lines, x: beta, y: ${column} } }`,
    );
  assert.deepEqual(chain("metrics.minima.mean"), []);
  assert.match(chain("metrics.minima.maen").join(), /did you mean "metrics\.minima\.mean"\?/);
  assert.match(chain("seed").join(), no("seed"), "the axis that is averaged over is gone");

  const correlate = (x: string) =>
    refused(`related: { uses: correlate, from: { table: summary }, with: { x: [${x}], y: [relativeL2] } }`);
  assert.deepEqual(correlate("minima, beta"), []);
  assert.match(correlate("minima, sadles").join(), no("sadles"));
  const select = (column: string) =>
    refused(`best: { uses: select, by: [beta], from: { of: model, measure: errors }, with: { column: ${column} } }`);
  assert.deepEqual(select("relativeL2"), []);
  assert.match(select("relativeLTwo").join(), no("relativeLTwo"));
  const headline = refused("best: { uses: select, by: [beta], from: { of: model }, with: { column: losss } }");
  assert.match(headline.join(), /did you mean "model\.loss"\?/);
  const features = refused("told: { uses: features, from: { samples: model }, with: { columns: [lossy] } }");
  assert.match(features.join(), no("lossy"));
  assert.match(
    refused("c: { uses: checkpoint, from: { model: model }, with: { at: best, by: los } }").join(),
    no("los"),
  );
});

test("the columns of a solution are the variables, u, and, if the problem states it, the exact solution", () => {
  const withoutExact = head.replace(/,\s*exact: "[^"]*"/, "");
  const drawn = (y: string, exact: boolean, through: string) =>
    faultsOf({
      "p.yaml": `${exact ? head : withoutExact}  last: { uses: checkpoint, from: { model: model }, with: { at: last } }
  best: { uses: select, by: [beta], from: { of: model } }
  solved: { uses: predict, from: { model: ${through} } }
  map: { uses: figure, from: { of: solved }, with: { plot: heatmap, x: x, y: t, column: ${y} } }
`,
    }).join();
  for (const through of ["model", "last", "best"]) {
    assert.equal(drawn("error", true, through), "");
    assert.equal(drawn("u", false, through), "");
    assert.match(drawn("exat", true, through), /column is "exat", which is not a column; did you mean "exact"\?/);
    assert.match(drawn("error", false, through), /column is "error", which is not a column/);
  }
  for (const of of ["errors", "model"]) {
    const gathered = `  all: { uses: gather, from: { table: ${of} }, with: { columns: [relativeL2] } }\n`;
    assert.deepEqual(faultsOf({ "p.yaml": head + gathered }), []);
    assert.match(
      faultsOf({ "p.yaml": withoutExact.replace(/ {2}summary.*\n/, gathered) }).join(),
      /is "relativeL2", which/,
    );
  }
});

test("by groups what select, aggregate and correlate take, and what follows has an axis for it", () => {
  const text = (stages: string) =>
    planOf({ "p.yaml": head + stages }).steps.filter(({ stage }) =>
      ["mean", "best", "related", "line"].includes(stage),
    );
  const stages = `  each: { uses: gather, by: [beta], from: { table: [metrics, errors] } }
  mean: { uses: aggregate, by: [beta], from: { table: errors }, with: { over: [seed] } }
  best: { uses: select, by: [beta], from: { of: model, measure: errors }, with: { column: relativeL2 } }
  related: { uses: correlate, by: [seed], from: { table: [metrics, errors] }, with: { x: [minima], y: [relativeL2] } }
  line: { uses: figure, from: { table: each }, with: { plot: lines, x: seed, y: minima, title: "beta \${beta}" } }
`;
  const planned = text(stages).map(({ id, inputs }) => [id, Object.values(inputs).map((sources) => sources.length)]);
  assert.deepEqual(Object.fromEntries(planned), {
    "mean@beta=1": [2],
    "mean@beta=30": [2],
    "best@beta=1": [2, 2],
    "best@beta=30": [2, 2],
    "related@seed=0": [4],
    "related@seed=1": [4],
    "line@beta=1": [1],
    "line@beta=30": [1],
  });
  assert.match(
    refused("mean: { uses: aggregate, by: [sead], from: { table: errors }, with: { over: [seed] } }").join(),
    /mean\.by names "sead"; its inputs are repeated over "beta" or "seed"; did you mean "seed"\?/,
  );
  // The groups of one stage are taken apart together.
  assert.deepEqual(
    refused(
      "each: { uses: gather, by: [beta], from: { table: [metrics, errors] } }",
      "mean: { uses: aggregate, from: { table: each }, with: { over: [seed], columns: [metrics.minima] } }",
      "line: { uses: figure, from: { of: mean }, with: { plot: lines, x: beta, y: metrics.minima.mean } }",
    ),
    [],
  );
});

test("what a command writes is not known, and no column of it is refused", () => {
  const stages = [
    "own: { uses: shell, from: { grid: grid }, with: { command: cat, output: table } }",
    "all: { uses: gather, from: { table: [own, metrics] }, with: { columns: [anything, minima] } }",
    "mean: { uses: aggregate, from: { table: all }, with: { over: [seed], columns: [anything] } }",
  ];
  assert.deepEqual(refused(...stages), []);
  assert.match(
    refused(...stages.slice(0, 2), "mean: { uses: aggregate, from: { table: all }, with: { over: [sead] } }").join(),
    /not a matrix axis/,
  );
});

test("an input that is missing, or a parameter that is refused, is told once", () => {
  assert.deepEqual(refused("told: { uses: features }").length, 1);
  assert.deepEqual(refused("told: { uses: features, from: { samples: model }, with: { quantiles: many } }").length, 1);
});

/** True when a name is among those that may be there. */
const isTold = (known: readonly string[], name: string) =>
  known.some((column) => (column.endsWith("*") ? name.startsWith(column.slice(0, -1)) : column === name));

test("stages declare every column and headline number that they give", { timeout: 300_000 }, async () => {
  const results = mkdtempSync(join(tmpdir(), "cirque-columns-"));
  try {
    for (const path of ["pipelines/around.yaml", "test/fixtures/tables.yaml"]) {
      const { outcomes } = await runPipeline(path, { results, publish: false });
      const outlooks = outlooksOf();
      for (const outcome of outcomes) {
        assert.ok(!("error" in outcome), `${outcome.step.id}: ${"error" in outcome && outcome.error}`);
        const of: Artifact = readArtifact(outcome.path);
        const { columns, headlines } = outlooks.of(outcome.step);
        const { id, definition } = outcome.step;
        const untold = {
          columns: columns === undefined ? [] : Object.keys(of.columns).filter((name) => !isTold(columns, name)),
          headlines: headlines === undefined ? [] : Object.keys(of.summary).filter((name) => !isTold(headlines, name)),
        };
        assert.deepEqual(untold, { columns: [], headlines: [] }, `${path}: ${id}`);
        if (of.kind === "table") assert.ok(columns, `${path}: ${id}, a table of ${definition.name}, tells no columns`);
        else if (of.kind !== "figure" && of.kind !== "report") assert.ok(headlines, `${path}: ${id} tells no numbers`);
      }
    }
  } finally {
    rmSync(results, { recursive: true });
  }
});

test("each step is looked at once, however many ways lead to it", () => {
  let looks = 0;
  const definition = {
    name: "any",
    output: "table",
    inputs: {},
    outlook: (_: object, __: object) => ({ samples: ++looks }),
  };
  const stepFrom = (sources: Step[], i: number) =>
    ({
      definition,
      inputs: { table: sources },
      stage: `s${i}`,
      title: "s",
      key: `k${i}`,
      point: {},
      params: {},
      files: [],
    }) as unknown as Step;
  let layer: Step[] = [stepFrom([], 0), stepFrom([], 1)];
  for (let i = 2; i < 60; i += 2) layer = [stepFrom(layer, i), stepFrom(layer, i + 1)];
  outlooksOf().of(layer[0]);
  assert.equal(looks, 59);
});
