/** Surfaces in the plane with known saddles, as paths see them. */
import type { PathOptions } from "../../../src/landscape/paths/connectPath.js";
import type { PathSurface } from "../../../src/landscape/paths/pathSurface.js";
import type { TrainingHooks } from "../../../src/training/trainingRecord.js";

/** A function of any number of variables with its gradient. */
export interface Field {
  readonly value: (x: Float64Array) => number;
  readonly gradient: (x: Float64Array) => Float64Array;
}

export function surfaceOf({ value, gradient }: Field, size = 2): PathSurface {
  return {
    size,
    batches: 1,
    gradients: async (points) => ({ losses: points.map(value), gradients: points.map(gradient) }),
    losses: async (points) => Float64Array.from(points, value),
  };
}

/** Müller & Brown 1979: minima −146.700, −108.167 and −80.768, saddles −40.665 and −72.249. */
export const mullerBrown: Field = {
  value: ([x, y]) => mullerBrownTerms(x, y).reduce((sum, { term }) => sum + term, 0),
  gradient([x, y]) {
    const terms = mullerBrownTerms(x, y);
    const dx = terms.reduce((sum, { term, a, b, u, v }) => sum + term * (2 * a * u + b * v), 0);
    const dy = terms.reduce((sum, { term, b, c, u, v }) => sum + term * (b * u + 2 * c * v), 0);
    return Float64Array.of(dx, dy);
  },
};

function mullerBrownTerms(x: number, y: number) {
  return [
    { A: -200, a: -1, b: 0, c: -10, x0: 1, y0: 0 },
    { A: -100, a: -1, b: 0, c: -10, x0: 0, y0: 0.5 },
    { A: -170, a: -6.5, b: 11, c: -6.5, x0: -0.5, y0: 1.5 },
    { A: 15, a: 0.7, b: 0.6, c: 0.7, x0: -1, y0: 1 },
  ].map(({ A, a, b, c, x0, y0 }) => {
    const [u, v] = [x - x0, y - y0];
    return { term: A * Math.exp(a * u * u + b * u * v + c * v * v), a, b, c, u, v };
  });
}

/** Minima 0 at (±1, 0), joined by a valley that bends to the saddle 1 at (0, 2): (x² − 1)² + (y + 2x² − 2)². */
export const bentWell: Field = {
  value: ([x, y]) => (x * x - 1) ** 2 + (y + 2 * x * x - 2) ** 2,
  gradient([x, y]) {
    const side = y + 2 * x * x - 2;
    return Float64Array.of(4 * x * (x * x - 1) + 8 * x * side, 2 * side);
  },
};

/** The point near another one at which the gradient vanishes, by Newton's method with differences of the gradient. */
export function stationaryPoint({ gradient }: Field, [x, y]: readonly [number, number]): Float64Array {
  const h = 1e-6;
  let at = Float64Array.of(x, y);
  for (let step = 0; step < 30; step++) {
    const [gx, gy] = gradient(at);
    const along = (dx: number, dy: number) => {
      const [plus, minus] = [1, -1].map((s) => gradient(Float64Array.of(at[0] + s * dx, at[1] + s * dy)));
      return [(plus[0] - minus[0]) / (2 * h), (plus[1] - minus[1]) / (2 * h)];
    };
    const [[a, b], [c, d]] = [along(h, 0), along(0, h)];
    const determinant = a * d - b * c;
    at = Float64Array.of(at[0] - (d * gx - c * gy) / determinant, at[1] - (a * gy - b * gx) / determinant);
  }
  return at;
}

/** What the others are measured by, unless a test says otherwise. */
export const fine: PathOptions = {
  method: "chain",
  points: 11,
  maxPoints: 41,
  optimizer: "sgd",
  learningRate: 1e-4,
  decay: 0.3,
  spring: 0.1,
  epochs: 20_000,
  growEvery: 500,
  growBy: 2,
  tolerance: 1e-8,
  patience: 5,
};

export const alone: TrainingHooks = { save: () => {}, progress: () => {} };
