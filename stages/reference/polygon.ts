import type { Artifact } from "../../src/artifact/artifact.js";
import { type Coefficients, coefficientValues } from "../../src/models/problems/coefficients.js";
import { evaluateExpression } from "../../src/models/problems/evaluateExpression.js";
import { requireNames } from "../../src/models/problems/expression.js";
import { foldExpression, requireFinite } from "../../src/models/problems/foldExpression.js";
import { linearTerms } from "../../src/models/problems/linearTerms.js";
import { parseEquation, parseExpression } from "../../src/models/problems/parseExpression.js";
import { withSolutionNames } from "../../src/models/problems/solutionNames.js";
import { poissonOnPolygon } from "../../src/solvers/poissonOnPolygon.js";
import { crossingEdges, isInside, type PlanePoint } from "../../src/solvers/polygon.js";
import { coefficientsOf } from "./coefficientsOf.js";
import { at, ParameterError } from "./parameterError.js";
import { axisPoints, solutionTable } from "./solutionTable.js";

/** Poisson's equation on a polygon, u given on its boundary. */
export interface PolygonParams {
  kind: "polygon";
  equation: string;
  coefficients: Coefficients;
  vertices: readonly (readonly [number | string, number | string])[];
  boundary: string;
  grid: Readonly<Record<"x" | "y", number>>;
  tolerance: number;
}

/** @throws ParameterError for the first mistake. */
export function polygonOf(params: PolygonParams) {
  const known = coefficientsOf(params, ["x", "y", "u"], [params.equation, params.boundary]);
  const names = { variables: ["x", "y"], outputs: ["u"] };
  const equation = at(["equation"], () => {
    const read = withSolutionNames(parseEquation(params.equation), names, Object.keys(known));
    requireFinite(read, known);
    return foldExpression(read, known);
  });
  const { linear, rest } = linearTerms(equation, new Set(["u_xx", "u_yy"]));
  const constant = rest ? foldExpression(rest, {}) : undefined;
  const isPoisson = linear.u_xx && linear.u_xx === linear.u_yy && (!constant || constant.kind === "number");
  if (!isPoisson) {
    const message = `is "${params.equation}"; expected c*(u_xx + u_yy) and a constant, such as "u_xx + u_yy = -1"`;
    throw new ParameterError(["equation"], message);
  }
  const boundary = at(["boundary"], () => {
    const read = parseExpression(params.boundary);
    requireNames(read, ["x", "y", ...Object.keys(known)]);
    requireFinite(read, known);
    return foldExpression(read, known);
  });
  return {
    vertices: verticesOf(params),
    source: constant?.kind === "number" ? -constant.value / linear.u_xx : 0,
    boundary: (x: number, y: number) => evaluateExpression(boundary, { x, y }),
  };
}

function verticesOf({ vertices }: PolygonParams): PlanePoint[] {
  const points = vertices.map((vertex, i): PlanePoint => {
    const [x, y] = vertex.map((value, k) => at(["vertices", i, k], () => coefficientValues({ value }).value));
    return [x, y];
  });
  const crossing = crossingEdges(points);
  if (crossing) {
    const [i, j] = crossing.map((k) => k + 1);
    throw new ParameterError(["vertices"], `sides ${i} and ${j} meet; expected a polygon that does not cross itself`);
  }
  return points;
}

/** u on a grid of the box around the polygon, NaN outside of it. */
export function polygonTable(params: PolygonParams, progress: (note: string) => void): Artifact {
  const { vertices, ...problem } = polygonOf(params);
  const {
    at: valuesAt,
    errorBound,
    poles,
  } = poissonOnPolygon(vertices, problem, {
    tolerance: params.tolerance,
    onAttempt: (count) => progress(`${count} poles at each vertex`),
  });
  const [x, y] = (["x", "y"] as const).map((name, k) => {
    const values = vertices.map((vertex) => vertex[k]);
    return axisPoints([Math.min(...values), Math.max(...values)], params.grid[name]);
  });
  const size = Math.max(x[x.length - 1] - x[0], y[y.length - 1] - y[0]);
  const numbers = Array.from({ length: x.length * y.length }, (_, i) => i);
  const point = (i: number): PlanePoint => [x[i % x.length], y[Math.floor(i / x.length)]];
  const inside = numbers.filter((i) => isInside(vertices, point(i), 1e-12 * size));
  const [px, py] = [0, 1].map((k) => Float64Array.from(inside, (i) => point(i)[k]));
  const u = new Float64Array(numbers.length).fill(Number.NaN);
  for (const [k, value] of valuesAt(px, py).entries()) u[inside[k]] = value;
  return solutionTable({ x, y }, { u }, { errorBound, poles, points: inside.length });
}
