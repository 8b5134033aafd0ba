import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { numbers, rowCount } from "../../src/artifact/artifact.js";
import { runPipeline } from "../../src/library/runPipeline.js";

const repeated = `matrix: { tilt: [0, 1], seed: [0, 1, 2] }
stages:
  model:
    uses: train
    with:
      architecture: { kind: parameters, names: [x, y], start: { x: 0.9, y: 0.1 } }
      problem: { kind: function, loss: "(x^2 - 1)^2 + y^2 + tilt * x / 5 + n * y / 10", coefficients: { tilt: "\${tilt}", n: "\${seed}" } }
      optimizer: { kind: lbfgs, maxIterations: 30 }
  directions: { uses: compute-directions, from: { model: model }, with: { method: axes } }
  grid: { uses: sample-grid, from: { model: model, directions: directions }, with: { steps: 9, range: [[-2, 2], [-1, 1]] } }
  tree: { uses: merge-tree, from: { grid: grid } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  bars: { uses: barcode, from: { tree: tree } }
  outline: { uses: profile, from: { tree: tree } }
`;

/** Every stage that takes many points. */
const together: Readonly<Record<string, string>> = {
  gathered: "gather, from: { table: [metrics, model] }",
  mean: "aggregate, from: { table: metrics }, with: { over: [seed], columns: [lossMinimum], statistics: [mean, count] }",
  related:
    "correlate, from: { table: metrics }, with: { x: [seed], y: [lossMinimum], resamples: 20, permutations: 20 }",
  best: "select, from: { of: model }",
  apart: "compare, from: { of: bars }",
  profiles: "figure, from: { profile: outline }, with: { facet: { column: seed } }",
  barcodes: "figure, from: { bars: bars }, with: { facet: { column: seed } }",
  panels: "figure, from: { grid: grid }, with: { plot: contour, facet: { row: seed } }",
  page: "report, from: { figures: [outline], tables: [metrics] }",
};

const pipeline = (by: string) =>
  repeated +
  Object.entries(together)
    .map(([name, text]) => `  ${name}: { ${by}uses: ${text} }\n`)
    .join("");

test("by: gives each group what a run of its points alone gives", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cirque-by-"));
  const [grouped, alone] = ["by: [tilt], ", ""].map((by, i) => {
    const path = join(folder, `p${i}.yaml`);
    writeFileSync(path, pipeline(by));
    return path;
  });
  const options = { results: join(folder, "results"), publish: false, jobs: 1 };
  const all = await runPipeline(grouped, options);
  for (const outcome of all.outcomes)
    assert.ok(!("error" in outcome), `${outcome.step.id}: ${JSON.stringify(outcome)}`);
  for (const tilt of [0, 1]) {
    const own = await runPipeline(alone, { ...options, set: { tilt: [tilt] } });
    for (const name of Object.keys(together)) {
      const [group, whole] = [all.artifact(`${name}@tilt=${tilt}`), own.artifact(name)];
      if (name === "page") {
        const html = (group.columns.html as string[])[0];
        assert.match(html, new RegExp(`tilt = ${tilt}`));
        assert.doesNotMatch(html, new RegExp(`tilt = ${1 - tilt}`), "the other group is on another page");
        continue;
      }
      const { pdf: _, png: __, ...columns } = group.columns;
      const { pdf: ___, png: ____, ...expected } = whole.columns;
      assert.deepEqual(columns, expected, `${name}, tilt ${tilt}`);
    }
    const [mean, gathered] = ["mean", "gathered"].map((name) => all.artifact(`${name}@tilt=${tilt}`));
    const lowest = numbers(gathered, "metrics.lossMinimum");
    assert.equal(rowCount(gathered), 3);
    assert.ok(Math.abs(numbers(mean, "metrics.lossMinimum.mean")[0] - lowest.reduce((a, b) => a + b) / 3) < 1e-15);
    assert.equal(rowCount(all.artifact(`apart@tilt=${tilt}`)), 3, "distances within the group");
    // The linear term −n·y/10 lowers the minimum with n, and so the last seed is the best.
    assert.equal(all.artifact(`best@tilt=${tilt}`).summary.selected, `tilt=${tilt},seed=2`);
  }
});
