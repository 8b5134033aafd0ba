/** What a differential equation and its conditions demand: quantities that must vanish at points. */
import * as f from "../../graph/functions.js";
import { coefficientValues } from "./coefficients.js";
import { dataNames, dataTerm } from "./dataPoints.js";
import { type Expression, namesIn } from "./expression.js";
import { foldExpression } from "./foldExpression.js";
import { lowerExpression } from "./lowerExpression.js";
import { parseEquation } from "./parseExpression.js";
import {
  boundaryOf,
  type Column,
  faceEquations,
  initialNames,
  namesOf,
  type PinnPoints,
  type PinnProblem,
  type Points,
  pinnOutputs,
  pinnVariables,
  sides,
} from "./pinn.js";
import { asTensor } from "./solutionField.js";
import {
  type Derivative,
  derivativeOf,
  derivativesIn,
  type SolutionNames,
  withSolutionNames,
} from "./solutionNames.js";

/** A quantity that must vanish. Its mean square over the points is a term of the loss, or a part of one. */
export interface Condition {
  readonly term: string;
  /** The derivatives that it takes, at each of these lists of points. */
  readonly takes: readonly Derivative[];
  readonly at: readonly Points<Column>[];
  /** The quantity [P, 1, N] from the values of a derivative, [P, 1, N] for each list. */
  readonly quantity: (valuesOf: (name: string) => readonly f.Tensor[]) => f.Tensor;
}

/** The coefficients that are trained, [P, 1, 1] each, by name. */
export type Unknowns = Readonly<Record<string, f.Tensor>>;

/** The left side of an equation minus its right side, with the values of the coefficients. */
function readEquation(source: string, problem: PinnProblem): Expression {
  const known = coefficientValues(problem.coefficients);
  const names = [...Object.keys(known), ...Object.keys(problem.unknowns ?? {})];
  const expression = withSolutionNames(parseEquation(source), namesOf(problem), names);
  return foldExpression(expression, known);
}

/** The equations that hold inside the domain, with the terms of their residuals. */
export function equationsOf(problem: PinnProblem): { term: string; expression: Expression }[] {
  const { equation } = problem;
  if (typeof equation === "string") return [{ term: "residual", expression: readEquation(equation, problem) }];
  return Object.entries(equation).map(([name, source]) => ({
    term: residualTerm(name),
    expression: readEquation(source, problem),
  }));
}

/** The terms of the loss in their order, without the sum. */
export function termNames(problem: PinnProblem): string[] {
  const boundary = typeof problem.boundary === "string" ? [] : Object.keys(problem.boundary);
  const initial = pinnVariables(problem).includes("t") ? initialNames(problem) : [];
  return [
    ...initial.map((name) => initialTerm(problem, name)),
    ...(problem.boundary === "periodic" && pinnVariables(problem).some((name) => name !== "t") ? ["boundary"] : []),
    ...boundary.flatMap((axis) => axisTerms(problem, axis)),
    ...faceEquations(problem.edge ?? "none").map((_, i, all) => edgeTerm(i, all)),
    ...dataNames(problem).map((name, _, all) => dataTerm(name, all)),
    ...(typeof problem.equation === "string" ? ["residual"] : Object.keys(problem.equation).map(residualTerm)),
  ];
}

const residualTerm = (name: string) => `residual_${name}`;

const initialTerm = (problem: PinnProblem, name: string) =>
  initialNames(problem).join() === pinnOutputs(problem)[0] && typeof problem.initial !== "object"
    ? "initial"
    : `initial_${name}`;

function axisTerms(problem: PinnProblem, axis: string): string[] {
  const condition = boundaryOf(problem, axis);
  if (problem.boundary === "periodic") return ["boundary"];
  if (condition === "periodic") return [`boundary_${axis}`];
  return sides.flatMap((side) => faceEquations(condition[side]).map((_, i, all) => faceTerm(axis, side, i, all)));
}

const faceTerm = (axis: string, side: string, i: number, { length }: readonly string[]) =>
  `boundary_${axis}_${side}${length > 1 ? `_${i + 1}` : ""}`;

const edgeTerm = (i: number, { length }: readonly string[]) => `boundary_edge${length > 1 ? `_${i + 1}` : ""}`;

/**
 * The conditions at the lower t and on the faces. Periodic space variables x: u agrees at both ends, and so do its
 * derivatives in x below the highest in the equation.
 */
export function conditionsOf(problem: PinnProblem, points: PinnPoints<Column>, unknowns: Unknowns = {}): Condition[] {
  const names = namesOf(problem);
  const equations = equationsOf(problem).map(({ expression }) => expression);
  const { initial } = points;
  const given = (term: string, name: string, list: Points<Column>): Condition => ({
    ...{ term, takes: [derivativeOf(name, names)!], at: [list] },
    quantity: (valuesOf) => f.sub(valuesOf(name)[0], asTensor(list[name])),
  });
  const known = initial ? initialNames(problem).map((name) => given(initialTerm(problem, name), name, initial)) : [];
  const data = points.data
    ? dataNames(problem).map((name, _, all) => given(dataTerm(name, all), name, points.data!))
    : [];
  const faces = Object.entries(points.boundary).flatMap(([axis, { lower, upper }]): Condition[] => {
    const condition = boundaryOf(problem, axis);
    if (condition === "periodic") {
      const [term] = axisTerms(problem, axis);
      return jumps(equations, axis, names).map((takes) => ({ term, at: [lower, upper], ...takes }));
    }
    return sides.flatMap((side) =>
      faceEquations(condition[side]).map((source, i, all) => ({
        term: faceTerm(axis, side, i, all),
        ...vanishing(readEquation(source, problem), { lower, upper }[side], names, unknowns),
      })),
    );
  });
  const edge = faceEquations(problem.edge ?? "none").map((source, i, all) => ({
    term: edgeTerm(i, all),
    ...vanishing(readEquation(source, problem), points.edge!, names, unknowns),
  }));
  return [...known, ...faces, ...edge, ...data];
}

/** The differences of u, u_x, … between the ends of x, up to the order below that of the equations. */
function jumps(
  equations: readonly Expression[],
  axis: string,
  names: SolutionNames,
): Pick<Condition, "takes" | "quantity">[] {
  const along = names.variables.indexOf(axis);
  const all = equations.flatMap((equation) => derivativesIn(equation, names));
  return names.outputs.flatMap((output) => {
    const own = all.filter((derivative) => derivative.output === output);
    const highest = Math.max(1, ...own.map(({ orders }) => orders[along]));
    return Array.from({ length: highest }, (_, order) => {
      const name = order > 0 ? `${output}_${axis.repeat(order)}` : output;
      const quantity: Condition["quantity"] = (valuesOf) => {
        const [lower, upper] = valuesOf(name);
        return f.sub(lower, upper);
      };
      return { takes: [derivativeOf(name, names)!], quantity };
    });
  });
}

/** An expression that vanishes at the points. */
export function vanishing(
  expression: Expression,
  points: Points<Column>,
  names: SolutionNames,
  unknowns: Unknowns,
): Pick<Condition, "takes" | "at" | "quantity"> {
  return {
    takes: derivativesIn(expression, names),
    at: [points],
    quantity(valuesOf) {
      const values: Record<string, f.Tensor> = { ...unknowns };
      for (const name of names.variables) values[name] = asTensor(points[name]);
      for (const { name } of namesIn(expression)) values[name] ??= valuesOf(name)[0];
      const result = lowerExpression(expression, values);
      return typeof result === "number" ? f.constant(result) : result;
    },
  };
}
