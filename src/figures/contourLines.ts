/**
 * The level set {f = level} of a function on a rectangular grid, by marching squares (Lorensen & Cline 1987 in 2-D).
 *
 * @param values f at (x[i], y[j]) in values[i + nx·j].
 * @returns polylines [x₀, y₀, x₁, y₁, …] with linear interpolation along grid edges; a closed line repeats its first
 * point. Cells with a corner that is not finite have no line. A vertex equal to the level counts as above it; in a cell
 * with four crossings the mean of its corners decides which pairs are joined.
 */
export function contourLines(values: Float64Array, x: Float64Array, y: Float64Array, level: number): number[][] {
  const nx = x.length;
  const above = (vertex: number) => values[vertex] >= level;
  // An edge is identified by its first vertex: 2v runs along x from v to v+1, 2v+1 along y from v to v+nx.
  const linked = new Map<number, number[]>();
  const join = (a: number, b: number) => {
    (linked.get(a) ?? linked.set(a, []).get(a)!).push(b);
    (linked.get(b) ?? linked.set(b, []).get(b)!).push(a);
  };
  for (let j = 0; j + 1 < y.length; j++) {
    for (let i = 0; i + 1 < nx; i++) {
      const v = i + nx * j;
      const mean = (values[v] + values[v + 1] + values[v + nx] + values[v + nx + 1]) / 4;
      if (!Number.isFinite(mean)) continue;
      const around = [v, v + 1, v + nx + 1, v + nx]; // anticlockwise; edge k joins corners k and k+1
      const edges = [2 * v, 2 * (v + 1) + 1, 2 * (v + nx), 2 * v + 1];
      const crossed = edges.filter((_, k) => above(around[k]) !== above(around[(k + 1) % 4]));
      if (crossed.length === 2) join(crossed[0], crossed[1]);
      else if (crossed.length === 4) {
        // Cut off the two corners that differ from the centre.
        const first = above(v) === mean >= level ? 0 : 3;
        join(edges[first], edges[(first + 1) % 4]);
        join(edges[(first + 2) % 4], edges[(first + 3) % 4]);
      }
    }
  }

  const point = (edge: number): [number, number] => {
    const v = edge >> 1;
    const i = v % nx;
    const j = (v - i) / nx;
    const w = edge & 1 ? v + nx : v + 1;
    const t = (level - values[v]) / (values[w] - values[v]);
    return edge & 1 ? [x[i], y[j] + t * (y[j + 1] - y[j])] : [x[i] + t * (x[i + 1] - x[i]), y[j]];
  };
  const lines: number[][] = [];
  const follow = (start: number) => {
    const line: number[] = [];
    for (let edge: number | undefined = start; edge !== undefined; ) {
      line.push(...point(edge));
      const next: number | undefined = linked.get(edge)!.pop();
      if (next !== undefined) linked.get(next)!.splice(linked.get(next)!.indexOf(edge), 1);
      edge = next;
    }
    lines.push(line);
  };
  for (const [edge, ends] of linked) if (ends.length === 1) follow(edge);
  for (const [edge, ends] of linked) if (ends.length === 2) follow(edge);
  return lines;
}
