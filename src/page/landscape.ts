import type { PageLandscape } from "../figures/pageData.js";
import { LEAF, type MergeTree, type MergeTreeNodes } from "../topology/mergeTree.js";
import { type PersistencePairs, persistencePairs } from "../topology/persistence.js";
import { finiteRange, simplify, simplifyNodes } from "../topology/simplification.js";
import { decode } from "./decode.js";

/** One landscape of the page, decoded. */
export interface Landscape {
  label: string;
  point: Record<string, string>;
  nodes: MergeTreeNodes;
  /** Leaves of the whole tree, of which `nodes` may hold the most persistent only. */
  leaves: number;
  /** The greatest finite loss minus the least. */
  range: number;
  samples: number;
  shape?: readonly number[];
  extent?: readonly (readonly [number, number])[];
  /** With the vertices of every node; undefined where the page is thinned. */
  whole?: { tree: MergeTree; losses: Float64Array };
}

/** A landscape without its features shorter than a threshold. */
export interface Simplified {
  nodes: MergeTreeNodes;
  /** Vertex → node. */
  index: ReadonlyMap<number, number>;
  minima: number;
  saddles: number;
  /** False where the page lacks basins that are this short. */
  isExact: boolean;
  isWhole: boolean;
  pairs(): PersistencePairs;
  /** The same with vertices; undefined where the page lacks them. */
  tree(): MergeTree | undefined;
}

export function landscapeOf(of: PageLandscape): Landscape {
  const { direction, tied, nonFinite, members } = of;
  const nodes: MergeTreeNodes = {
    ...{ direction, tied, nonFinite },
    vertex: decode.i32(of.vertex),
    parent: decode.i32(of.parent),
    size: decode.i32(of.size),
    value: decode.f64(of.value),
    meanLoss: decode.f64(of.meanLoss),
    type: decode.u8(of.type),
    minimum: of.minimum ?? Number.NaN,
    maximum: of.maximum ?? Number.NaN,
  };
  const point = Object.entries(of.point).map(([axis, value]) => `${axis} = ${value}`);
  return {
    label: point.join(", ") || of.name,
    ...{ point: of.point, nodes, leaves: of.leaves, shape: of.shape, extent: of.extent },
    range: Number.isNaN(nodes.minimum) ? 0 : finiteRange(nodes),
    samples: nodes.size.reduce((sum, size, node) => sum + (nodes.parent[node] < 0 ? size : 0), 0),
    whole: members && {
      tree: { ...nodes, memberOffsets: decode.i32(members.offsets), members: decode.i32(members.vertices) },
      losses: decode.f64(members.losses),
    },
  };
}

const latest = new WeakMap<Landscape, { fraction: number; simplified: Simplified }>();

/** The landscape at a threshold, as a fraction of its range: what `simplify` of the library gives. */
export function simplifiedAt(of: Landscape, fraction: number): Simplified {
  const known = latest.get(of);
  if (known?.fraction === fraction) return known.simplified;
  const threshold = fraction * of.range;
  const { nodes } = simplifyNodes(of.nodes, { threshold });
  const children = new Int32Array(nodes.vertex.length);
  for (const parent of nodes.parent) if (parent >= 0) children[parent]++;
  let pairs: PersistencePairs | undefined;
  let tree: MergeTree | undefined;
  const minima = nodes.type.reduce((count, type) => count + (type === LEAF ? 1 : 0), 0);
  const isThinned = of.leaves > of.nodes.type.reduce((count, type) => count + (type === LEAF ? 1 : 0), 0);
  const simplified: Simplified = {
    nodes,
    index: new Map(Array.from(nodes.vertex, (vertex, node) => [vertex, node])),
    minima,
    saddles: children.reduce((count, own) => count + (own >= 2 ? 1 : 0), 0),
    isExact: !isThinned || nodes.vertex.length < of.nodes.vertex.length,
    isWhole: nodes.vertex.length === of.nodes.vertex.length,
    pairs: () => (pairs ??= persistencePairs(nodes)),
    tree: () => (tree ??= of.whole && simplify(of.whole.tree, of.whole.losses, { threshold })),
  };
  latest.set(of, { fraction, simplified });
  return simplified;
}

/** The vertices of a node and all below it. */
export function basinVertices(tree: MergeTree, node: number): number[] {
  const inside = new Uint8Array(tree.vertex.length);
  inside[node] = 1;
  // Children come before parents.
  for (let i = node - 1; i >= 0; i--) if (tree.parent[i] >= 0 && inside[tree.parent[i]]) inside[i] = 1;
  const found: number[] = [];
  for (let i = 0; i <= node; i++) {
    if (!inside[i]) continue;
    for (let k = tree.memberOffsets[i]; k < tree.memberOffsets[i + 1]; k++) found.push(tree.members[k]);
  }
  return found;
}
