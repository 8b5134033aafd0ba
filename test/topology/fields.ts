/** Graphs and fields that several tests draw on. */
import fc from "fast-check";
import type { MergeTree } from "../../src/topology/mergeTree.js";
import { type Connectivity, gridNeighbors, type Neighbors } from "../../src/topology/neighbors.js";

/** A graph given by its edges. */
export function graph(count: number, edges: readonly (readonly [number, number])[]): Neighbors {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const [u, v] of edges) {
    lists[u].push(v);
    lists[v].push(u);
  }
  return {
    count,
    maxDegree: Math.max(0, ...lists.map((list) => list.length)),
    list(vertex, out) {
      out.set(lists[vertex]);
      return lists[vertex].length;
    },
  };
}

export interface Field {
  values: Float64Array;
  neighbors: Neighbors;
  describe: string;
}

/** Small fields with many ties on grids of every connectivity and on random graphs, connected or not; all finite. */
export const smallFields: fc.Arbitrary<Field> = fc.oneof(
  fc
    .record({
      shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      connectivity: fc.constantFrom<Connectivity>("axis", "freudenthal", "full"),
    })
    .chain(({ shape, connectivity }) => {
      const neighbors = gridNeighbors(shape, connectivity);
      return fc
        .array(fc.integer({ min: 0, max: 9 }), { minLength: neighbors.count, maxLength: neighbors.count })
        .map((levels) => ({
          values: Float64Array.from(levels, (x) => x / 4),
          neighbors,
          describe: `[${shape}] ${connectivity}`,
        }));
    }),
  fc.integer({ min: 1, max: 14 }).chain((count) => {
    const vertex = fc.integer({ min: 0, max: count - 1 });
    return fc
      .record({
        edges: fc.uniqueArray(fc.tuple(vertex, vertex), {
          maxLength: 20,
          selector: ([u, v]) => `${u < v ? [u, v] : [v, u]}`,
        }),
        levels: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }),
      })
      .map(({ edges, levels }) => ({
        values: Float64Array.from(levels, (x) => x / 4),
        neighbors: graph(
          count,
          edges.filter(([u, v]) => u !== v),
        ),
        describe: `graph ${JSON.stringify(edges)}`,
      }));
  }),
);

/** The vertices of the subtree of each node. */
export function subtrees({ parent, memberOffsets, members }: MergeTree): number[][] {
  const sets: number[][] = Array.from(parent, (_, node) =>
    Array.from(members.subarray(memberOffsets[node], memberOffsets[node + 1])),
  );
  parent.forEach((p, node) => {
    if (p >= 0) sets[p].push(...sets[node]);
  });
  return sets;
}

/** Every vertex's neighbours, ascending. */
export function adjacency(neighbors: Neighbors): number[][] {
  const out = new Int32Array(neighbors.maxDegree);
  return Array.from({ length: neighbors.count }, (_, v) =>
    [...out.subarray(0, neighbors.list(v, out))].sort((a, b) => a - b),
  );
}
