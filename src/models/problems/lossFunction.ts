import type { Values } from "../../graph/backend.js";
import type { Shape } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import type { Layout } from "../networks/layout.js";
import type { Fit, LossParts } from "./curvature.js";
import type { ExternalProblem } from "./externalProblem.js";
import { type FunctionProblem, functionLoss } from "./functionProblem.js";
import { type PinnPoints, type PinnProblem, pinnVariables } from "./pinn.js";
import { pinnLoss } from "./pinnLoss.js";
import { pinnPoints } from "./pinnPoints.js";
import type { SupervisedProblem } from "./supervisedProblem.js";

/** What a network is trained to do. */
export type Problem = PinnProblem | SupervisedProblem | FunctionProblem | ExternalProblem;

/** Problems that have all they need in their description. */
export type ProblemWithoutData = Exclude<Problem, SupervisedProblem | ExternalProblem>;

/** A loss as a function of the flat parameter vector. */
export interface LossFunction {
  readonly layout: Layout;
  /** Number of parameters. */
  readonly size: number;
  /** How many points of parameters are best evaluated together in one run. */
  readonly pointsPerRun: number;
  /** The mini-batches that runs are fed with. Their weights add up to 1; the loss is the weighted mean of theirs. */
  readonly batches: readonly Batch[];
  /** The loss of a mini-batch at the rows of `theta` [P, size], and the terms it is the sum of: each [P]. */
  terms(
    theta: Tensor,
    fed: Readonly<Record<string, Tensor>>,
  ): Readonly<Record<string, Tensor>> & { readonly loss: Tensor };
  /** The same loss by samples, for curvature matrices other than the Hessian; absent where it has none. */
  parts?(theta: Tensor, fed: Readonly<Record<string, Tensor>>): LossParts;
}

/** What a run is fed with beside the parameters. */
export interface Batch {
  readonly weight: number;
  readonly feeds: Readonly<Record<string, { readonly values: Values; readonly shape: Shape }>>;
}

/** Small dense networks share the cost of a run, and a few points stay in the cache. */
const DENSE_POINTS_PER_RUN = 8;

/** An expression costs next to nothing beside starting a run. */
const FUNCTION_POINTS_PER_RUN = 16;

/** For what has its data in the program. */
const nothingFed: readonly Batch[] = [{ weight: 1, feeds: {} }];

/**
 * The loss on a problem that needs no samples. Points of a differential equation may be given; by default they are its
 * own.
 */
export function lossFunction(
  architecture: Architecture,
  problem: ProblemWithoutData,
  points?: PinnPoints,
): LossFunction {
  return problem.kind === "function" ? ofFunction(architecture, problem) : ofEquation(architecture, problem, points);
}

function ofFunction(architecture: Architecture, problem: FunctionProblem): LossFunction {
  if (architecture.kind !== "parameters" || !("names" in architecture)) {
    throw new Error(`a function is one of named parameters; found the architecture ${architecture.kind}`);
  }
  const { layout, size } = createModel(architecture);
  return {
    layout,
    size,
    pointsPerRun: FUNCTION_POINTS_PER_RUN,
    batches: nothingFed,
    terms: (theta) => ({ loss: functionLoss(problem, architecture.names, theta) }),
  };
}

function ofEquation(architecture: Architecture, problem: PinnProblem, points?: PinnPoints): LossFunction {
  const { layout, size, inputs, outputs, apply } = createModel(architecture);
  const variables = pinnVariables(problem);
  if (inputs !== variables.length || outputs !== 1) {
    throw new Error(
      `a network for u(${variables.join(", ")}) has ${variables.length} inputs and 1 output, found ${inputs} and ${outputs}`,
    );
  }
  const own = points ?? pinnPoints(problem);
  return {
    layout,
    size,
    pointsPerRun: DENSE_POINTS_PER_RUN,
    batches: nothingFed,
    terms: (theta) => ({ ...pinnLoss(apply, problem, own, theta) }),
    parts(theta) {
      const fits: Fit[] = [];
      pinnLoss(apply, problem, own, theta, (fit) => fits.push(fit));
      return { fits };
    },
  };
}
