import { input } from "../../graph/functions.js";
import type { Fault } from "../../text/fault.js";
import { suggestion } from "../../text/nearestName.js";
import { coefficientValues } from "./coefficients.js";
import { type Expression, ExpressionError, namesIn, requireNames } from "./expression.js";
import { foldExpression, requireFinite } from "./foldExpression.js";
import { readFormula } from "./inputFeatures.js";
import { lowerExpression } from "./lowerExpression.js";
import { RAW_OUTPUT, readTransform } from "./outputTransform.js";
import { parseEquation, parseExpression } from "./parseExpression.js";
import {
  boundaryOf,
  faceEquations,
  namesOf,
  ofOutputs,
  type PinnProblem,
  pinnOutputs,
  pinnVariables,
  sides,
  spaceVariables,
} from "./pinn.js";
import { derivativeOf, derivativesIn, withSolutionNames } from "./solutionNames.js";

type Path = Fault["path"];

/** Faults of the equations, of their conditions at the lower t and on the faces, and of the exact solution. */
export function validateEquations(problem: PinnProblem): Fault[] {
  const faults: Fault[] = [];
  const { equation } = problem;
  const sources = typeof equation === "string" ? [[[], equation] as const] : Object.entries(equation);
  const found = sources.map(([name, source]) => {
    if (name.length > 0 && !/^[A-Za-z]\w*$/.test(String(name))) {
      const message = `"${name}" is not a name; use letters, digits and _, a letter first`;
      faults.push({ path: ["equation", String(name)], part: "key", message });
    }
    return validateEquation(problem, ["equation", ...[name].flat()], source, faults);
  });
  const equations = found.filter((expression) => expression !== undefined);
  const isWhole = equations.length === found.length;
  if (isWhole) faults.push(...unusedOutputs(problem, equations));
  validateInitial(problem, isWhole ? equations : undefined, faults);
  for (const axis of spaceVariables(problem)) {
    const condition = boundaryOf(problem, axis);
    if (condition === "periodic") continue;
    for (const side of sides) {
      const given = condition[side];
      for (const [i, source] of faceEquations(given).entries()) {
        validateEquation(problem, ["boundary", axis, side, ...(typeof given === "string" ? [] : [i])], source, faults);
      }
    }
  }
  for (const [i, source] of faceEquations(problem.edge ?? "none").entries()) {
    validateEquation(problem, ["edge", ...(typeof problem.edge === "string" ? [] : [i])], source, faults);
  }
  validateFeatures(problem, faults);
  validateTransform(problem, faults);
  validateExact(problem, faults);
  return faults;
}

/** Outputs that occur in no equation. */
function unusedOutputs(problem: PinnProblem, equations: readonly Expression[]): Fault[] {
  const names = namesOf(problem);
  const used = new Set(equations.flatMap((equation) => derivativesIn(equation, names)).map(({ output }) => output));
  return names.outputs.flatMap((output, i) => {
    const message = `"${output}" is in no equation; expected an equation with it or its derivatives`;
    return used.has(output) ? [] : [{ path: ["outputs", i], message }];
  });
}

function validateExact(problem: PinnProblem, faults: Fault[]): void {
  for (const [path, source] of byOutput(problem, "exact", faults)) {
    validateValues(problem, path, source, pinnVariables(problem), faults);
  }
}

/** Each feature is an expression in at least one variable. */
function validateFeatures(problem: PinnProblem, faults: Fault[]): void {
  const variables = pinnVariables(problem);
  for (const [i, source] of (problem.features ?? []).entries()) {
    const expression = attempt(["features", i], faults, () => readFormula(source, problem, variables));
    if (expression && !namesIn(expression).some(({ name }) => variables.includes(name))) {
      const message = `"${source}" is the same at all points; expected an expression in ${variables.join(", ")}`;
      faults.push({ path: ["features", i], message });
    }
  }
}

/** A transform may not use the name of the network's output for anything else. */
function validateTransform(problem: PinnProblem, faults: Fault[]): void {
  const taken = [...pinnVariables(problem), ...pinnOutputs(problem), ...Object.keys(problem.coefficients ?? {})];
  const texts = byOutput(problem, "transform", faults);
  if (texts.length > 0 && taken.includes(RAW_OUTPUT)) {
    const message = `needs the name ${RAW_OUTPUT} for the network's output, but the problem uses it; choose another there`;
    faults.push({ path: ["transform"], message });
    return;
  }
  for (const [path, source] of texts) {
    const expression = attempt(path, faults, () => readTransform(source, problem));
    if (expression && !namesIn(expression).some(({ name }) => name === RAW_OUTPUT)) {
      const message = `"${source}" does not depend on ${RAW_OUTPUT}, the network's output; expected an expression such as "x*(1 - x)*${RAW_OUTPUT}"`;
      faults.push({ path, message });
    }
  }
}

/** The texts of a parameter that gives one for each output, with their places. */
function byOutput(problem: PinnProblem, name: "exact" | "transform", faults: Fault[]): [Path, string][] {
  const given = problem[name];
  if (given === undefined || refusesText(problem, name, given, faults)) return [];
  const outputs = pinnOutputs(problem);
  return Object.entries(ofOutputs(given, problem)).flatMap(([output, source]): [Path, string][] => {
    const path = typeof given === "string" ? [name] : [name, output];
    if (outputs.includes(output)) return [[path, source]];
    const message = `"${output}" is not an output; expected ${outputs.join(", ")}${suggestion(output, outputs)}`;
    faults.push({ path, part: "key", message });
    return [];
  });
}

/** Reports one text for several outputs. */
function refusesText(problem: PinnProblem, name: string, given: unknown, faults: Fault[]): boolean {
  const outputs = pinnOutputs(problem);
  if (typeof given !== "string" || outputs.length === 1) return false;
  const message = `is one expression for ${outputs.join(", ")}; expected ${name}: { ${outputs[0]}: … }`;
  faults.push({ path: [name], message });
  return true;
}

/** The equation, with the values of coefficients, if it is sound. */
function validateEquation(problem: PinnProblem, path: Path, source: string, faults: Fault[]): Expression | undefined {
  const values = coefficientValues(problem.coefficients);
  const names = namesOf(problem);
  return attempt(path, faults, () => {
    const known = [...Object.keys(values), ...Object.keys(problem.unknowns ?? {})];
    const expression = withSolutionNames(parseEquation(source), names, known);
    requireFinite(expression, values);
    const folded = foldExpression(expression, values);
    // Some faults, such as a power that cannot be differentiated, only show when the graph is built.
    lowerExpression(folded, Object.fromEntries(namesIn(folded).map(({ name }) => [name, input(name, [1])])));
    if (derivativesIn(folded, names).length === 0) {
      const outputs = names.outputs.join(", ");
      const message = `"${source}" has no term with ${outputs} or its derivatives; expected an equation for ${outputs}`;
      throw new ExpressionError(0, message);
    }
    return folded;
  });
}

/** An expression that gives numbers at points. */
function validateValues(
  { coefficients }: PinnProblem,
  path: Path,
  source: string,
  names: readonly string[],
  faults: Fault[],
): void {
  const values = coefficientValues(coefficients);
  attempt(path, faults, () => {
    const expression = parseExpression(source);
    requireNames(expression, [...names, ...Object.keys(values)]);
    requireFinite(expression, values);
  });
}

/** The conditions at the lower t: there must be one for u, and for each derivative in t below the highest. */
function validateInitial(problem: PinnProblem, equations: readonly Expression[] | undefined, faults: Fault[]): void {
  const { initial, points } = problem;
  const variables = pinnVariables(problem);
  if (!variables.includes("t")) {
    if (initial === undefined) return;
    const message = `needs the variable t, but the domain has ${variables.join(", ")} only; leave it out`;
    faults.push({ path: ["initial"], message });
    return;
  }
  if (initial === undefined) {
    if (points?.initial !== undefined) return;
    const example = `${pinnOutputs(problem).join(", ")} at the lower end of t, an expression such as "sin(${variables[0]})"`;
    faults.push({ path: [], message: `lacks "initial": ${example}` });
    return;
  }
  if (initial === "none" || refusesText(problem, "initial", initial, faults)) return;
  const given = ofOutputs(initial, problem);
  const outputs = pinnOutputs(problem).join(", ");
  for (const [name, source] of Object.entries(given)) {
    const path = typeof initial === "string" ? ["initial"] : ["initial", name];
    if (isInitial(name, problem)) validateValues(problem, path, source, spaceVariables(problem), faults);
    else {
      const message = `"${name}" is not a quantity at the lower t; expected ${outputs} or derivatives in t, such as ${pinnOutputs(problem)[0]}_t`;
      faults.push({ path, part: "key", message });
    }
  }
  // A transform may meet the others.
  if (equations === undefined || points?.initial !== undefined || problem.transform !== undefined) return;
  for (const name of missingInitial(problem, equations, Object.keys(given))) {
    const message = `lacks "${name}", because an equation has ${name}${name.includes("_") ? "" : "_"}t; expected initial: { ${[...Object.keys(given), name].map((key) => `${key}: …`).join(", ")} }`;
    faults.push({ path: ["initial"], message });
  }
}

/** True for the name of an output, or of its derivative in t alone. */
export function isInitial(name: string, problem: PinnProblem): boolean {
  const derivative = derivativeOf(name, namesOf(problem));
  const time = pinnVariables(problem).indexOf("t");
  return derivative?.orders.every((order, i) => order === 0 || i === time) ?? false;
}

/** The names of lower order in t than a derivative in an equation that are not given. */
function missingInitial(problem: PinnProblem, equations: readonly Expression[], given: readonly string[]): string[] {
  const names = namesOf(problem);
  const time = names.variables.indexOf("t");
  const all = equations.flatMap((equation) => derivativesIn(equation, names));
  return names.outputs.flatMap((output) => {
    const own = all.filter((derivative) => derivative.output === output);
    const highest = Math.max(0, ...own.map(({ orders }) => orders[time]));
    const below = Array.from({ length: highest }, (_, order) =>
      order > 0 ? `${output}_${"t".repeat(order)}` : output,
    );
    return below.filter((name) => !given.includes(name));
  });
}

/** What work on an expression gives; undefined where the expression is wrong, which becomes a fault. */
export function attempt<T>(path: Path, faults: Fault[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    faults.push({ path, message: error.message });
    return undefined;
  }
}
