import { type Architecture, createModel } from "../models/networks/architecture.js";
import type { ExternalProblem } from "../models/problems/externalProblem.js";
import { type LossFunction, lossFunction, type Problem } from "../models/problems/lossFunction.js";
import { createObjective, type Objective } from "../models/problems/objective.js";
import { readPoints } from "../models/problems/readPoints.js";
import { type Samples, type SupervisedOptions, supervisedLoss } from "../models/problems/supervisedLoss.js";
import { withUnknowns } from "../models/problems/trainedLayout.js";
import { validateModel } from "../models/problems/validateModel.js";
import { validate } from "../pipeline/validateParameters.js";
import type { Fault } from "../text/fault.js";

/** The loss of a network as a function of its weights. */
export interface NetworkLoss extends Objective {
  /** Initial weights, the same for the same seed: [size]. */
  initialize(seed: number): Float64Array;
}

export interface NetworkLossOptions {
  /** The number type of the computation; results are f64. Default: "f64". */
  dtype?: "f32" | "f64";
  /** The backend, by a name that `graph.compile` takes, too. */
  backend?: string;
  /** Samples that are computed at once. It bounds the memory. Default: 128. */
  batchSize?: number;
  /**
   * What batch norms normalise by: the running statistics in the order of the network, means and variances of one norm
   * after the other. Default: the statistics of each mini-batch, as in training.
   */
  statistics?: Float64Array;
}

/**
 * The loss of a network on a differential equation, of a formula, or on samples, with exact gradients and
 * Hessian–vector products. `architecture` and `problem` are written as in a pipeline; defaults are filled in. Weights
 * are flat vectors of `size` numbers in the order of `layout`. Call `release` when you no longer need it.
 *
 * A supervised problem has `samples`, one after the other: inputs [N × inputs] as the network sees them, and targets
 * [N × outputs], for cross-entropy whole numbers from 0, one for each sample (pixel, token).
 *
 * @throws TypeError with every fault of the architecture and the problem; points in files are one, and samples that are
 * missing or of no use. RangeError where samples or statistics do not fit the network.
 */
export async function networkLoss(
  given: { architecture: Record<string, unknown>; problem: Record<string, unknown>; samples?: Samples },
  { dtype = "f64", backend, batchSize = 128, statistics }: NetworkLossOptions = {},
): Promise<NetworkLoss> {
  const { samples, ...written } = given;
  const { architecture, problem }: { architecture: unknown; problem: unknown } = structuredClone(written);
  requireArchitecture(architecture);
  requireProblem(problem);
  refuse(
    validateModel(architecture, problem).map(({ path, message }) => ({
      path,
      message: `${path.join(".")} ${message}`,
    })),
  );
  const loss = lossOf(architecture, problem, samples, { batchSize, statistics: statistics ?? "recomputed" });
  const { initialize } = createModel(architecture);
  return {
    ...(await createObjective(loss, { dtype, backend })),
    initialize: (seed) => withUnknowns(initialize(seed), architecture, problem),
  };
}

function lossOf(
  architecture: Architecture,
  problem: Exclude<Problem, ExternalProblem>,
  samples: Samples | undefined,
  options: Pick<SupervisedOptions, "batchSize" | "statistics">,
): LossFunction {
  if (problem.kind !== "supervised") {
    if (samples) throw new TypeError(`the problem ${problem.kind} has no samples; leave them out`);
    return lossFunction(architecture, problem.kind === "pinn" ? readPoints(problem, noFile) : problem);
  }
  if (samples === undefined) {
    throw new TypeError("a supervised problem needs samples; expected { architecture, problem, samples }");
  }
  return supervisedLoss(architecture, samples, { ...problem, ...options });
}

function noFile(path: string): never {
  throw new TypeError(`points in ${path}: networkLoss reads no files; expected lists of numbers`);
}

function requireArchitecture(value: unknown): asserts value is Architecture {
  refuse(validate("architecture", value, "architecture"));
}

function requireProblem(value: unknown): asserts value is Exclude<Problem, ExternalProblem> {
  refuse(validate("problem", value, "problem"));
  if (typeof value === "object" && value !== null && "kind" in value && value.kind === "external") {
    throw new TypeError("networkLoss starts no process; expected the kind pinn, function or supervised");
  }
}

function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new TypeError(faults.map(({ message }) => message).join("\n"));
}
