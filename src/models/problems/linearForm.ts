import { type Expression, namesIn } from "./expression.js";
import { foldExpression } from "./foldExpression.js";

/** Σ coefficients[name]·name + rest, where the rest has none of the names in the sum. */
export interface LinearForm {
  readonly coefficients: Readonly<Record<string, number>>;
  readonly rest: Expression | undefined;
}

/**
 * Splits off the terms that are linear in `variables` with constant coefficients. Undefined when the variables occur in
 * another way.
 */
export function linearForm(expression: Expression, variables: ReadonlySet<string>): LinearForm | undefined {
  const coefficients: Record<string, number> = {};
  let rest: Expression | undefined;
  /** Adds factor · node. */
  const collect = (node: Expression, factor: number): boolean => {
    if (node.kind === "name" && variables.has(node.name)) {
      coefficients[node.name] = (coefficients[node.name] ?? 0) + factor;
      return true;
    }
    if (!namesIn(node).some(({ name }) => variables.has(name))) {
      const { index } = node;
      const term = foldExpression({ kind: "*", operands: [{ kind: "number", value: factor, index }, node], index }, {});
      rest = rest ? { kind: "+", operands: [rest, term], index } : term;
      return true;
    }
    switch (node.kind) {
      case "negate":
        return collect(node.operands[0], -factor);
      case "+":
        return collect(node.operands[0], factor) && collect(node.operands[1], factor);
      case "-":
        return collect(node.operands[0], factor) && collect(node.operands[1], -factor);
      case "*": {
        const [a, b] = node.operands;
        if (a.kind === "number") return collect(b, a.value * factor);
        return b.kind === "number" && collect(a, b.value * factor);
      }
      case "/": {
        const [a, b] = node.operands;
        return b.kind === "number" && collect(a, factor / b.value);
      }
      default:
        return false;
    }
  };
  return collect(expression, 1) ? { coefficients, rest } : undefined;
}
