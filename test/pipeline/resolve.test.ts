import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "./planOf.js";

const bowl = `
  bowl: { uses: train, with: { architecture: { kind: parameters, names: [x, y], start: { x: 1, y: 1 } }, problem: { kind: function, loss: "x^2 + y^2" } } }
  axes: { uses: compute-directions, from: { model: bowl }, with: { method: axes } }
  grid: { uses: sample-grid, from: { model: bowl, directions: axes }, with: { steps: 3 } }
  moons: { uses: load-data, with: { name: two-moons, count: 5 } }
`;

const faults = (stage: string, files: Record<string, string> = {}) =>
  faultsOf({ ...files, "p.yaml": `stages:${bowl}  it: ${stage}\n` });

test("an input at a wrong port is one fault, not that the right port has none as well", () => {
  const network =
    "architecture: { kind: mlp, widths: [2, 3, 2] }, problem: { kind: supervised }, earlyStop: { patience: 2, metric: validationLoss }";
  for (const [stage, pattern] of [
    ["{ uses: barcode, from: { tre: grid } }", /has no input "tre"; expected "tree" or "grid"; did you mean "tree"\?/],
    ["{ uses: barcode, from: { grd: grid } }", /has no input "grd"/],
    ["{ uses: merge-tree, from: { gird: grid } }", /has no input "gird"; expected "grid"$/],
    ["{ uses: compare, from: { off: [grid] } }", /has no input "off"; expected "of"$/],
    [`{ uses: train, from: { dta: moons }, with: { ${network.replace(/, earlyStop.*/, "")} } }`, /has no input "dta"/],
    [`{ uses: train, from: { data: moons, valdation: moons }, with: { ${network} } }`, /has no input "valdation"/],
    ["{ uses: loss-barcode, from: { path: grid }, with: { measure: error } }", /has no input "path"/],
    [
      "{ uses: project, from: { model: bowl, direction: axes } }",
      /is "axes", whose output is directions; expected "model", or the port "directions"/,
    ],
  ] as const) {
    const found = faults(stage);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0], pattern);
  }
  assert.match(faults("{ uses: barcode }")[0], /expected a merge tree at port "tree" or a grid at port "grid"/);
});

test("a stage that takes many tells its inputs apart by their names, so these differ", () => {
  const other = `stages:${bowl}`;
  assert.match(
    faults("{ uses: gather, from: { table: [bowl, { pipeline: other.yaml, stage: bowl }] } }", {
      "other.yaml": other,
    })[0],
    /p\.yaml:6:\d+ it\.from\.table has two stages called "bowl"; rename one/,
  );
  assert.match(
    faults("{ uses: gather, from: { table: [bowl, grid, bowl] } }")[0],
    /p\.yaml:6:51 it\.from\.table lists "bowl" twice; leave one out/,
  );
});

test("an optional input of a stage that is not known is one fault", () => {
  for (const stage of [
    "{ uses: barcode, from: { grid: gird } }",
    "{ uses: barcode, from: { tree: gird } }",
    "{ uses: loss-barcode, from: { paths: gird, evaluation: gird } }",
    "{ uses: hessian, from: { model: bowl, directions: gird } }",
    "{ uses: compute-directions, from: { model: bowl, to: [gird] }, with: { method: axes } }",
    "{ uses: select, from: { of: bowl, measure: gird } }",
    "{ uses: figure, from: { grid: grid, path: gird }, with: { plot: contour } }",
    "{ uses: report, from: { figures: gird } }",
  ]) {
    const found = faults(stage).filter((fault) => !fault.includes('names the unknown stage "gird"'));
    assert.deepEqual(found, [], stage);
  }
});

test("a stage of an earlier version is told with what replaces it", () => {
  assert.match(
    faults("{ uses: compare-profiles, from: { of: bowl } }")[0],
    /unknown stage "compare-profiles", which a figure with panels replaces: uses: figure, with: \{ plot: profile, facet/,
  );
});
