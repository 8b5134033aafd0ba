import type { Fault } from "../../text/fault.js";
import { suggestion } from "../../text/nearestName.js";
import { coefficientFault } from "./coefficients.js";
import { evaluateExpression } from "./evaluateExpression.js";
import { reservedNames } from "./expression.js";
import { parseExpression } from "./parseExpression.js";
import { type Bound, namesOf, type PinnProblem, pinnOutputs, pinnVariables, spaceVariables } from "./pinn.js";
import { derivativeOf } from "./solutionNames.js";
import { validateCollocation } from "./validateCollocation.js";
import { validateCoefficientUse, validateData } from "./validateData.js";
import { attempt, validateEquations } from "./validateEquations.js";
import { validatePoints } from "./validatePoints.js";
import { emptyFaults, validateRegion } from "./validateRegion.js";
import { validateWeights } from "./validateWeights.js";

/**
 * Faults of a problem that a schema cannot find: bad variables, expressions that do not parse, unknown names, empty
 * domains, grids of other variables, too many points.
 */
export function validateProblem(problem: PinnProblem): Fault[] {
  const variables = pinnVariables(problem);
  const badVariables = [...outputFaults(problem), ...variableFaults(variables, pinnOutputs(problem))];
  // The meaning of names in the checks below depends on the variables.
  if (badVariables.length > 0) return badVariables;
  const badCoefficients = coefficientFaults(problem, variables);
  // The checks of expressions below depend on the values.
  if (badCoefficients.length > 0) return badCoefficients;
  const badBoundary = axisFaults(problem);
  // The points depend on the conditions of each variable.
  if (badBoundary.length > 0) return badBoundary;
  const faults = [
    ...validateEquations(problem),
    ...validateRegion(problem),
    ...validateWeights(problem),
    ...validateData(problem),
    ...domainFaults(problem, variables),
    ...validatePoints(problem),
    ...validateCollocation(problem),
  ];
  // The points can be made only where all else is sound.
  if (faults.length > 0) return faults;
  return [...(problem.inside === undefined ? [] : emptyFaults(problem)), ...validateCoefficientUse(problem)];
}

function outputFaults(problem: PinnProblem): Fault[] {
  const outputs = pinnOutputs(problem);
  return outputs.flatMap((name, i) => {
    const path = ["outputs", i];
    if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
      const rule = `expected letters and digits, a letter first, so that ${name}_x is unambiguous`;
      return [{ path, message: `"${name}" is not an output; ${rule}` }];
    }
    if (outputs.indexOf(name) < i) return [{ path, message: `"${name}" is there twice; expected each output once` }];
    return reservedNames.includes(name)
      ? [{ path, message: `"${name}" already has a meaning in expressions; choose another name` }]
      : [];
  });
}

function variableFaults(variables: readonly string[], outputs: readonly string[]): Fault[] {
  if (variables.length === 0) {
    return [{ path: ["domain"], message: "names no variable; expected at least one, such as x: [0, 1]" }];
  }
  return variables.flatMap((name) => {
    const path = ["domain", name];
    if (!/^[A-Za-z]$/.test(name)) {
      const rule = `expected a single letter, so that ${outputs[0]}_${name} is unambiguous`;
      return [{ path, message: `"${name}" is not a variable; ${rule}` }];
    }
    if (!outputs.includes(name) && !reservedNames.includes(name)) return [];
    return [{ path, message: `"${name}" already has a meaning in expressions; choose another letter` }];
  });
}

function coefficientFaults(problem: PinnProblem, variables: readonly string[]): Fault[] {
  const { coefficients = {}, unknowns = {} } = problem;
  const isTaken = (name: string) =>
    variables.includes(name) || reservedNames.includes(name) || derivativeOf(name, namesOf(problem)) !== undefined;
  const ofCoefficients = Object.entries(coefficients).map(([name, value]) => ["coefficients", name, value] as const);
  const ofUnknowns = Object.entries(unknowns).map(([name, value]) => ["unknowns", name, value] as const);
  return [...ofCoefficients, ...ofUnknowns].flatMap(([group, name, value]) => {
    const path = [group, name];
    if (group === "unknowns" && Object.hasOwn(coefficients, name)) {
      return [{ path, message: `"${name}" is among the coefficients, too; leave it out there` }];
    }
    if (!/^[A-Za-z]\w*$/.test(name)) {
      return [{ path, message: `"${name}" is not a name; use letters, digits and _, a letter first` }];
    }
    if (isTaken(name)) {
      return [{ path, message: `"${name}" already has a meaning in expressions; choose another name` }];
    }
    const message = coefficientFault(value);
    return message === undefined ? [] : [{ path, message }];
  });
}

/** Faults of the names of space variables in the boundary. */
function axisFaults({ boundary, domain }: PinnProblem): Fault[] {
  if (typeof boundary === "string") return [];
  const space = spaceVariables({ domain });
  const unknown = Object.keys(boundary).filter((name) => !space.includes(name));
  const faults = unknown.map((name): Fault => {
    const known = space.length > 0 ? space.join(", ") : "none, as the domain has only t";
    const message = `"${name}" is not a space variable; expected ${known}${suggestion(name, space)}`;
    return { path: ["boundary", name], part: "key", message };
  });
  const missing = space.filter((name) => !Object.hasOwn(boundary, name));
  return [
    ...faults,
    ...missing.map((name): Fault => {
      const message = `lacks "${name}"; expected periodic, or conditions of its faces: { lower: "u = 0", upper: none }`;
      return { path: ["boundary"], message };
    }),
  ];
}

/** Faults of the bounds of the domain, and of the number of grid points along each variable. */
function domainFaults({ domain, grid }: PinnProblem, variables: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  for (const axis of variables) {
    const evaluate = (bound: Bound, i: number) =>
      attempt(["domain", axis, String(i)], faults, () =>
        typeof bound === "number" ? bound : evaluateExpression(parseExpression(bound), {}),
      );
    const [lower, upper] = domain[axis].map(evaluate);
    if (lower !== undefined && upper !== undefined && !(lower < upper && Number.isFinite(upper - lower))) {
      const message = `runs from ${lower} to ${upper}; expected a finite lower bound below a finite upper one`;
      faults.push({ path: ["domain", axis], message });
    }
    const count = grid[axis];
    if (count === undefined) {
      const message = `lacks "${axis}"; expected the number of points along each of ${variables.join(", ")}`;
      faults.push({ path: ["grid"], message });
    } else if (!Number.isInteger(count) || count < 2) {
      faults.push({ path: ["grid", axis], message: `${count} points; expected a whole number of at least 2` });
    }
  }
  for (const name of Object.keys(grid).filter((name) => !variables.includes(name))) {
    const message = `"${name}" is not a variable of the domain; expected the points along ${variables.join(", ")}`;
    faults.push({ path: ["grid", name], message });
  }
  return faults;
}
