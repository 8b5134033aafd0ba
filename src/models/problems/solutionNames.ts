import { type Expression, ExpressionError, fromBottom, namesIn, unknownName } from "./expression.js";

/** The highest order of a derivative. */
const ORDER_LIMIT = 8;

/**
 * The names of a differential equation: its variables, in the order of the network's inputs, and what it solves for.
 */
export interface SolutionNames {
  readonly variables: readonly string[];
  readonly outputs: readonly string[];
}

/** An output differentiated `orders[i]` times in variable i. */
export interface Derivative {
  readonly output: string;
  readonly orders: readonly number[];
}

/** What u, u_x, u_xxt, … mean, in any order of the variables; undefined for any other name. */
export function derivativeOf(name: string, { variables, outputs }: SolutionNames): Derivative | undefined {
  const [output, letters, ...rest] = name.split("_");
  if (!outputs.includes(output) || rest.length > 0 || letters === "") return undefined;
  const orders = variables.map((variable) => [...(letters ?? "")].filter((letter) => letter === variable).length);
  return totalOrder({ orders }) === (letters ?? "").length ? { output, orders } : undefined;
}

export const totalOrder = ({ orders }: Pick<Derivative, "orders">) => orders.reduce((sum, order) => sum + order, 0);

/** u_xxt, with the variables in the order of the network's inputs. */
function derivativeName({ output, orders }: Derivative, variables: readonly string[]): string {
  const letters = variables.map((variable, i) => variable.repeat(orders[i])).join("");
  return letters ? `${output}_${letters}` : output;
}

/** The outputs and their derivatives in an expression, each once, in order of appearance. */
export function derivativesIn(expression: Expression, names: SolutionNames): Derivative[] {
  return namesIn(expression).flatMap(({ name }) => derivativeOf(name, names) ?? []);
}

/**
 * The expression with derivatives under their one name: u_tx becomes u_xt. Throws ExpressionError for a name that is
 * none of the variables, the outputs, their derivatives up to the highest order, and `others`.
 */
export function withSolutionNames(
  expression: Expression,
  names: SolutionNames,
  others: readonly string[] = [],
): Expression {
  const { variables, outputs } = names;
  return fromBottom<Expression>(expression, (node, operands) => {
    if (node.kind !== "name") return "operands" in node ? ({ ...node, operands } as Expression) : node;
    const { name, index } = node;
    if (others.includes(name) || variables.includes(name)) return node;
    const derivative = derivativeOf(name, names);
    if (!derivative) {
      const low = [outputs, firstOf(names), secondOf(names)].flat();
      throw unknownName("name", name, index, [...variables, ...low, ...others]);
    }
    if (totalOrder(derivative) > ORDER_LIMIT) {
      const found = `"${name}" at character ${index + 1} is of order ${totalOrder(derivative)}`;
      throw new ExpressionError(index, `${found}; expected at most ${ORDER_LIMIT}`);
    }
    return { ...node, name: derivativeName(derivative, variables) };
  });
}

/** u_x for every output u and variable x. */
const firstOf = ({ variables, outputs }: SolutionNames) =>
  outputs.flatMap((output) => variables.map((name) => `${output}_${name}`));

/** u_xx, u_xy for every output u and variable x, and every y after it. */
const secondOf = ({ variables, outputs }: SolutionNames) =>
  outputs.flatMap((output) =>
    variables.flatMap((first, i) => variables.slice(i).map((second) => `${output}_${first}${second}`)),
  );
