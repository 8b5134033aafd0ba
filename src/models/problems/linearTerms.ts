import { type Expression, namesIn } from "./expression.js";
import { linearForm } from "./linearForm.js";

/** The terms of a sum: Σ linear[name]·name + rest. */
export interface LinearTerms {
  readonly linear: Readonly<Record<string, number>>;
  /** All other terms; undefined when there are none. */
  readonly rest: Expression | undefined;
}

/**
 * Takes the terms that are a constant times a name of `variables` out of a sum, and leaves all others, in which these
 * names may occur, too. Sums in parentheses with a constant factor count as sums.
 */
export function linearTerms(expression: Expression, variables: ReadonlySet<string>): LinearTerms {
  const linear: Record<string, number> = {};
  let rest: Expression | undefined;
  const terms: { node: Expression; factor: number }[] = [{ node: expression, factor: 1 }];
  for (let term = terms.pop(); term; term = terms.pop()) {
    const { node, factor } = term;
    const form = namesIn(node).some(({ name }) => variables.has(name)) ? linearForm(node, variables) : undefined;
    const parts = form && !form.rest ? undefined : partsOf(node, factor);
    if (form && !form.rest) {
      for (const [name, value] of Object.entries(form.coefficients))
        linear[name] = (linear[name] ?? 0) + factor * value;
    } else if (parts) {
      terms.push(...parts.reverse());
    } else {
      const { index } = node;
      const scaled: Expression =
        factor === 1 ? node : { kind: "*", operands: [{ kind: "number", value: factor, index }, node], index };
      rest = rest ? { kind: "+", operands: [rest, scaled], index } : scaled;
    }
  }
  return { linear, rest };
}

/** The terms of factor · node; undefined when it is no sum. */
function partsOf(node: Expression, factor: number): { node: Expression; factor: number }[] | undefined {
  switch (node.kind) {
    case "negate":
      return [{ node: node.operands[0], factor: -factor }];
    case "+":
    case "-": {
      const [a, b] = node.operands;
      return [
        { node: a, factor },
        { node: b, factor: node.kind === "+" ? factor : -factor },
      ];
    }
    case "*": {
      const [a, b] = node.operands;
      if (a.kind === "number") return [{ node: b, factor: factor * a.value }];
      return b.kind === "number" ? [{ node: a, factor: factor * b.value }] : undefined;
    }
    case "/": {
      const [a, b] = node.operands;
      return b.kind === "number" ? [{ node: a, factor: factor / b.value }] : undefined;
    }
    default:
      return undefined;
  }
}
