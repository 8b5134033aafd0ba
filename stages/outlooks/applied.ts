import { type PinnProblem, pinnOutputs, pinnVariables } from "../../src/models/problems/pinn.js";
import type { Outlook } from "../../src/stage.js";
import type { Fault } from "../../src/text/fault.js";
import { checkLossData } from "./losses.js";

/** Models without outputs. */
const withoutOutputs: Readonly<Record<string, string>> = {
  function: "holds the parameters of a function, which only has a loss and no predictions",
  external: "holds the parameters of an external process, which only has a loss and no predictions",
  output: "gives its loss as output and predicts nothing; name another output of the graph",
};

/** Faults of a stage that applies a network: `usual` are the defaults of parameters that only samples need. */
export function checkApplied(
  params: object,
  inputs: Readonly<Record<string, readonly Outlook[]>>,
  usual: Readonly<Record<string, unknown>> = { statistics: "stored", batchSize: undefined },
): Fault[] {
  const [{ problem = "", stage }] = inputs.model;
  if (!Object.hasOwn(withoutOutputs, problem)) {
    return [...checkLossData(inputs, params, usual), ...checkReference(inputs)];
  }
  return [{ path: ["from", "model"], message: `${stage} ${withoutOutputs[problem]}` }];
}

/** Faults of a reference solution for a model that solves no equation, or without its variables or outputs. */
function checkReference({ model, reference }: Readonly<Record<string, readonly Outlook[]>>): Fault[] {
  const [{ stage, problem, network }] = model;
  if (!reference || problem === undefined) return [];
  const fault = (message: string): Fault[] => [{ path: ["from", "reference"], message }];
  if (problem !== "pinn") return fault(`${stage} solves no differential equation; leave it out`);
  const { columns, stage: table } = reference[0];
  if (!columns || !network) return [];
  const has = (name: string) =>
    columns.some((column) => (column.endsWith("*") ? name.startsWith(column.slice(0, -1)) : name === column));
  const pinn = network.problem as PinnProblem;
  const missing = pinnVariables(pinn).find((name) => !has(name));
  if (missing !== undefined) return fault(`${table} lacks the variable ${missing} of ${stage}`);
  const outputs = pinnOutputs(pinn);
  if (outputs.some(has)) return [];
  return fault(`${table} lacks the outputs of ${stage}; expected a column ${outputs.join(" or ")}`);
}
