import * as f from "../../graph/functions.js";
import type { Fit } from "./curvature.js";
import type { Column, PinnPoints, PinnProblem } from "./pinn.js";
import { termNames, type Unknowns } from "./pinnConditions.js";
import { quantitiesOf } from "./pinnQuantities.js";
import type { SolutionNetwork } from "./solutionField.js";

/** The terms of the loss by name, each [P], with their weights, if the problem has any, and trained coefficients. */
export type PinnLoss = { readonly loss: f.Tensor } & Readonly<Record<string, f.Tensor>>;

interface LossParameters {
  /** Receives the squared quantity of each mean. */
  readonly record?: (fit: Fit) => void;
  /** The trained coefficients. */
  readonly unknowns?: Unknowns;
  /** The weights of the terms, [1] each, if they are not those of the problem. */
  readonly weights?: (term: string) => f.Tensor;
}

/**
 * The loss at P parameter points: mean squared errors of the conditions at the lower t, of those on the faces, and of
 * the residuals. `record` receives the squared quantity of each mean.
 */
export function pinnLoss(
  network: SolutionNetwork,
  problem: PinnProblem,
  points: PinnPoints<Column>,
  theta: f.Tensor,
  { record = () => {}, unknowns = {}, weights }: LossParameters = {},
): PinnLoss {
  const weightAt = (term: string) => weights?.(term) ?? weightOf(problem, term);
  const terms: Record<string, f.Tensor> = {};
  for (const { term, outputs } of quantitiesOf(network, problem, points, theta, unknowns)) {
    const losses = f.pow(outputs, 2);
    record({ outputs, losses: f.mul(weightAt(term), losses) });
    const part = f.mean(losses, [1, 2]);
    terms[term] = terms[term] ? f.add(terms[term], part) : part;
  }
  const weighted = Object.entries(terms).map(([name, term]) => f.mul(weightAt(name), term));
  const loss = weighted.reduce((sum, term) => f.add(sum, term));
  const shown = problem.weights || weights ? Object.keys(terms) : [];
  const ofTerms = shown.map((name) => {
    const weight = weightAt(name);
    return [weightName(name), f.expand(typeof weight === "number" ? f.constant(weight) : weight, loss.shape)];
  });
  const values = Object.entries(unknowns).map(([name, value]) => [coefficientName(name), f.reshape(value, loss.shape)]);
  return { loss, ...terms, ...Object.fromEntries([...ofTerms, ...values]) };
}

/** The name of the weight of a term in tables. */
export const weightName = (term: string) => `weight_${term}`;

/** The name of a trained coefficient in tables. */
export const coefficientName = (name: string) => `coefficient_${name}`;

/** The names of the terms, of their weights if the problem has any, and of trained coefficients. */
export function lossNames(problem: PinnProblem): string[] {
  const terms = termNames(problem);
  const unknowns = Object.keys(problem.unknowns ?? {});
  return [...terms, ...(problem.weights ? terms.map(weightName) : []), ...unknowns.map(coefficientName)];
}

/** The weight of a term: its own, that of its group, or 1. */
export const weightOf = ({ weights = {} }: Pick<PinnProblem, "weights">, term: string): number =>
  weights[term] ?? weights[term.split("_")[0]] ?? 1;
