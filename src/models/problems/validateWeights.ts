import type { Fault } from "../../text/fault.js";
import { suggestion } from "../../text/nearestName.js";
import type { PinnProblem } from "./pinn.js";
import { termNames } from "./pinnConditions.js";

/** Faults of the names of weights: each must be a term of the loss, or a group of them. */
export const validateWeights = (problem: PinnProblem): Fault[] =>
  termFaults(problem, problem.weights ?? {}, ["weights"]);

/** Names in a mapping at a path that are neither terms of the loss nor groups of them. */
export function termFaults(problem: PinnProblem, settings: object, path: readonly string[]): Fault[] {
  const terms = termNames(problem);
  const groups = terms.map((term) => term.split("_")[0]);
  const known = [...new Set([...groups, ...terms])];
  return Object.keys(settings).flatMap((name): Fault[] => {
    if (known.includes(name)) return [];
    const message = `"${name}" is not a term of the loss; expected ${known.join(", ")}${suggestion(name, known)}`;
    return [{ path: [...path, name], part: "key", message }];
  });
}
