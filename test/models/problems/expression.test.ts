import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { input } from "../../../src/graph/tensor.js";
import { evaluateExpression } from "../../../src/models/problems/evaluateExpression.js";
import { ExpressionError, namesIn } from "../../../src/models/problems/expression.js";
import { foldExpression } from "../../../src/models/problems/foldExpression.js";
import { linearForm } from "../../../src/models/problems/linearForm.js";
import { lowerExpression } from "../../../src/models/problems/lowerExpression.js";
import { parseExpression } from "../../../src/models/problems/parseExpression.js";
import { run } from "../../graph/run.js";

const evaluate = (source: string, values = {}) => evaluateExpression(parseExpression(source), values);
const errorOf = (work: () => unknown): ExpressionError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof ExpressionError, String(error));
    return error;
  }
  return assert.fail("expected an ExpressionError");
};

test("powers bind before signs, signs before products, products before sums", () => {
  assert.equal(evaluate("-2^2"), -4);
  assert.equal(evaluate("2^3^2"), 512);
  assert.equal(evaluate("2**3**2"), 512);
  assert.equal(evaluate("2^-1"), 0.5);
  assert.equal(evaluate("2*-3"), -6);
  assert.equal(evaluate("- -3"), 3);
  assert.equal(evaluate("8 - 4 - 2"), 2);
  assert.equal(evaluate("8 / 4 / 2"), 1);
  assert.equal(evaluate("1 + 2 * 3"), 7);
  assert.equal(evaluate("(1 + 2) * 3"), 9);
});

test("numbers, constants, functions and names", () => {
  assert.equal(evaluate("1.5e-3 + .5 + 2."), 2.5015);
  assert.equal(evaluate("sin(pi/2) + log(e)"), 2);
  assert.equal(evaluate("sin(x - beta*t)", { x: 1, beta: 2, t: 3 }), Math.sin(-5));
  assert.deepEqual(
    namesIn(parseExpression("u_t + beta*u_x - u_t*pi")).map(({ name }) => name),
    ["u_t", "beta", "u_x"],
  );
});

test("errors point at the character and say what was found and what would do", () => {
  const cases: [string, number, RegExp][] = [
    ["1 + * 2", 4, /expected a number, a name or \( at character 5, found "\*"/],
    ["(1 + 2", 6, /expected \) at character 7, found the end/],
    ["2 x", 2, /expected an operator or the end at character 3, found "x"/],
    ["", 0, /expected a number, a name or \( at character 1, found the end/],
    ["u_t + β", 6, /unexpected "β" at character 7/],
    ["x; y", 1, /unexpected ";" at character 2/],
    ["sni(x)", 0, /unknown function "sni" at character 1; did you mean sin\?/],
    ["2 + sin", 7, /expected \( after the function sin at character 8, found the end/],
    ["constructor(1)", 0, /unknown function "constructor"/],
    ["1 + " + "(".repeat(101) + "1" + ")".repeat(101), 105, /nested deeper than 100 levels at character 106/],
    ["1 + " + "-".repeat(101) + "1", 105, /nested deeper/],
    ["1+".repeat(60_000) + "1", 100000, /at most 100000 characters, found 120001/],
  ];
  for (const [source, index, message] of cases) {
    const error = errorOf(() => parseExpression(source));
    assert.match(error.message, message);
    assert.equal(error.index, index, source);
  }
});

test("an unknown name is an error, also when every object inherits it", () => {
  assert.match(
    errorOf(() => evaluate("1 + bata", { beta: 1 })).message,
    /unknown name "bata" at character 5; did you mean beta\?/,
  );
  for (const name of ["__proto__", "constructor", "toString"]) {
    assert.match(errorOf(() => evaluate(name, { beta: 1 })).message, /unknown name .* known: beta/);
    assert.match(errorOf(() => lowerExpression(parseExpression(name), {})).message, /unknown name .* none is known/);
  }
});

test("terms with a coefficient of zero vanish", () => {
  const equation = parseExpression("u_t - nu*u_xx + beta*u_x - rho*u*(1 - u)");
  const left = (coefficients: Record<string, number>) =>
    namesIn(foldExpression(equation, coefficients)).map(({ name }) => name);
  assert.deepEqual(left({ nu: 0, beta: 30, rho: 0 }), ["u_t", "u_x"]);
  assert.deepEqual(left({ nu: 1, beta: 0, rho: 5 }), ["u_t", "u_xx", "u"]);
  assert.deepEqual(left({}), ["u_t", "nu", "u_xx", "beta", "u_x", "rho", "u"]);
});

test("terms linear in given names are told from the rest", () => {
  const form = (source: string) => linearForm(parseExpression(source), new Set(["u_x", "u_t"]));
  const linear = form("2*(u_t - u_x/4) - (u_x + x*u) + 1")!;
  assert.deepEqual(linear.coefficients, { u_t: 2, u_x: -1.5 });
  assert.equal(evaluateExpression(linear.rest!, { x: 3, u: 5 }), -14);
  for (const source of ["u*u_x", "u_x^2", "sin(u_t)", "1/u_x", "u_x*u_t"])
    assert.equal(form(source), undefined, source);
});

/** Random formulas in x and y, in which nothing overflows. */
const formula = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("x", "y", "2", "0.5", "0", "1"),
    fc
      .tuple(tie("node"), fc.constantFrom("+", "-", "*"), tie("node"))
      .map(([a, operator, b]) => `(${a}) ${operator} ${b}`),
    fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(${a}) / (1 + (${b})^2)`),
    fc.tuple(fc.constantFrom("sin", "cos", "tanh"), tie("node")).map(([name, a]) => `${name}(${a})`),
    tie("node").map((a) => `-(${a})^2`),
  ),
})).node;

test("numbers, folded numbers, tensors and JavaScript agree on random formulas", async () => {
  const property = fc.asyncProperty(formula, async (source) => {
    const [x, y] = [0.7, -1.3];
    const expression = parseExpression(source);
    const expected = evaluateExpression(expression, { x, y });
    const script = source
      .replaceAll("^2", "**2")
      .replaceAll("-(", "-1*(")
      .replace(/(sin|cos|tanh)/g, "Math.$1");
    const evaluated = new Function("x", "y", `return ${script}`)(x, y);
    const close = (value: number) => Math.abs(value - expected) <= 1e-12 * Math.max(1, Math.abs(expected));
    assert.ok(close(evaluated), source);
    assert.ok(close(evaluateExpression(foldExpression(expression, { x }), { y })), source);
    const tensors = { x: input("x", []), y: input("y", []) };
    const lowered = lowerExpression(expression, tensors);
    if (typeof lowered === "number") return assert.ok(close(lowered), source);
    const { z } = await run(
      { inputs: tensors, outputs: { z: lowered } },
      { x: Float64Array.of(x), y: Float64Array.of(y) },
    );
    assert.ok(close(z[0]), source);
  });
  await fc.assert(property, { seed: 5, numRuns: 200 });
});

test("a power needs a constant exponent or a constant positive base", async () => {
  const x = input("x", []);
  const lowered = lowerExpression(parseExpression("2^x + e^x + x^1.5"), { x });
  const { y } = await run({ inputs: { x }, outputs: { y: lowered as typeof x } }, { x: Float64Array.of(2) });
  assert.ok(Math.abs(y[0] - (4 + Math.E ** 2 + 2 ** 1.5)) < 1e-12);
  const error = errorOf(() => lowerExpression(parseExpression("1 + x^x"), { x }));
  assert.match(error.message, /power at character 6 needs a constant exponent or a constant base > 0/);
});
