/** A point of the unit square: x to the right, y down. */
export type Point = readonly [x: number, y: number];

/** An affine map of the plane: p ↦ A·p + b. */
export interface Affine {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly x: number;
  readonly y: number;
}

export const applyAffine = ({ a, b, c, d, x, y }: Affine, [px, py]: Point): Point => [
  a * px + b * py + x,
  c * px + d * py + y,
];

/** The points of an elliptic arc. Angles are in degrees, clockwise from the right (y points down). */
export function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  const pieces = Math.max(2, Math.ceil(Math.abs(to - from) / 15));
  return Array.from({ length: pieces + 1 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / pieces) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

/** The distance of a point to a chain of segments. */
export function distanceToChain(chain: readonly Point[], px: number, py: number): number {
  let least = Infinity;
  for (let i = 0; i + 1 < chain.length; i++) least = Math.min(least, squaredDistance(chain[i], chain[i + 1], px, py));
  return Math.sqrt(least);
}

/** The distance of a point to a segment. */
function squaredDistance(a: Point, b: Point, px: number, py: number): number {
  const ux = b[0] - a[0];
  const uy = b[1] - a[1];
  const length = ux * ux + uy * uy;
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((px - a[0]) * ux + (py - a[1]) * uy) / length));
  const dx = px - a[0] - t * ux;
  const dy = py - a[1] - t * uy;
  return dx * dx + dy * dy;
}

/** Signed distance to a closed polygon, negative inside (by the even–odd rule). */
export function distanceToPolygon(corners: readonly Point[], px: number, py: number): number {
  let inside = false;
  let least = Infinity;
  for (let i = 0, j = corners.length - 1; i < corners.length; j = i++) {
    const a = corners[i];
    const b = corners[j];
    if (a[1] > py !== b[1] > py && px < ((b[0] - a[0]) * (py - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
    least = Math.min(least, squaredDistance(a, b, px, py));
  }
  return inside ? -Math.sqrt(least) : Math.sqrt(least);
}

/** The share of a pixel that a region covers, from the signed distance between the pixel's centre and the region. */
export const coverage = (distance: number, pixel: number): number => Math.min(1, Math.max(0, 0.5 - distance / pixel));

export const toByte = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, value)));
