import { coefficientValues, constantValue } from "./coefficients.js";
import { measured } from "./dataPoints.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { parseExpression } from "./parseExpression.js";
import {
  type Bound,
  boundaryOf,
  faceEquations,
  ofOutputs,
  type PinnPoints,
  type PinnProblem,
  type PointList,
  type Points,
  pinnVariables,
  spaceVariables,
} from "./pinn.js";
import { edgePoints, mapEntries, pointsOf, type Sampling } from "./pointSampling.js";
import { type LevelSet, levelSet } from "./region.js";

/**
 * The points of the loss. By default they lie as Krishnapriyan et al. (2021) choose them for x and t: the initial
 * condition on the whole grid of the space variables, the boundary of each on the whole grid of the other variables,
 * and collocation points drawn without replacement from the grid points that are not the first along any variable, nor
 * on another face. `collocation` may ask for fewer of the former, and for points off the grid. Points in the problem
 * replace all these; points in files must have been read (readPoints).
 */
export function pinnPoints(problem: PinnProblem): PinnPoints {
  const sampling = samplingOf(problem);
  const given = problem.points ?? {};
  const initial = given.initial ? listed(given.initial) : initialCondition(problem, sampling);
  return {
    ...(initial && { initial }),
    boundary: {
      // Lists of points for one of several periodic variables leave the others free.
      ...((!given.boundary || problem.boundary !== "periodic") && faces(problem, sampling)),
      ...mapEntries(given.boundary ?? {}, ({ lower, upper }) => ({ lower: listed(lower), upper: listed(upper) })),
    },
    ...(faceEquations(problem.edge ?? "none").length > 0 && {
      edge: edgePoints(sampling, problem.collocation.boundary),
    }),
    ...(given.data && { data: listed(given.data) }),
    ...(!given.data && problem.data && { data: measured(problem, dataPoints(problem, sampling)) }),
    collocation: given.collocation ? listed(given.collocation) : collocationPoints(problem, sampling),
  };
}

/** Every point of the grid, first variable fastest. */
export function pinnGrid(problem: PinnProblem): Points {
  return pointsOf({ ...samplingOf(problem), isInside: undefined, method: "grid" }, {}, undefined, "");
}

/**
 * Places from which residual points may be drawn anew: `count` by the same method as the first ones, others for each
 * `label`; for points of the grid all that they were drawn from.
 */
export function candidatePoints(problem: PinnProblem, count: number, label: string): Points {
  const sampling = samplingOf(problem);
  return sampling.method === "grid"
    ? pointsOf({ ...sampling, grid: innerGrid(problem, sampling) }, {}, undefined, label)
    : pointsOf(sampling, {}, count, label);
}

/** The level set of the region where the equation holds; undefined for the whole domain. */
export function regionOf(problem: PinnProblem): LevelSet | undefined {
  return problem.inside === undefined
    ? undefined
    : levelSet(problem.inside, spaceVariables(problem), problem.coefficients);
}

function samplingOf(problem: PinnProblem): Sampling {
  const { method = "grid", seed } = problem.collocation;
  const bounds = (name: string) => problem.domain[name].map(boundValue) as [number, number];
  const variables = pinnVariables(problem);
  return {
    ...{ method, seed, isInside: regionOf(problem), grid: axes(problem) },
    domain: Object.fromEntries(variables.map((name) => [name, bounds(name)])),
  };
}

/** u, u_t, … at the lower t; undefined when there is no t, or nothing is known there. */
function initialCondition(problem: PinnProblem, sampling: Sampling): PinnPoints["initial"] {
  const { initial, coefficients, collocation } = problem;
  if (!sampling.grid.t || initial === "none") return undefined;
  if (initial === undefined) throw new Error("a problem with t needs an initial condition; found none");
  const points = pointsOf(sampling, { t: sampling.domain.t[0] }, collocation.initial, "initial");
  const known = coefficientValues(coefficients);
  const valuesOf = (source: string) => {
    const expression = parseExpression(source);
    return points.t.map((_, i) =>
      evaluateExpression(expression, { ...known, ...mapEntries(points, (values) => values[i]) }),
    );
  };
  return { ...points, ...mapEntries(ofOutputs(initial, problem), valuesOf) };
}

/** The points of both ends of every space variable with a condition: the same for both where it is periodic. */
function faces(problem: PinnProblem, sampling: Sampling): PinnPoints["boundary"] {
  const count = problem.collocation.boundary;
  const pairs = spaceVariables(problem).flatMap((name) => {
    const condition = boundaryOf(problem, name);
    const [lower, upper] = sampling.domain[name];
    if (condition === "periodic") {
      const points = pointsOf(sampling, { [name]: lower }, count, `the faces of ${name}`);
      const at = (value: number) => ({ ...points, [name]: points[name].map(() => value) });
      return [[name, { lower: at(lower), upper: at(upper) }] as const];
    }
    const at = (side: "lower" | "upper", value: number) =>
      pointsOf(
        sampling,
        { [name]: value },
        faceEquations(condition[side]).length > 0 ? count : 0,
        `the ${side} face of ${name}`,
      );
    return [[name, { lower: at("lower", lower), upper: at("upper", upper) }] as const];
  });
  return Object.fromEntries(pairs);
}

function collocationPoints(problem: PinnProblem, sampling: Sampling): Points {
  const grid = sampling.method === "grid" ? innerGrid(problem, sampling) : sampling.grid;
  return pointsOf({ ...sampling, grid }, {}, problem.collocation.points, "collocation");
}

/** The grid without faces and the lower t. The upper end of a space variable is a face, if the grid has it. */
const innerGrid = (problem: PinnProblem, { grid }: Sampling): Points =>
  mapEntries(grid, (values, name) => values.subarray(1, name !== "t" && hasUpperEnd(problem, name) ? -1 : undefined));

/** Places of measurements: of the grid by default, as the others. */
function dataPoints(problem: PinnProblem, sampling: Sampling): Points {
  const { points, seed = 0 } = problem.data!;
  return pointsOf({ ...sampling, seed }, {}, points, "data");
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

/** True when the grid has both ends of a variable. In periodic space they are the same place. */
export const hasUpperEnd = (problem: Pick<PinnProblem, "boundary">, name: string) =>
  name === "t" || boundaryOf(problem, name) !== "periodic";

/** A number, or the value of a constant expression. */
export const boundValue = (bound: Bound) => constantValue(bound);
