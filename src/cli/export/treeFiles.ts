/** Merge trees and their critical points as files of other programs. */
import { type Artifact, numbers } from "../../artifact/artifact.js";
import { writeCsv } from "../../files/writeCsv.js";
import { writeVtp } from "../../files/writeVtk.js";
import { gridOf } from "./gridOf.js";

/** TTK's codes of critical types. */
const criticalTypes: Record<string, number> = { minimum: 0, saddle: 1, maximum: 3, root: 3 };

interface Nodes {
  vertex: Float64Array;
  value: Float64Array;
  parent: Float64Array;
  size: Float64Array;
  type: string[];
}

function nodesOf(of: Artifact): Nodes {
  if (of.kind !== "tree") throw new Error(`this format needs a merge tree; found a ${of.kind}`);
  const [vertex, value, parent, size] = ["vertex", "value", "parent", "size"].map((name) => numbers(of, name));
  return { vertex, value, parent, size, type: of.columns.type as string[] };
}

const typeCode = (type: string, of: Artifact): number =>
  type === "root" && of.metadata.direction === "superlevel" ? 0 : (criticalTypes[type] ?? 1);

/** The positions of a grid's vertices, [n × 3]. Missing axes are 0. Throws Error for more than three axes. */
export function pointsOf(vertices: ArrayLike<number>, grid: Artifact | undefined): Float64Array {
  if (grid === undefined) throw new Error("the grid of the tree has no result here; run it first");
  const { shape, axes } = gridOf(grid);
  if (shape.length > 3) throw new Error(`VTK has three axes; the grid has ${shape.length}`);
  const points = new Float64Array(3 * vertices.length);
  for (let i = 0; i < vertices.length; i++) {
    let rest = vertices[i];
    for (const [k, length] of shape.entries()) {
      points[3 * i + k] = axes[k][rest % length];
      rest = Math.floor(rest / length);
    }
  }
  return points;
}

/** Nodes in the domain with a line to each parent, to combine with the grid's own file in ParaView. */
export function treeVtp(of: Artifact, grid: Artifact | undefined): Uint8Array {
  const { vertex, value, parent, size, type } = nodesOf(of);
  const lines = Array.from(parent, (to, from) => [from, to] as [number, number]).filter(([, to]) => to >= 0);
  return writeVtp(pointsOf(vertex, grid), lines, [
    ["loss", value],
    ["VertexId", Int32Array.from(vertex)],
    ["CriticalType", Int32Array.from(type, (name) => typeCode(name, of))],
    ["RegionSize", Int32Array.from(size)],
  ]);
}

/** The columns of TTK's tables of tree nodes, with coordinates in the domain. */
export function treeTtk(of: Artifact, grid: Artifact | undefined): Uint8Array {
  const { vertex, value, parent, size, type } = nodesOf(of);
  const points = pointsOf(vertex, grid);
  const column = (name: string, at: (row: number) => number) => ({ name, cell: (row: number) => String(at(row)) });
  const columns = [
    column("NodeId", (row) => row),
    column("Scalar", (row) => value[row]),
    column("VertexId", (row) => vertex[row]),
    column("CriticalType", (row) => typeCode(type[row], of)),
    column("RegionSize", (row) => size[row]),
    column("ParentId", (row) => parent[row]),
    ...[0, 1, 2].map((k) => column(`Points:${k}`, (row) => points[3 * row + k])),
  ];
  return writeCsv(columns, vertex.length);
}

/** GraphML: a node per tree node, and an edge from each to its parent (Brandes et al. 2002). */
export function treeGraphml(of: Artifact): Uint8Array {
  const { vertex, value, parent, size, type } = nodesOf(of);
  const keys = Object.entries({ vertex: "int", loss: "double", type: "string", size: "int" });
  const nodes = type.map((name, i) => {
    const loss = Number.isFinite(value[i])
      ? String(value[i])
      : Number.isNaN(value[i])
        ? "NaN"
        : value[i] > 0
          ? "INF"
          : "-INF";
    const data = { vertex: String(vertex[i]), loss, type: name, size: String(size[i]) };
    const entries = Object.entries(data).map(([key, text]) => `<data key="${key}">${text}</data>`);
    return `<node id="n${i}">${entries.join("")}</node>`;
  });
  const edges = [...parent.entries()]
    .filter(([, to]) => to >= 0)
    .map(([from, to]) => `<edge source="n${from}" target="n${to}"/>`);
  return Buffer.from(
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
      ...keys.map(([name, kind]) => `<key id="${name}" for="node" attr.name="${name}" attr.type="${kind}"/>`),
      '<graph id="tree" edgedefault="directed">',
      ...nodes,
      ...edges,
      "</graph>",
      "</graphml>",
      "",
    ].join("\n"),
  );
}
