/** A point of the plane, x + iy. */
export type PlanePoint = readonly [number, number];

/** Twice the signed area; positive when the vertices run counterclockwise. */
export function doubleArea(vertices: readonly PlanePoint[]): number {
  return vertices.reduce((sum, [x, y], k) => {
    const [nextX, nextY] = vertices[(k + 1) % vertices.length];
    return sum + x * nextY - nextX * y;
  }, 0);
}

/** True when a point is inside a polygon or on its boundary, to within `margin`. */
export function isInside(vertices: readonly PlanePoint[], [x, y]: PlanePoint, margin: number): boolean {
  let inside = false;
  for (const [k, [ax, ay]] of vertices.entries()) {
    const [bx, by] = vertices[(k + 1) % vertices.length];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    if (Math.hypot(x - ax - along * dx, y - ay - along * dy) <= margin) return true;
    if (ay > y !== by > y && x < ax + ((y - ay) / dy) * dx) inside = !inside;
  }
  return inside;
}

/** The first two edges that cross or touch without being neighbours, by the number of their first vertex. */
export function crossingEdges(vertices: readonly PlanePoint[]): [number, number] | undefined {
  const n = vertices.length;
  const edge = (k: number) => [vertices[k], vertices[(k + 1) % n]] as const;
  const side = ([ax, ay]: PlanePoint, [bx, by]: PlanePoint, [x, y]: PlanePoint) =>
    Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
  for (let i = 0; i < n; i++) {
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const [[a, b], [c, d]] = [edge(i), edge(j)];
      if (side(a, b, c) * side(a, b, d) <= 0 && side(c, d, a) * side(c, d, b) <= 0) return [i, j];
    }
  }
  return undefined;
}
