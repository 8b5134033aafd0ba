import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../../src/artifact/artifact.js";
import { exportArtifact, formatOfEnding } from "../../../src/cli/exportArtifact.js";

// The landscape of three points along x and two along y, unevenly spaced along x.
//   y = 5:  0.1  7   3
//   y = 2:  4    1   NaN
const x = Float64Array.of(-1, 0.25, 3);
const loss = Float64Array.of(4, 1, Number.NaN, 0.1, 7, 3);
const gridOn = (first: Float64Array) =>
  artifact(
    "grid",
    { loss, a1: Float64Array.from([...first, ...first]), a2: Float64Array.of(2, 2, 2, 5, 5, 5) },
    { shape: [3, 2], labels: ["direction 1", "direction 2"] },
  );
const grid = gridOn(x);

const tree = artifact("tree", {
  vertex: Int32Array.of(1, 3, 0, 4),
  value: Float64Array.of(1, 0.1, 4, 7),
  type: ["minimum", "minimum", "saddle", "root"],
  parent: Int32Array.of(2, 2, 3, -1),
  size: Int32Array.of(1, 2, 2, 1),
  meanLoss: Float64Array.of(1, 0.1, 4, 7),
  members: { offsets: Int32Array.of(0, 1, 2, 3, 4), values: Int32Array.of(1, 3, 0, 4) },
});

test("what a format cannot hold is refused in its words", async () => {
  await assert.rejects(exportArtifact(tree, "h5"), /this format needs a regular grid; found a tree/);
  await assert.rejects(exportArtifact(grid, "graphml"), /this format needs a merge tree; found a grid/);
  await assert.rejects(exportArtifact(grid, "svg"), /the format svg needs figures; found a grid/);
  assert.equal(formatOfEnding("a/b.VTP"), "vtp");
  assert.equal(formatOfEnding("a.hdf5"), "h5");
  assert.equal(formatOfEnding("a.xlsx"), undefined);
  assert.equal(formatOfEnding("csv"), undefined);
});

test("figures are their drawing, reports their page", async () => {
  const figure = artifact("figure", { spec: ["{}"], svg: ["<svg/>"], png: [Uint8Array.of(1, 2)] });
  assert.equal(Buffer.from(await exportArtifact(figure, "svg")).toString(), "<svg/>");
  assert.deepEqual(await exportArtifact(figure, "png"), Uint8Array.of(1, 2));
  assert.equal(Buffer.from(await exportArtifact(artifact("report", { html: ["<p>"] }), "html")).toString(), "<p>");
});
