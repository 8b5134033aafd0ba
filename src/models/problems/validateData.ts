import type { Fault } from "../../text/fault.js";
import { type Expression, namesIn } from "./expression.js";
import { parseEquation, parseExpression } from "./parseExpression.js";
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
  const used = namesUsed(equationsOf(problem), parseEquation);
  if (used === undefined) return faults;
  for (const name of Object.keys(unknowns).filter((own) => !used.has(own))) {
    const message = `"${name}" is in no equation; expected an equation or a condition with it`;
    faults.push({ path: ["unknowns", name], part: "key", message });
  }
  return faults;
}

/** Coefficients that nothing uses. */
export function uselessCoefficients(problem: PinnProblem): Fault[] {
  const inEquations = namesUsed(equationsOf(problem), parseEquation);
  const elsewhere = namesUsed(valuesOf(problem), parseExpression);
  if (inEquations === undefined || elsewhere === undefined) return [];
  const useless = Object.keys(problem.coefficients ?? {}).filter(
    (name) => !inEquations.has(name) && !elsewhere.has(name),
  );
  return useless.map((name) => {
    const message = `"${name}" is in no equation, condition or solution, so it has no effect; leave it out`;
    return { path: ["coefficients", name], part: "key", message };
  });
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

/** The other texts that may have coefficients: first values, the exact solution, and what shapes the network's. */
function valuesOf({ initial, exact, transform, features = [], inside }: PinnProblem): string[] {
  // The sides of comparisons are expressions, too.
  const region = inside?.split(/[<>]=?|\b(?:and|or)\b/) ?? [];
  return [...[initial, exact, transform].flatMap(texts), ...features, ...region].filter((text) => text.trim() !== "");
}

const texts = (of: string | Readonly<Record<string, string>> | undefined): readonly string[] =>
  typeof of === "string" ? [of] : Object.values(of ?? {});

/** The names in these texts; undefined if one of them cannot be read, which is another fault. */
function namesUsed(sources: readonly string[], read: (source: string) => Expression): Set<string> | undefined {
  try {
    return new Set(
      sources
        .map(read)
        .flatMap(namesIn)
        .map(({ name }) => name),
    );
  } catch {
    return undefined;
  }
}
