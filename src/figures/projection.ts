/** A direction of view from outside a box, in degrees: around the vertical axis, and up from the ground. */
export interface View {
  azimuth: number;
  elevation: number;
}

/** A point on the picture, in units of the box, with its distance behind the picture plane. */
export type Projected = readonly [x: number, y: number, depth: number];

/** Parallel projection of a point whose third coordinate points up; y of the picture points down. */
export function projector({ azimuth, elevation }: View): (x: number, y: number, z: number) => Projected {
  const [turn, tilt] = [azimuth, elevation].map((degrees) => (degrees * Math.PI) / 180);
  const [cos, sin, up, flat] = [Math.cos(turn), Math.sin(turn), Math.sin(tilt), Math.cos(tilt)];
  return (x, y, z) => {
    const across = x * cos - y * sin;
    const away = x * sin + y * cos;
    return [across, -(away * up + z * flat), away * flat - z * up];
  };
}

/**
 * The brightness of a surface with this normal under a light from the upper left of the viewer, 0 … 1. Both sides are
 * lit.
 */
export function shade(normal: readonly [number, number, number], { azimuth }: View): number {
  const turn = ((azimuth + 35) * Math.PI) / 180;
  const light = [-0.5 * Math.sin(turn), -0.5 * Math.cos(turn), 0.85];
  const length = Math.hypot(...normal) || 1;
  const cosine = normal.reduce((sum, n, k) => sum + (n / length) * light[k], 0) / Math.hypot(...light);
  return 0.62 + 0.38 * Math.abs(cosine);
}

/** Fits projected points into a rectangle of pixels: a scale and the place of the origin. */
export function fitted(points: readonly Projected[], width: number, height: number) {
  const ends = (k: 0 | 1) => [Math.min(...points.map((p) => p[k])), Math.max(...points.map((p) => p[k]))];
  const [[left, right], [top, bottom]] = [ends(0), ends(1)];
  const scale = Math.min(width / (right - left), height / (bottom - top));
  const [x0, y0] = [(width - scale * (right + left)) / 2, (height - scale * (bottom + top)) / 2];
  return ([x, y]: Projected): [number, number] => [x0 + scale * x, y0 + scale * y];
}
