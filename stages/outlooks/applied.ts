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
  if (!Object.hasOwn(withoutOutputs, problem)) return checkLossData(inputs, params, usual);
  return [{ path: ["from", "model"], message: `${stage} ${withoutOutputs[problem]}` }];
}
