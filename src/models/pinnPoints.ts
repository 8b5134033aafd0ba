import { randomStream } from "../linalg/random.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { parseExpression } from "./expression.js";
import { type Bound, type PinnPoints, type PinnProblem, type Points, pinnVariables, spaceVariables } from "./pinn.js";

/**
 * Points as Krishnapriyan et al. (2021) choose them for x and t: the initial condition on the whole grid of the space
 * variables, the boundary of each on the whole grid of the other variables, and collocation points drawn without
 * replacement from the grid points that lie first along no variable.
 */
export function pinnPoints(problem: PinnProblem): PinnPoints {
  const grid = axes(problem);
  const inner = mapValues(grid, (values) => values.subarray(1));
  const { points, seed } = problem.collocation;
  const drawn = randomStream(seed, "collocation").sample(productSize(inner), points);
  const boundary = spaceVariables(problem).map((name) => {
    const [lower, upper] = bounds(problem.domain[name]);
    const at = (value: number) => product({ ...grid, [name]: Float64Array.of(value) });
    return [name, { lower: at(lower), upper: at(upper) }] as const;
  });
  return {
    ...(grid.t && { initial: initialCondition(problem, product({ ...grid, t: grid.t.subarray(0, 1) })) }),
    boundary: Object.fromEntries(boundary),
    collocation: product(inner, drawn),
  };
}

/** Every point of the grid, the first variable fastest. */
export function pinnGrid(problem: PinnProblem): Points {
  return product(axes(problem));
}

function initialCondition({ initial, coefficients }: PinnProblem, points: Points): Points & { u: Float64Array } {
  if (initial === undefined) throw new Error("a problem with t needs an initial condition; found none");
  const expression = parseExpression(initial);
  const u = points.t.map((_, i) =>
    evaluateExpression(expression, { ...coefficients, ...mapValues(points, (values) => values[i]) }),
  );
  return { ...points, u };
}

/** The points of the grid along every variable, in the variables' order. */
function axes(problem: PinnProblem): Points {
  const along = (name: string) => {
    const [lower, upper] = bounds(problem.domain[name]);
    const count = problem.grid[name];
    const steps = name === "t" ? count - 1 : count;
    return Float64Array.from({ length: count }, (_, i) => lower + ((upper - lower) * i) / steps);
  };
  return Object.fromEntries(pinnVariables(problem).map((name) => [name, along(name)]));
}

/** The points of a product grid with the given numbers, by default all; the first variable is fastest. */
function product(grid: Points, numbers?: ArrayLike<number>): Points {
  const size = numbers?.length ?? productSize(grid);
  let stride = 1;
  return mapValues(grid, (values) => {
    const step = stride;
    stride *= values.length;
    return Float64Array.from(
      { length: size },
      (_, k) => values[Math.floor((numbers?.[k] ?? k) / step) % values.length],
    );
  });
}

const productSize = (grid: Points) => Object.values(grid).reduce((size, values) => size * values.length, 1);

const mapValues = <T>(points: Points, map: (values: Float64Array) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(points).map(([name, values]) => [name, map(values)]));

const bounds = (pair: readonly [Bound, Bound]) => pair.map(boundValue);
const boundValue = (bound: Bound) =>
  typeof bound === "number" ? bound : evaluateExpression(parseExpression(bound), {});
