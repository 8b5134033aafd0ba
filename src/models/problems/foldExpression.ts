import { evaluateExpression } from "./evaluateExpression.js";
import { type Expression, ExpressionError, fromBottom } from "./expression.js";

/**
 * Replaces names by numbers and computes the constant parts. Terms multiplied by zero vanish, whatever they contain,
 * and so do + 0, · 1, / 1 and ^ 1.
 */
export function foldExpression(expression: Expression, values: Readonly<Record<string, number>>): Expression {
  return fromBottom<Expression>(expression, (node, operands) => foldNode(node, operands, values));
}

/** A node with folded operands. */
function foldNode(
  expression: Expression,
  operands: readonly Expression[],
  values: Readonly<Record<string, number>>,
): Expression {
  const { index } = expression;
  if (expression.kind === "number") return expression;
  if (expression.kind === "name") {
    return Object.hasOwn(values, expression.name)
      ? { kind: "number", value: values[expression.name], index }
      : expression;
  }
  const [a, b] = operands;
  const folded: Expression =
    expression.kind === "negate" || expression.kind === "call"
      ? { ...expression, operands: [a] }
      : { ...expression, operands: [a, b] };
  if (operands.every(({ kind }) => kind === "number")) {
    return { kind: "number", value: evaluateExpression(folded, {}), index };
  }
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

/**
 * Throws ExpressionError when an expression is not finite for any values of its free names: a constant part is NaN or
 * infinite, or it divides by a constant zero. `values` are the values of the known names.
 */
export function requireFinite(expression: Expression, values: Readonly<Record<string, number>>): void {
  fromBottom<Expression>(expression, (node, operands) => {
    const folded = foldNode(node, operands, values);
    const [, divisor] = operands;
    const isZero = node.kind === "/" && divisor.kind === "number" && divisor.value === 0;
    if (isZero || (folded.kind === "number" && !Number.isFinite(folded.value))) {
      const what = isZero ? "divides by 0" : `is ${folded.kind === "number" ? folded.value : "not finite"}`;
      throw new ExpressionError(node.index, `the part at character ${node.index + 1} ${what}; expected a finite value`);
    }
    return folded;
  });
}
