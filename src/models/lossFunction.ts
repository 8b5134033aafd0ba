import type { Tensor } from "../graph/tensor.js";
import type { Layout } from "./layout.js";
import { type Architecture, createModel } from "./model.js";
import type { PinnPoints, PinnProblem } from "./pinn.js";
import { pinnLoss } from "./pinnLoss.js";
import { pinnPoints } from "./pinnPoints.js";

/** What a network is trained to do. */
export type Problem = PinnProblem;

/** A loss as a function of the flat parameter vector. */
export interface LossFunction {
  readonly layout: Layout;
  /** Number of parameters. */
  readonly size: number;
  /** The loss at the rows of `theta` [P, size], and the terms it is the sum of: each [P]. */
  terms(theta: Tensor): Readonly<Record<string, Tensor>> & { readonly loss: Tensor };
}

/** The training loss of a network on a problem. Points may be given; by default they are the problem's own. */
export function lossFunction(architecture: Architecture, problem: Problem, points?: PinnPoints): LossFunction {
  const { layout, size, inputs, outputs, apply } = createModel(architecture);
  if (inputs !== 2 || outputs !== 1) {
    throw new Error(`a network for u(x, t) has 2 inputs and 1 output, found ${inputs} and ${outputs}`);
  }
  const own = points ?? pinnPoints(problem);
  return { layout, size, terms: (theta) => ({ ...pinnLoss(apply, problem, own, theta) }) };
}
