import * as f from "../../graph/functions.js";
import type { Fit } from "./curvature.js";
import type { Column, PinnPoints, PinnProblem } from "./pinn.js";
import { termNames, type Unknowns } from "./pinnConditions.js";
import { quantitiesOf } from "./pinnQuantities.js";
import type { PointWeights } from "./pointWeights.js";
import type { SolutionNetwork } from "./solutionField.js";
import { termSetting } from "./termSetting.js";

/** The terms of the loss by name, each [P], with their weights, if the problem has any, and trained coefficients. */
export type PinnLoss = { readonly loss: f.Tensor } & Readonly<Record<string, f.Tensor>>;

interface LossParameters {
  /** Receives the squared quantity of each mean. */
  readonly record?: (fit: Fit) => void;
  /** The trained coefficients. */
  readonly unknowns?: Unknowns;
  /** The weights of the terms, [1] each, if they are not those of the problem. */
  readonly weights?: (term: string) => f.Tensor;
  readonly pointWeights?: PointWeights;
}

/**
 * The loss at P parameter points: mean squared errors of the conditions at the lower t, of those on the faces, and of
 * the residuals, each with its weight. Weights of points weigh the squares in the loss, but not in the terms beside it.
 */
export function pinnLoss(
  network: SolutionNetwork,
  problem: PinnProblem,
  points: PinnPoints<Column>,
  theta: f.Tensor,
  { record = () => {}, unknowns = {}, weights, pointWeights }: LossParameters = {},
): PinnLoss {
  const weightAt = (term: string) => weights?.(term) ?? weightOf(problem, term);
  const terms: Record<string, f.Tensor> = {};
  const parts: Record<string, f.Tensor> = {};
  const add = (sums: Record<string, f.Tensor>, term: string, part: f.Tensor) => {
    sums[term] = sums[term] ? f.add(sums[term], part) : part;
  };
  for (const { term, at, outputs } of quantitiesOf(network, problem, points, theta, unknowns)) {
    const squares = f.pow(outputs, 2);
    const own = pointWeights?.ofList(term, at);
    const losses = own ? f.mul(own, squares) : squares;
    record({ outputs, losses: f.mul(weightAt(term), losses) });
    add(parts, term, f.mean(losses, [1, 2]));
    if (own) add(terms, term, f.mean(squares, [1, 2]));
    else terms[term] = parts[term];
  }
  const weighted = Object.entries(parts).map(([name, part]) => f.mul(weightAt(name), part));
  const loss = weighted.reduce((sum, term) => f.add(sum, term));
  const constant = (name: string, value: f.Tensor) => [name, f.expand(f.reshape(value, [1]), loss.shape)];
  const shown = problem.weights || weights ? Object.keys(terms) : [];
  const ofTerms = shown.map((name) => {
    const weight = weightAt(name);
    return constant(weightName(name), typeof weight === "number" ? f.constant(weight) : weight);
  });
  const ofPoints = Object.keys(terms).flatMap((name) => {
    const all = pointWeights?.ofTerm(name);
    const [mean, largest] = pointWeightNames(name);
    return all ? [constant(mean, f.mean(all)), constant(largest, f.max(all))] : [];
  });
  const values = Object.entries(unknowns).map(([name, value]) => [coefficientName(name), f.reshape(value, loss.shape)]);
  return { loss, ...terms, ...Object.fromEntries([...ofTerms, ...ofPoints, ...values]) };
}

/** The name of the weight of a term in tables. */
export const weightName = (term: string) => `weight_${term}`;

/** The names of the mean and of the largest weight of the points of a term in tables. */
const pointWeightNames = (term: string) => [`meanWeight_${term}`, `largestWeight_${term}`];

/** The name of a trained coefficient in tables. */
export const coefficientName = (name: string) => `coefficient_${name}`;

/** The names of the terms, of their weights if the problem has any, of those of points, and of trained coefficients. */
export function lossNames(problem: PinnProblem): string[] {
  const terms = termNames(problem);
  const unknowns = Object.keys(problem.unknowns ?? {});
  const { weights, pointWeights = {} } = problem;
  return [
    ...terms,
    ...(weights ? terms.map(weightName) : []),
    ...terms.filter((term) => Object.hasOwn(pointWeights, term)).flatMap(pointWeightNames),
    ...unknowns.map(coefficientName),
  ];
}

/** The weight of a term: its own, that of its group, or 1. */
export const weightOf = ({ weights = {} }: Pick<PinnProblem, "weights">, term: string): number =>
  termSetting(weights, term) ?? 1;
