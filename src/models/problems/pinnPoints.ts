import { randomStream } from "../../linalg/random.js";
import { coefficientValues, constantValue } from "./coefficients.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { parseExpression } from "./parseExpression.js";
import {
  type Bound,
  boundaryOf,
  ofOutputs,
  type PinnPoints,
  type PinnProblem,
  type PointList,
  type Points,
  pinnVariables,
  spaceVariables,
} from "./pinn.js";

/**
 * Points as Krishnapriyan et al. (2021) choose them for x and t: the initial condition on the whole grid of the space
 * variables, the boundary of each on the whole grid of the other variables, and collocation points drawn without
 * replacement from the grid points that are not the first along any variable, nor on another face. Points in the
 * problem replace them; points in files must have been read (readPoints).
 */
export function pinnPoints(problem: PinnProblem): PinnPoints {
  const grid = axes(problem);
  const given = problem.points ?? {};
  const initial = given.initial ? listed(given.initial) : initialCondition(problem, grid);
  return {
    ...(initial && { initial }),
    boundary: {
      // Lists of points for one of several periodic variables leave the others free.
      ...((!given.boundary || problem.boundary !== "periodic") && faces(problem, grid)),
      ...mapEntries(given.boundary ?? {}, ({ lower, upper }) => ({ lower: listed(lower), upper: listed(upper) })),
    },
    collocation: given.collocation ? listed(given.collocation) : drawnCollocation(problem, grid),
  };
}

/** Every point of the grid, first variable fastest. */
export function pinnGrid(problem: PinnProblem): Points {
  return product(axes(problem));
}

/** u, u_t, … on the whole grid at the lower t; undefined when there is no t. */
function initialCondition(problem: PinnProblem, grid: Points): PinnPoints["initial"] {
  const { initial, coefficients } = problem;
  if (!grid.t) return undefined;
  if (initial === undefined) throw new Error("a problem with t needs an initial condition; found none");
  const points = product({ ...grid, t: grid.t.subarray(0, 1) });
  const known = coefficientValues(coefficients);
  const valuesOf = (source: string) => {
    const expression = parseExpression(source);
    return points.t.map((_, i) =>
      evaluateExpression(expression, { ...known, ...mapEntries(points, (values) => values[i]) }),
    );
  };
  return { ...points, ...mapEntries(ofOutputs(initial, problem), valuesOf) };
}

/** The whole grid of the other variables at both ends of every space variable. */
function faces(problem: PinnProblem, grid: Points): PinnPoints["boundary"] {
  const pairs = spaceVariables(problem).map((name) => {
    const [lower, upper] = problem.domain[name].map(boundValue);
    const at = (value: number) => product({ ...grid, [name]: Float64Array.of(value) });
    return [name, { lower: at(lower), upper: at(upper) }] as const;
  });
  return Object.fromEntries(pairs);
}

function drawnCollocation(problem: PinnProblem, grid: Points): Points {
  const { points, seed } = problem.collocation;
  // The upper end of a space variable is a face, if the grid has it.
  const inner = mapEntries(grid, (values, name) =>
    values.subarray(1, name !== "t" && hasUpperEnd(problem, name) ? -1 : undefined),
  );
  return product(inner, randomStream(seed, "collocation").sample(productSize(inner), points));
}

function listed(list: PointList): Points {
  return mapEntries(list, (values, name) => {
    if (typeof values === "string") throw new Error(`the points' ${name} is in a file; expected the file to be read`);
    return Float64Array.from(values, boundValue);
  });
}

/** The points of the grid along every variable, in the order of the variables. */
function axes(problem: PinnProblem): Points {
  const along = (name: string) => {
    const [lower, upper] = problem.domain[name].map(boundValue);
    const count = problem.grid[name];
    const steps = hasUpperEnd(problem, name) ? count - 1 : count;
    return Float64Array.from({ length: count }, (_, i) => lower + ((upper - lower) * i) / steps);
  };
  return Object.fromEntries(pinnVariables(problem).map((name) => [name, along(name)]));
}

/** Whether the grid has both ends of a variable: where space is periodic, they are the same place. */
export const hasUpperEnd = (problem: Pick<PinnProblem, "boundary">, name: string) =>
  name === "t" || boundaryOf(problem, name) !== "periodic";

/** The points of a product grid with the given numbers (all by default), first variable fastest. */
function product(grid: Points, numbers?: ArrayLike<number>): Points {
  const size = numbers?.length ?? productSize(grid);
  let stride = 1;
  return mapEntries(grid, (values) => {
    const step = stride;
    stride *= values.length;
    return Float64Array.from(
      { length: size },
      (_, k) => values[Math.floor((numbers?.[k] ?? k) / step) % values.length],
    );
  });
}

const productSize = (grid: Points) => Object.values(grid).reduce((size, values) => size * values.length, 1);

const mapEntries = <T, U>(record: Readonly<Record<string, T>>, map: (value: T, name: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));

/** A number, or the value of a constant expression. */
export const boundValue = (bound: Bound) => constantValue(bound);
