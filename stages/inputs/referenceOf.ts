import { type Artifact, numbers } from "../../src/artifact/artifact.js";
import type { Reference } from "../../src/models/evaluation/pinnSolution.js";
import { type PinnProblem, pinnOutputs, pinnVariables } from "../../src/models/problems/pinn.js";
import { drawnFacts } from "../artifacts/table.js";

/** A reference solution, and the shape of its grid if it has one whose axes are the variables in their order. */
export interface ReferenceGrid extends Reference {
  readonly shape?: readonly number[];
}

/**
 * The solution in a table: columns of all variables, and of outputs. Throws Error when a variable or all outputs are
 * missing.
 */
export function referenceOf(table: Artifact, problem: PinnProblem): ReferenceGrid {
  const variables = pinnVariables(problem);
  const outputs = pinnOutputs(problem).filter((name) => name in table.columns);
  const missing = variables.find((name) => !(name in table.columns));
  const found = Object.keys(table.columns).join(", ");
  if (missing !== undefined) {
    throw new Error(`the reference lacks the variable ${missing}; it has ${found}; expected ${variables.join(", ")}`);
  }
  if (outputs.length === 0) {
    throw new Error(`the reference has no output; it has ${found}; expected ${pinnOutputs(problem).join(" or ")}`);
  }
  const columns = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, numbers(table, name)]));
  const exact = columns(outputs);
  const empty = outputs.find((name) => !exact[name].some(Number.isFinite));
  if (empty !== undefined) throw new Error(`the column ${empty} of the reference has no finite value`);
  const grid = drawnFacts(table, "solution")?.solution;
  const isOrdered = grid && grid.variables.join() === variables.join();
  return { points: columns(variables), exact, ...(isOrdered && { shape: grid.shape }) };
}
