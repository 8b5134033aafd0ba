import type { Fault } from "../../text/fault.js";
import { uselessCoefficients } from "./coefficients.js";
import { type Expression, namesUsed } from "./expression.js";
import { parseEquation, parseExpression } from "./parseExpression.js";
import { boundaryOf, faceEquations, type PinnProblem, sides, spaceVariables } from "./pinn.js";
import { comparisonsOf } from "./region.js";

/** Faults of measurements without a solution to measure, and of unknown coefficients that no equation uses. */
export function validateData(problem: PinnProblem): Fault[] {
  const { data, exact, points, unknowns = {} } = problem;
  const faults: Fault[] = [];
  if (data && points?.data) {
    faults.push({ path: ["data"], message: "has no effect, because points.data gives measurements; leave one out" });
  } else if (data && exact === undefined) {
    faults.push({ path: ["data"], message: 'needs "exact", the solution to measure, or give points.data instead' });
  } else if (data && data.noise === undefined && data.seed !== undefined && isWholeGrid(problem)) {
    faults.push({ path: ["data", "seed"], message: "has no effect, because data take the whole grid without noise" });
  }
  const used = namesUsed(() => equationsOf(problem).map(parseEquation));
  if (used === undefined) return faults;
  for (const name of Object.keys(unknowns).filter((own) => !used.has(own))) {
    const message = `"${name}" is in no equation; expected an equation or a condition with it`;
    faults.push({ path: ["unknowns", name], part: "key", message });
  }
  return faults;
}

/** Faults of coefficients that nothing uses. */
export function validateCoefficientUse(problem: PinnProblem): Fault[] {
  const used = namesUsed(() => [...equationsOf(problem).map(parseEquation), ...valuesOf(problem)]);
  return uselessCoefficients(problem.coefficients, used, "no equation, condition or solution").map(
    ({ name, message }) => ({ path: ["coefficients", name], part: "key", message }),
  );
}

const isWholeGrid = ({ data, grid, collocation: { method = "grid" } }: PinnProblem) =>
  method === "grid" && data!.points === Object.values(grid).reduce((size, count) => size * count, 1);

/** The texts of equations, and of the conditions on faces and on the edge. */
function equationsOf(problem: PinnProblem): string[] {
  const faces = spaceVariables(problem).flatMap((axis) => {
    const condition = boundaryOf(problem, axis);
    return condition === "periodic" ? [] : sides.flatMap((side) => faceEquations(condition[side]));
  });
  return [...texts(problem.equation), ...faces, ...faceEquations(problem.edge ?? "none")];
}

/** The other expressions that may have coefficients: first values, the exact solution, what shapes the network's. */
function valuesOf({ initial, exact, transform, features = [], inside }: PinnProblem): Expression[] {
  const sources = [...[initial, exact, transform].flatMap(texts), ...features];
  return [...sources.map(parseExpression), ...(inside === undefined ? [] : comparisonsOf(inside).flat())];
}

const texts = (of: string | Readonly<Record<string, string>> | undefined): readonly string[] =>
  typeof of === "string" ? [of] : Object.values(of ?? {});
