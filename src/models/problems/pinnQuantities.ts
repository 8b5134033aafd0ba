/** The quantities that must vanish, by the network: residuals at the points of the domain, and conditions. */
import * as f from "../../graph/functions.js";
import type { Expression } from "./expression.js";
import { linearForm } from "./linearForm.js";
import { transformed } from "./outputTransform.js";
import { type Column, namesOf, type PinnPoints, type PinnProblem, type Points } from "./pinn.js";
import { type Condition, conditionsOf, equationsOf, type Unknowns, vanishing } from "./pinnConditions.js";
import { type SolutionField, type SolutionNetwork, solutionField } from "./solutionField.js";
import { derivativeOf, derivativesIn, type SolutionNames, totalOrder } from "./solutionNames.js";

/** A quantity whose mean square is a term of the loss, or a part of one. */
export interface Quantity {
  readonly term: string;
  /** Its lists of points: pairs where it compares two places. */
  readonly at: readonly Points<Column>[];
  /** Its values [P, 1, N]. */
  readonly outputs: f.Tensor;
}

/** All quantities at P parameter points, conditions first; or those at wanted lists of points. */
export function quantitiesOf(
  network: SolutionNetwork,
  problem: PinnProblem,
  points: PinnPoints<Column>,
  theta: f.Tensor,
  unknowns: Unknowns = {},
  isWanted: (list: Points<Column>) => boolean = () => true,
): Quantity[] {
  const names = namesOf(problem);
  const conditions = conditionsOf(problem, points, unknowns).filter(({ at: [list] }) => isWanted(list));
  const fieldAt = (at: readonly Points<Column>[], takes: Condition["takes"]) =>
    solutionField(transformed(network, problem), theta, names, { at, takes });
  const values = valuesOf(conditions, names, fieldAt);
  const known = conditions.map(({ term, at }, i) => ({ term, at, outputs: values[i] }));
  const { collocation } = points;
  if (!isWanted(collocation)) return known;
  const equations = equationsOf(problem);
  const takes = equations.flatMap(({ expression }) => derivativesIn(expression, names));
  const field = fieldAt([collocation], takes);
  const residuals = equations.map(({ term, expression }) => {
    const outputs = residualOf(expression, names, field, collocation, unknowns);
    return { term, at: [collocation], outputs };
  });
  return [...known, ...residuals];
}

/** Conditions that take the same derivatives share an evaluation of the network. */
function valuesOf(
  conditions: readonly Condition[],
  names: SolutionNames,
  fieldAt: (at: readonly Points<Column>[], takes: Condition["takes"]) => SolutionField,
): f.Tensor[] {
  const keyOf = ({ takes }: Condition) => [...new Set(takes.map(({ orders }) => orders.join()))].sort().join(" ");
  const fields = new Map<string, { at: Points<Column>[]; field: SolutionField }>();
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
  points: Points<Column>,
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
