import type { Neighbors } from "./neighbors.js";

/** Vertex u lists values[offsets[u]] … values[offsets[u + 1] − 1]. There is one entry more than vertices. */
export interface VertexLists {
  readonly offsets: Int32Array;
  readonly values: Int32Array;
}

/**
 * The graph in which u and v touch when either lists the other, or with `mutual` when both do. Lists may be in any
 * order, repeat a vertex or contain their own. The lists of the graph are ascending, without repetitions and loops.
 * Time and memory O(vertices + entries).
 *
 * Throws RangeError when a list contains a number that is not a vertex.
 */
export function explicitNeighbors(lists: VertexLists, options: { mutual?: boolean } = {}): Neighbors {
  const { mutual = false } = options;
  const count = lists.offsets.length - 1;
  for (let u = 0; u < count; u++) {
    for (let i = lists.offsets[u]; i < lists.offsets[u + 1]; i++) {
      const v = lists.values[i];
      if (v < 0 || v >= count) {
        throw new RangeError(`vertex ${u} has the neighbour ${v}; the graph has the vertices 0 to ${count - 1}`);
      }
    }
  }
  const listedBy = transpose(lists);
  const listed = transpose(listedBy);

  const offsets = new Int32Array(count + 1);
  const values = new Int32Array(mutual ? listed.values.length : 2 * listed.values.length);
  let size = 0;
  let maxDegree = 0;
  for (let u = 0; u < count; u++) {
    let [i, j] = [listed.offsets[u], listedBy.offsets[u]];
    const [endI, endJ] = [listed.offsets[u + 1], listedBy.offsets[u + 1]];
    while (i < endI || j < endJ) {
      const v = Math.min(i < endI ? listed.values[i] : count, j < endJ ? listedBy.values[j] : count);
      const [startI, startJ] = [i, j];
      while (i < endI && listed.values[i] === v) i++;
      while (j < endJ && listedBy.values[j] === v) j++;
      if (v !== u && (!mutual || (i > startI && j > startJ))) values[size++] = v;
    }
    offsets[u + 1] = size;
    maxDegree = Math.max(maxDegree, size - offsets[u]);
  }
  const neighbors = values.slice(0, size);

  function list(vertex: number, out: Int32Array): number {
    const start = offsets[vertex];
    const degree = offsets[vertex + 1] - start;
    for (let k = 0; k < degree; k++) out[k] = neighbors[start + k];
    return degree;
  }

  return { count, maxDegree, list };
}

/** The vertices that list each vertex, ascending. */
function transpose({ offsets, values }: VertexLists): VertexLists {
  const count = offsets.length - 1;
  const starts = new Int32Array(count + 1);
  for (let i = offsets[0]; i < offsets[count]; i++) starts[values[i] + 1]++;
  for (let v = 0; v < count; v++) starts[v + 1] += starts[v];
  const next = starts.slice(0, count);
  const sources = new Int32Array(starts[count]);
  for (let u = 0; u < count; u++) {
    for (let i = offsets[u]; i < offsets[u + 1]; i++) sources[next[values[i]]++] = u;
  }
  return { offsets: starts, values: sources };
}
