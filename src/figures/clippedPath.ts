/** The rectangle [left, right] × [top, bottom] in pixels. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/**
 * The line through the points (x, y) as an SVG path, cut off at the edges of a box (Liang & Barsky 1984). A point that
 * is not finite interrupts the line. Empty when nothing is inside.
 */
export function clippedPath(x: ArrayLike<number>, y: ArrayLike<number>, box: Box): string {
  let path = "";
  let end: string | undefined;
  for (let i = 1; i < x.length; i++) {
    const segment = clippedSegment(x[i - 1], y[i - 1], x[i], y[i], box);
    if (segment === undefined) continue;
    const [from, to] = segment.map(([u, v]) => `${u.toFixed(2)},${v.toFixed(2)}`);
    path += from === end ? `L${to}` : `M${from}L${to}`;
    end = to;
  }
  return path;
}

function clippedSegment(x0: number, y0: number, x1: number, y1: number, box: Box): [number, number][] | undefined {
  const [dx, dy] = [x1 - x0, y1 - y0];
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return undefined;
  let [enter, leave] = [0, 1];
  for (const [along, room] of [
    [-dx, x0 - box.left],
    [dx, box.right - x0],
    [-dy, y0 - box.top],
    [dy, box.bottom - y0],
  ]) {
    if (along === 0 && room < 0) return undefined;
    if (along < 0) enter = Math.max(enter, room / along);
    if (along > 0) leave = Math.min(leave, room / along);
  }
  const at = (s: number): [number, number] => [x0 + s * dx, y0 + s * dy];
  return enter <= leave ? [at(enter), at(leave)] : undefined;
}
