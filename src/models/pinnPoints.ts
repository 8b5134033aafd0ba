import { randomStream } from "../linalg/random.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { parseExpression } from "./expression.js";
import type { Bound, PinnPoints, PinnProblem, Points } from "./pinn.js";

/**
 * Points as Krishnapriyan et al. (2021) choose them: the initial condition on the whole x grid, the boundary at every
 * time, and collocation points drawn without replacement from the grid points with neither the first x nor the first t.
 */
export function pinnPoints(problem: PinnProblem): PinnPoints {
  const { x, t } = axes(problem);
  const [, right] = bounds(problem.domain.x);
  const initial = parseExpression(problem.initial);
  const inner = x.length - 1;
  const { points, seed } = problem.collocation;
  const drawn = randomStream(seed, "collocation").sample(inner * (t.length - 1), points);
  return {
    initial: {
      x,
      t: new Float64Array(x.length).fill(t[0]),
      u: x.map((value) => evaluateExpression(initial, { ...problem.coefficients, x: value })),
    },
    boundary: {
      lower: { x: new Float64Array(t.length).fill(x[0]), t },
      upper: { x: new Float64Array(t.length).fill(right), t },
    },
    collocation: {
      x: Float64Array.from(drawn, (k) => x[1 + (k % inner)]),
      t: Float64Array.from(drawn, (k) => t[1 + Math.floor(k / inner)]),
    },
  };
}

/** Every point of the grid, x fastest. */
export function pinnGrid(problem: PinnProblem): Points {
  const { x, t } = axes(problem);
  const size = x.length * t.length;
  return {
    x: Float64Array.from({ length: size }, (_, k) => x[k % x.length]),
    t: Float64Array.from({ length: size }, (_, k) => t[Math.floor(k / x.length)]),
  };
}

function axes({ domain, grid }: PinnProblem): Points {
  const [left, right] = bounds(domain.x);
  const [start, end] = bounds(domain.t);
  return {
    x: Float64Array.from({ length: grid.x }, (_, i) => left + ((right - left) * i) / grid.x),
    t: Float64Array.from({ length: grid.t }, (_, i) => start + ((end - start) * i) / (grid.t - 1)),
  };
}

const bounds = (pair: readonly [Bound, Bound]) => pair.map(boundValue);
const boundValue = (bound: Bound) =>
  typeof bound === "number" ? bound : evaluateExpression(parseExpression(bound), {});
