import type { Fault } from "../../text/fault.js";
import { suggestion } from "../../text/nearestName.js";
import { coefficientFault } from "./coefficients.js";
import { dataNames } from "./dataPoints.js";
import { initialNames, type PinnProblem, type PointList, pinnVariables, spaceVariables } from "./pinn.js";
import { isInitial } from "./validateEquations.js";

/**
 * Faults in the points of a problem that can be found before their files are read: names that are not variables,
 * variables without values, lists of different lengths, expressions that do not parse. Paths begin with "points".
 */
export function validatePoints(problem: PinnProblem): Fault[] {
  const { points } = problem;
  if (points === undefined) return [];
  const variables = pinnVariables(problem);
  const space = spaceVariables(problem);
  const { initial, boundary = {}, collocation, data } = points;
  const given = initialNames(problem).filter((name) => isInitial(name, problem));
  const quantities = given.length > 0 ? given : ["u"];
  const check = (list: PointList, names: readonly string[], ...path: string[]) =>
    listFaults(list, names, points.path, ["points", ...path]);
  return [
    ...(initial ? check(initial, [...variables, ...quantities], "initial") : []),
    ...Object.entries(boundary).flatMap(([name, { lower, upper }]) =>
      space.includes(name)
        ? [...check(lower, variables, "boundary", name, "lower"), ...check(upper, variables, "boundary", name, "upper")]
        : [
            {
              path: ["points", "boundary", name],
              message: `"${name}" is not a space variable; expected ${space.join(", ") || "none, as the domain has only t"}`,
            },
          ],
    ),
    ...(collocation ? check(collocation, variables, "collocation") : []),
    ...(data
      ? check(data, [...variables, ...(dataNames(problem).length > 0 ? dataNames(problem) : ["u"])], "data")
      : []),
  ];
}

function listFaults(
  { path: own, ...list }: PointList,
  names: readonly string[],
  shared: string | undefined,
  path: string[],
): Fault[] {
  const file = own ?? shared;
  const faults: Fault[] = [];
  const complain = (below: (string | number)[], message: string) => faults.push({ path: [...path, ...below], message });
  for (const [name, values] of Object.entries(list)) {
    if (!names.includes(name)) {
      complain([name], `"${name}" is not a variable here; expected ${names.join(", ")}${suggestion(name, names)}`);
    } else if (typeof values !== "string") {
      for (const [i, value] of values.entries()) {
        const fault = coefficientFault(value);
        if (fault) complain([name, i], fault);
      }
    } else if (file === undefined) {
      complain([name], `names the array "${values}", but no file; add path: <file>, or give a list of numbers`);
    }
  }
  const missing = names.filter((name) => !Object.hasOwn(list, name));
  if (missing.length > 0 && file === undefined) {
    complain([], `lacks ${missing.map((name) => `"${name}"`).join(", ")}; expected values of ${names.join(", ")}`);
  }
  const lengths = names.flatMap((name) => (Array.isArray(list[name]) ? [[name, list[name].length] as const] : []));
  const other = lengths.find(([, length]) => length !== lengths[0][1]);
  if (other) {
    const [first, length] = lengths[0];
    complain([other[0]], `has ${other[1]} values but ${first} has ${length}; expected the same number`);
  }
  return faults;
}
