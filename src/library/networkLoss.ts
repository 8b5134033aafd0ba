import { type Architecture, createModel } from "../models/networks/architecture.js";
import { lossFunction, type ProblemWithoutData } from "../models/problems/lossFunction.js";
import { createObjective, type Objective } from "../models/problems/objective.js";
import { readPoints } from "../models/problems/readPoints.js";
import { validateModel } from "../models/problems/validateModel.js";
import { validate } from "../pipeline/validateParameters.js";
import type { Fault } from "../text/fault.js";

/** The loss of a network as a function of its weights. */
export interface NetworkLoss extends Objective {
  /** Fresh weights, the same for the same seed: [size]. */
  initialize(seed: number): Float64Array;
}

/**
 * The loss of a network on a differential equation or of a formula, with exact gradients and Hessian–vector products.
 * `architecture` and `problem` are written as in a pipeline; defaults are filled in. Weights are flat vectors of `size`
 * numbers in the order of `layout`. Call `release` when you no longer need it.
 *
 * `dtype` is the number type of the computation, "f64" by default; results are f64. `backend`: as for `graph.compile`.
 *
 * @throws TypeError with every fault of the architecture and the problem; points in files are one.
 */
export async function networkLoss(
  given: { architecture: Record<string, unknown>; problem: Record<string, unknown> },
  { dtype = "f64", backend }: { dtype?: "f32" | "f64"; backend?: string } = {},
): Promise<NetworkLoss> {
  const { architecture, problem }: { architecture: unknown; problem: unknown } = structuredClone(given);
  requireArchitecture(architecture);
  requireProblem(problem);
  refuse(
    validateModel(architecture, problem).map(({ path, message }) => ({
      path,
      message: `${path.join(".")} ${message}`,
    })),
  );
  const loss = lossFunction(architecture, problem.kind === "pinn" ? readPoints(problem, noFile) : problem);
  const { initialize } = createModel(architecture);
  return { ...(await createObjective(loss, { dtype, backend })), initialize: (seed) => initialize(seed) };
}

function noFile(path: string): never {
  throw new TypeError(`points in ${path}: networkLoss reads no files; expected lists of numbers`);
}

function requireArchitecture(value: unknown): asserts value is Architecture {
  refuse(validate("architecture", value, "architecture"));
}

function requireProblem(value: unknown): asserts value is ProblemWithoutData {
  refuse(validate("problem", value, "problem"));
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "supervised") {
    throw new TypeError("networkLoss takes problems without samples; expected the kind pinn or function");
  }
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new TypeError(faults.map(({ message }) => message).join("\n"));
}
