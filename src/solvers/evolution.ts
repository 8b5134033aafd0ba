import { chebyshevDiscretization } from "./chebyshevDiscretization.js";
import type { Discretization, LinearPart } from "./discretization.js";
import { etdrk4 } from "./etdrk4.js";
import { fourierDiscretization } from "./fourierDiscretization.js";

/** Functions u_1 … u_m of x and t whose rates are a linear part with constant coefficients and another part. */
export interface Evolution {
  readonly interval: readonly [number, number];
  /** periodic in x, or fixed: the values at both ends stay as they are at first. */
  readonly boundary: "periodic" | "fixed";
  readonly initial: (x: Float64Array) => Float64Array[];
  readonly linear: LinearPart;
  /** The other part at the points x; undefined when there is none. `derivative(j, p)` is ∂^p u_j there. */
  readonly nonlinear?: (
    derivative: (field: number, order: number) => Float64Array,
    x: Float64Array,
    t: number,
  ) => Float64Array[];
}

export interface EvolutionOptions {
  /**
   * The points and the equidistant times at which the solution is wanted; the first is that of the initial condition.
   */
  readonly x: Float64Array;
  readonly times: Float64Array;
  /** The largest change that more points or more steps may make, relative to the largest magnitude of the solution. */
  readonly tolerance: number;
  /** Receives the points and the steps of each solution that is computed. */
  readonly onAttempt?: (points: number, steps: number) => void;
}

export interface EvolutionSolution {
  /** For every function the values [x fastest, times]. */
  readonly values: Float64Array[];
  /** The number of points on the interval, and of steps in time. */
  readonly points: number;
  readonly steps: number;
  /** The sum of the last changes by more points and more steps, relative to the largest magnitude. */
  readonly estimatedError: number;
}

const FEWEST_POINTS = 64;
const FEWEST_STEPS = 128;
/** Chebyshev matrices are dense, and rounding errors grow with the fourth power of the points. */
const MOST_POINTS = { periodic: 8192, fixed: 512 };
const MOST_STEPS = 2 ** 20;
/** A solution that is still infinite there has blown up; a coarse one may be infinite because it is coarse. */
const MOST_POINTS_WITHOUT_NUMBERS = { periodic: 1024, fixed: 128 };

/**
 * Solves an evolution equation by a spectral method in space (Fourier for periodic, Chebyshev for fixed ends) and
 * ETDRK4 in time. The points and the steps are doubled until that changes the solution by less than the tolerance.
 *
 * @throws Error when it still changes between 4,096 and 8,192 points (256 and 512 for fixed ends), or at about a
 *   million steps.
 */
export function solveEvolution(problem: Evolution, options: EvolutionOptions): EvolutionSolution {
  const { times, tolerance, onAttempt } = options;
  const intervals = times.length - 1;
  requireEquidistant(times);
  const solve = (points: number, perInterval: number) => {
    onAttempt?.(points, perInterval * intervals);
    return solutionOf(problem, options, points, perInterval);
  };
  let [points, perInterval] = [FEWEST_POINTS, Math.max(1, Math.ceil(FEWEST_STEPS / intervals))];
  let current = solve(points, perInterval);
  let last = { bySpace: Number.POSITIVE_INFINITY, moreSpace: true };
  for (;;) {
    const sizes = `${points} points and ${perInterval * intervals} steps`;
    if (!allFinite(current)) {
      if (2 * points > MOST_POINTS_WITHOUT_NUMBERS[problem.boundary]) {
        throw new Error(`the solution is infinite at ${sizes}; expected one that exists over the whole time`);
      }
      [points, perInterval] = [2 * points, 2 * perInterval];
      current = solve(points, perInterval);
      continue;
    }
    const [finer, closer] = [solve(2 * points, perInterval), solve(points, 2 * perInterval)];
    const [bySpace, byTime] = [change(current, finer), change(current, closer)];
    if (bySpace <= tolerance && byTime <= tolerance) {
      return { values: closer, points, steps: 2 * perInterval * intervals, estimatedError: bySpace + byTime };
    }
    // Errors in time may show as changes by more points. When more points did not help, more steps are next.
    const stuck = last.moreSpace && bySpace > last.bySpace / 4;
    const moreSpace = bySpace > tolerance && !stuck;
    const moreTime = byTime > tolerance || !moreSpace;
    if ((moreSpace && 4 * points > MOST_POINTS[problem.boundary]) || 4 * perInterval * intervals > MOST_STEPS) {
      throw new Error(
        `the solution does not settle: at ${sizes} it changes by ${bySpace.toExponential(1)} of its size with twice ` +
          `the points, and by ${byTime.toExponential(1)} with twice the steps; expected at most ${tolerance}. ` +
          "Raise the tolerance, or check that the problem has a smooth solution",
      );
    }
    last = { bySpace, moreSpace };
    if (moreSpace) points *= 2;
    if (moreTime) perInterval *= 2;
    current = moreSpace && moreTime ? solve(points, perInterval) : moreSpace ? finer : closer;
  }
}

function requireEquidistant(times: Float64Array): void {
  const span = times[times.length - 1] - times[0];
  const off = times.findIndex((t, k) => Math.abs(t - times[0] - (k * span) / (times.length - 1)) > 1e-9 * span);
  if (off >= 0 || !(span > 0)) throw new RangeError(`expected ascending, equidistant times; found ${times.join(", ")}`);
}

/** The values at all wanted points and times, as they are with these numbers of points and steps. */
function solutionOf(
  problem: Evolution,
  { x, times }: EvolutionOptions,
  points: number,
  perInterval: number,
): Float64Array[] {
  const { linear, initial } = problem;
  const fields = linear.length;
  const space = discretize(problem, points);
  const fixed = space.fixedRate(linear);
  const system = { blocks: space.blocks(linear), nonlinear };

  function nonlinear(state: Float64Array, t: number): Float64Array {
    const rate = problem.nonlinear
      ? space.rate(problem.nonlinear((field, order) => space.derivative(state, field, order), space.nodes, t))
      : new Float64Array(state.length);
    if (fixed) for (let i = 0; i < rate.length; i++) rate[i] += fixed[i];
    return rate;
  }

  const values = Array.from({ length: fields }, () => new Float64Array(x.length * times.length));
  for (const [field, value] of initial(x).entries()) values[field].set(value);
  const h = (times[times.length - 1] - times[0]) / ((times.length - 1) * perInterval);
  const step = etdrk4(system, h);
  let state = space.state(initial(space.nodes));
  for (let k = 1; k < times.length; k++) {
    for (let j = 0; j < perInterval; j++) {
      state = step(state, times[k - 1] + j * h);
      // What is not finite spreads to all of the state, and stays.
      if (!Number.isFinite(state[0])) return values.map((value) => value.fill(Number.NaN, k * x.length));
    }
    for (const [field, value] of space.sample(state, x).entries()) values[field].set(value, k * x.length);
  }
  return values;
}

function discretize({ interval, boundary, linear, initial }: Evolution, points: number): Discretization {
  if (boundary === "periodic") return fourierDiscretization(interval, points, linear.length);
  const ends = initial(Float64Array.from(interval)).map(([lower, upper]) => [lower, upper] as const);
  return chebyshevDiscretization(interval, points, ends);
}

const allFinite = (values: readonly Float64Array[]) => values.every((of) => of.every(Number.isFinite));

/** max |a − b| / max |b|, over all functions; infinite when a value is not a number. */
function change(a: readonly Float64Array[], b: readonly Float64Array[]): number {
  let [difference, size] = [0, 0];
  for (const [field, values] of a.entries()) {
    for (let i = 0; i < values.length; i++) {
      const apart = Math.abs(values[i] - b[field][i]);
      if (!Number.isFinite(apart)) return Number.POSITIVE_INFINITY;
      difference = Math.max(difference, apart);
      size = Math.max(size, Math.abs(b[field][i]));
    }
  }
  return size === 0 ? 0 : difference / size;
}
