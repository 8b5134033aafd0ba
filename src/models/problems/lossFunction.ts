import type { Values } from "../../graph/backend.js";
import * as f from "../../graph/functions.js";
import type { Shape } from "../../graph/shape.js";
import type { Tensor } from "../../graph/tensor.js";
import { type Architecture, createModel } from "../networks/architecture.js";
import { type Layout, layoutSize } from "../networks/layout.js";
import type { Fit, LossParts } from "./curvature.js";
import type { ExternalProblem } from "./externalProblem.js";
import { type FunctionProblem, functionLoss } from "./functionProblem.js";
import { networkInputs } from "./inputFeatures.js";
import { type Column, type PinnPoints, type PinnProblem, type Points, pinnOutputs, pinnVariables } from "./pinn.js";
import { termNames } from "./pinnConditions.js";
import { pinnLoss } from "./pinnLoss.js";
import { pinnPoints } from "./pinnPoints.js";
import { pointWeights, storedWeights, weightedLists } from "./pointWeights.js";
import type { SupervisedProblem } from "./supervisedProblem.js";
import { trainedLayout, trainedParts } from "./trainedLayout.js";

/** The task of a network. */
export type Problem = PinnProblem | SupervisedProblem | FunctionProblem | ExternalProblem;

/** Problems that are complete in their description. */
export type ProblemWithoutData = Exclude<Problem, SupervisedProblem | ExternalProblem>;

/** A loss as a function of the flat parameter vector. */
export interface LossFunction {
  readonly layout: Layout;
  /** The number of parameters. */
  readonly size: number;
  /** The best number of parameter points per run. */
  readonly pointsPerRun: number;
  /** The mini-batches that feed the runs. Their weights add up to 1, and the loss is their weighted mean. */
  readonly batches: readonly Batch[];
  /** The loss of a mini-batch at the rows of `theta` [P, size], and its terms: each [P]. */
  terms(
    theta: Tensor,
    fed: Readonly<Record<string, Tensor>>,
  ): Readonly<Record<string, Tensor>> & { readonly loss: Tensor };
  /** The same loss by samples, for curvature matrices other than the Hessian. Missing when it has no such form. */
  parts?(theta: Tensor, fed: Readonly<Record<string, Tensor>>): LossParts;
}

type Fed = Readonly<Record<string, Tensor>>;

/** The feeds of a run besides the parameters. */
export interface Batch {
  readonly weight: number;
  readonly feeds: Readonly<Record<string, { readonly values: Values; readonly shape: Shape }>>;
}

/** Small dense networks share the cost of a run, and a few points fit in the cache. */
const DENSE_POINTS_PER_RUN = 8;

/** An expression costs almost nothing compared with the start of a run. */
const FUNCTION_POINTS_PER_RUN = 16;

/** For a loss whose data is part of the program. */
const nothingFed: readonly Batch[] = [{ weight: 1, feeds: {} }];

/**
 * The loss of a problem that needs no samples. Points of a differential equation may be given; the default is its own.
 */
export function lossFunction(
  architecture: Architecture,
  problem: ProblemWithoutData,
  points?: PinnPoints,
): LossFunction {
  return problem.kind === "function"
    ? ofFunction(architecture, problem)
    : equationLoss(architecture, problem, { points });
}

function ofFunction(architecture: Architecture, problem: FunctionProblem): LossFunction {
  if (architecture.kind !== "parameters" || !("names" in architecture)) {
    throw new Error(`a function needs the architecture parameters; found ${architecture.kind}`);
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

/** Arrays of the number type of a computation. Their entries may change between evaluations. */
interface Changing {
  /** The weights of the terms, in their order. */
  readonly live?: Values;
  /** The residual points: the values of each variable, one after another. */
  readonly moving?: Values;
  /** The weights of the points of some terms, in the order of `weightedLists`. */
  readonly ofPoints?: { readonly terms: readonly string[]; readonly weights: Values };
}

/** The loss of a differential equation, with its own points and weights unless they are given. */
export function equationLoss(
  architecture: Architecture,
  problem: PinnProblem,
  { points, live, moving, ofPoints }: { points?: PinnPoints } & Changing = {},
): LossFunction {
  const { size, inputs, outputs, apply } = createModel(architecture);
  const taken = networkInputs(problem);
  const solved = pinnOutputs(problem);
  if (inputs !== taken.length || outputs !== solved.length) {
    const wanted = `${taken.length} inputs and ${solved.length} output${solved.length > 1 ? "s" : ""}`;
    throw new Error(
      `a network for ${solved.join(", ")}(${taken.join(", ")}) has ${wanted}, found ${inputs} and ${outputs}`,
    );
  }
  const own = points ?? pinnPoints(problem);
  const layout = trainedLayout(architecture, problem);
  const names = termNames(problem);
  const lists = weightedLists(problem, own, ofPoints?.terms ?? Object.keys(problem.pointWeights ?? {}));
  const stored = ofPoints ? undefined : storedWeights(problem, lists);
  /** The parameters of the network, then the unknown coefficients. */
  const lossAt = (theta: Tensor, fed: Fed, record?: (fit: Fit) => void) => {
    const weights = live && ((term: string) => f.slice(fed.weights, 0, names.indexOf(term), names.indexOf(term) + 1));
    const weighted =
      lists.length > 0 ? pointWeights(lists, stored ? f.data(stored, [stored.length]) : fed.ofPoints) : undefined;
    const parts = trainedParts(theta, size, problem);
    const at = moving ? { ...own, collocation: columnsOf(fed.points, pinnVariables(problem)) } : own;
    const parameters = { record, weights, pointWeights: weighted, unknowns: parts.unknowns };
    return pinnLoss(apply, problem, at, parts.weights, parameters);
  };
  return {
    layout,
    size: layoutSize(layout),
    pointsPerRun: DENSE_POINTS_PER_RUN,
    batches: [{ weight: 1, feeds: feedsOf({ weights: live, points: moving, ofPoints: ofPoints?.weights }) }],
    terms: (theta, fed) => ({ ...lossAt(theta, fed) }),
    parts(theta, fed) {
      const fits: Fit[] = [];
      lossAt(theta, fed, (fit) => fits.push(fit));
      return { fits };
    },
  };
}

const feedsOf = (changing: Readonly<Record<string, Values | undefined>>): Batch["feeds"] =>
  Object.fromEntries(
    Object.entries(changing).flatMap(([name, values]) => (values ? [[name, { values, shape: [values.length] }]] : [])),
  );

/** The values of each variable from those of all, one after another. */
function columnsOf(all: Tensor, variables: readonly string[]): Points<Column> {
  const count = all.shape[0] / variables.length;
  return Object.fromEntries(variables.map((name, i) => [name, f.slice(all, 0, i * count, (i + 1) * count)]));
}
