import { evaluateExpression } from "./evaluateExpression.js";
import type { Expression } from "./expression.js";

/**
 * Puts numbers in for names and computes what is then constant. Terms that are multiplied by zero vanish, whatever
 * they contain, as do + 0, · 1, / 1 and ^ 1.
 */
export function foldExpression(expression: Expression, values: Readonly<Record<string, number>>): Expression {
  const { index } = expression;
  if (expression.kind === "number") return expression;
  if (expression.kind === "name") {
    return Object.hasOwn(values, expression.name)
      ? { kind: "number", value: values[expression.name], index }
      : expression;
  }
  const operands = expression.operands.map((operand) => foldExpression(operand, values));
  const folded = { ...expression, operands } as unknown as Expression;
  if (operands.every(({ kind }) => kind === "number")) {
    return { kind: "number", value: evaluateExpression(folded, {}), index };
  }
  const [a, b] = operands;
  const is = (node: Expression, value: number) => node.kind === "number" && node.value === value;
  switch (expression.kind) {
    case "+":
      return is(a, 0) ? b : is(b, 0) ? a : folded;
    case "-":
      return is(b, 0) ? a : is(a, 0) ? { kind: "negate", operands: [b], index } : folded;
    case "*":
      if (is(a, 0) || is(b, 0)) return { kind: "number", value: 0, index };
      return is(a, 1) ? b : is(b, 1) ? a : folded;
    case "/":
      return is(a, 0) || is(b, 1) ? a : folded;
    case "^":
      return is(b, 0) ? { kind: "number", value: 1, index } : is(b, 1) ? a : folded;
    default:
      return folded;
  }
}
