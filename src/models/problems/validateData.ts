import type { Fault } from "../../text/fault.js";
import { namesIn } from "./expression.js";
import { parseEquation } from "./parseExpression.js";
import { boundaryOf, faceEquations, type PinnProblem, sides, spaceVariables } from "./pinn.js";

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
  const used = namesUsed(problem);
  for (const name of Object.keys(unknowns)) {
    if (used !== undefined && !used.has(name)) {
      const message = `"${name}" is in no equation; expected an equation or a condition with it`;
      faults.push({ path: ["unknowns", name], part: "key", message });
    }
  }
  return faults;
}

const isWholeGrid = ({ data, grid, collocation: { method = "grid" } }: PinnProblem) =>
  method === "grid" && data!.points === Object.values(grid).reduce((size, count) => size * count, 1);

/** The names in equations and conditions; undefined where one of them cannot be read, which is another fault. */
function namesUsed(problem: PinnProblem): Set<string> | undefined {
  const { equation, edge = "none" } = problem;
  const faces = spaceVariables(problem).flatMap((axis) => {
    const condition = boundaryOf(problem, axis);
    return condition === "periodic" ? [] : sides.flatMap((side) => faceEquations(condition[side]));
  });
  const sources = [...(typeof equation === "string" ? [equation] : Object.values(equation)), ...faces];
  try {
    const expressions = [...sources, ...faceEquations(edge)].map(parseEquation);
    return new Set(expressions.flatMap(namesIn).map(({ name }) => name));
  } catch {
    return undefined;
  }
}
