import * as f from "../../graph/functions.js";
import type { Fit } from "./curvature.js";
import type { Expression } from "./expression.js";
import { linearForm } from "./linearForm.js";
import { transformed } from "./outputTransform.js";
import type { PinnPoints, PinnProblem, Points } from "./pinn.js";
import { namesOf } from "./pinn.js";
import { type Condition, conditionsOf, equationsOf, termNames, type Unknowns, vanishing } from "./pinnConditions.js";
import { type SolutionField, type SolutionNetwork, solutionField } from "./solutionField.js";
import { derivativeOf, derivativesIn, type SolutionNames, totalOrder } from "./solutionNames.js";

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
  points: PinnPoints,
  theta: f.Tensor,
  { record = () => {}, unknowns = {}, weights }: LossParameters = {},
): PinnLoss {
  const weightAt = (term: string) => weights?.(term) ?? weightOf(problem, term);
  const meanSquare = (outputs: f.Tensor, weight: f.Tensor | number) => {
    const losses = f.pow(outputs, 2);
    record({ outputs, losses: f.mul(weight, losses) });
    return f.mean(losses, [1, 2]);
  };
  const names = namesOf(problem);
  const conditions = conditionsOf(problem, points, unknowns);
  const fieldAt = (at: readonly Points[], takes: Condition["takes"]) =>
    solutionField(transformed(network, problem), theta, names, { at, takes });
  const quantities = quantitiesOf(conditions, names, fieldAt);
  const terms: Record<string, f.Tensor> = {};
  const collect = (term: string, quantity: f.Tensor) => {
    const part = meanSquare(quantity, weightAt(term));
    terms[term] = terms[term] ? f.add(terms[term], part) : part;
  };
  for (const [i, { term }] of conditions.entries()) collect(term, quantities[i]);
  const equations = equationsOf(problem);
  const takes = equations.flatMap(({ expression }) => derivativesIn(expression, names));
  const field = fieldAt([points.collocation], takes);
  for (const { term, expression } of equations) {
    collect(term, residualOf(expression, names, field, points.collocation, unknowns));
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

/** Conditions that take the same derivatives share an evaluation of the network. */
function quantitiesOf(
  conditions: readonly Condition[],
  names: SolutionNames,
  fieldAt: (at: readonly Points[], takes: Condition["takes"]) => SolutionField,
): f.Tensor[] {
  const keyOf = ({ takes }: Condition) => [...new Set(takes.map(({ orders }) => orders.join()))].sort().join(" ");
  const fields = new Map<string, { at: Points[]; field: SolutionField }>();
  for (const condition of conditions) {
    const key = keyOf(condition);
    if (fields.has(key)) continue;
    const alike = conditions.filter((other) => keyOf(other) === key);
    const at = [...new Set(alike.flatMap((other) => other.at))];
    fields.set(key, {
      at,
      field: fieldAt(
        at,
        alike.flatMap(({ takes }) => takes),
      ),
    });
  }
  return conditions.map((condition) => {
    const { at, field } = fields.get(keyOf(condition))!;
    return condition.quantity((name) => {
      const values = field.value(derivativeOf(name, names)!);
      return condition.at.map((list) => values[at.indexOf(list)]);
    });
  });
}

/**
 * The residual at the points. An expression that is linear in first derivatives needs one directional derivative.
 */
function residualOf(
  equation: Expression,
  names: SolutionNames,
  u: SolutionField,
  points: Points,
  unknowns: Unknowns,
): f.Tensor {
  const at = (expression: Expression): f.Tensor =>
    vanishing(expression, points, names, unknowns).quantity((name) => u.value(derivativeOf(name, names)!));
  const orders = derivativesIn(equation, names).map(totalOrder);
  if (names.outputs.length > 1 || Math.max(...orders) !== 1) return at(equation);
  const first = names.variables.map((name) => `${names.outputs[0]}_${name}`);
  const linear = linearForm(equation, new Set(first));
  if (!linear) return at(equation);
  const [derivative] = u.along(first.map((name) => linear.coefficients[name] ?? 0));
  return linear.rest ? f.add(derivative, at(linear.rest)) : derivative;
}
