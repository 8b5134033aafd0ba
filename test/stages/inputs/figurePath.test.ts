import assert from "node:assert/strict";
import { test } from "node:test";
import { faultsOf } from "../../pipeline/planOf.js";

const bowl = `stages:
  bowl: { uses: train, with: { architecture: { kind: parameters, names: [x, y], start: { x: 1, y: 1 } }, problem: { kind: function, loss: "x^2 + y^2" } } }
  again: { uses: train, with: { architecture: { kind: parameters, names: [x, y], start: { x: 2, y: 1 } }, problem: { kind: function, loss: "x^2 + y^2" } } }
  axes: { uses: compute-directions, from: { model: bowl }, with: { method: axes } }
  same: { uses: compute-directions, from: { model: bowl }, with: { method: axes } }
  drawn: { uses: compute-directions, from: { model: bowl }, with: { method: random, normalize: none, ignore: [] } }
  grid: { uses: sample-grid, from: { model: bowl, directions: axes }, with: { steps: 3 } }
  way: { uses: project, from: { model: bowl, directions: axes } }
`;

const refused = (...stages: string[]) =>
  faultsOf({ "p.yaml": `${bowl}${stages.map((stage) => `  ${stage}\n`).join("")}` });
const figure = "map: { uses: figure, from: { grid: grid, path: other }, with: { plot: contour } }";

test("a path over a landscape has its directions, its model and its unit", () => {
  assert.deepEqual(refused(figure.replace("other", "way")), []);
  const other = (from: string, more = "") => refused(`other: { uses: project, from: { ${from} }${more} }`, figure);
  assert.deepEqual(other("model: bowl, directions: same"), [], "another stage with the same result");
  const [directions, ...rest] = other("model: bowl, directions: drawn");
  assert.match(directions, /other is along drawn, and grid is along axes; expected the same for both/);
  assert.deepEqual(rest, []);
  assert.match(
    other("model: again, directions: axes").join(),
    /other is around again, and grid is around bowl; expected the same for both/,
  );
  assert.match(
    other("model: bowl, directions: axes", ", with: { unit: relative }").join(),
    /other counts the unit relative, grid the unit direction; expected the same unit for both/,
  );
  assert.match(
    refused(
      "other: { uses: sample-points, from: { model: bowl, directions: axes }, with: { count: 4 } }",
      figure,
    ).join(),
    /other has no column "model", which names the ways; expected the output of a stage project/,
  );
});
