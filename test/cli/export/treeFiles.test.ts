import assert from "node:assert/strict";
import { test } from "node:test";
import { artifact } from "../../../src/artifact/artifact.js";
import { exportArtifact } from "../../../src/cli/exportArtifact.js";
import { parseXml } from "../../../src/files/xml.js";

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

test("a tree becomes GraphML, and TTK's columns with coordinates in the domain", async () => {
  const graph = parseXml(Buffer.from(await exportArtifact(tree, "graphml")).toString(), "a.graphml").children.at(-1);
  assert.equal(graph?.children.filter(({ name }) => name === "node").length, 4);
  const edges = graph?.children.filter(({ name }) => name === "edge").map(({ attributes }) => [...attributes.values()]);
  assert.deepEqual(edges, [["n0", "n2"], ["n1", "n2"], ["n2", "n3"]]); // biome-ignore format: a line
  const [head, first] = Buffer.from(await exportArtifact(tree, "ttk", grid))
    .toString()
    .split("\r\n");
  assert.equal(head, "NodeId,Scalar,VertexId,CriticalType,RegionSize,ParentId,Points:0,Points:1,Points:2");
  assert.equal(first, "0,1,1,0,1,2,0.25,2,0");
  await assert.rejects(exportArtifact(tree, "vtp"), /the grid of the tree has no result here; run it first/);
});
