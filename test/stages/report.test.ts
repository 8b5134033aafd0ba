import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readArtifact } from "../../src/artifact/artifactFile.js";
import { runPipeline } from "../../src/library/runPipeline.js";
import { faultsOf } from "../pipeline/planOf.js";

/** Two valleys in a row of samples, 1 and 0 deep, with a saddle at 4. */
const losses = "x,y,loss\n0,0,3\n1,0,1\n2,0,4\n3,0,0\n4,0,5\n0,1,6\n1,1,6\n2,1,6\n3,1,6\n4,1,6\n";

const pipeline = (report: string, threshold = "[0, 9]") => `name: valleys
matrix: { threshold: ${threshold} }
stages:
  grid: { uses: import-grid, with: { path: losses.csv, column: loss } }
  tree: { uses: merge-tree, from: { grid: grid }, with: { simplify: { threshold: "\${threshold}" } } }
  barcode: { uses: barcode, from: { tree: tree } }
  metrics: { uses: landscape-metrics, from: { tree: tree } }
  summary: { uses: gather, from: { table: metrics } }
  report: { uses: report, from: { figures: [barcode], tables: [summary] }, with: ${report} }
`;

/** The page of the report, or the error of the step. */
async function reported(t: { after(remove: () => void): void }, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "cirque-report-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "losses.csv"), losses);
  writeFileSync(join(folder, "p.yaml"), text);
  const { outcomes } = await runPipeline(join(folder, "p.yaml"), { results: join(folder, "results"), jobs: 1 });
  const outcome = outcomes.find(({ step }) => step.stage === "report");
  assert.ok(outcome);
  if ("error" in outcome) return outcome.error;
  return (readArtifact(outcome.path).columns.html as string[])[0];
}

test("a report shows a figure for each point, the tables, the pipeline and the steps with their keys", async (t) => {
  const page = await reported(t, pipeline("{ title: Two valleys, parts: [{ text: 'Read *this* first.' }] }"));
  assert.match(page, /<title>Two valleys<\/title>/);
  assert.match(page, /Read <em>this<\/em> first\./);
  assert.equal(page.match(/<figure\b/g)?.length, 2, "a barcode for each threshold");
  for (const point of ["threshold = 0", "threshold = 9"]) assert.ok(page.includes(point), point);
  assert.ok(page.includes("uses: landscape-metrics"), "the text of the pipeline");
  for (const step of ["grid", "tree@threshold=9", "summary"]) assert.ok(page.includes(`>${step}<`), step);
});

test("a part that names no input, and a slider over no axis, are found before anything runs", () => {
  const faults = (report: string) => faultsOf({ "p.yaml": pipeline(report), "losses.csv": losses });
  assert.deepEqual(faults("{ parts: [{ figure: barcode }, { table: summary }], over: threshold }"), []);
  assert.match(
    faults("{ parts: [{ figure: profile }] }")[0],
    /report: parts\[0\]\.figure is "profile", which is not at its port figures; expected "barcode"$/,
  );
  assert.match(
    faults("{ parts: [{ text: a }, { table: sumary }] }")[0],
    /parts\[1\]\.table is "sumary", .* did you mean "summary"\?/,
  );
  assert.match(faults("{ over: epoch }")[0], /report: over is "epoch", which is not a matrix axis .* have threshold/);
});
