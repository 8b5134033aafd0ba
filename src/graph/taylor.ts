import { jvp } from "./differentiate.js";
import { add, cos, div, exp, mul, neg, pow, sin, sub } from "./operators/elementwise.js";
import { zeros } from "./operators/movement.js";
import { type Tensor, topologicalOrder } from "./tensor.js";

/** The coefficients of a power series in s, from that of s¹ on; undefined ones are zero. */
type Coefficients = readonly (Tensor | undefined)[];

/** The whole series of an operand: the coefficient of s⁰ is its value. */
type Series = readonly (Tensor | undefined)[];

/**
 * The derivatives of a tensor of orders 1 … `order` along a direction: those of output(point + s·tangent) in s at 0.
 * Taylor-mode differentiation (Griewank & Walther 2008, chapter 13) computes them in O(order²) operations for each
 * operator, where nested forward mode takes exponentially many. An operator without a rule falls back to nested
 * forward mode.
 */
export function directionalDerivatives(output: Tensor, point: Tensor, tangent: Tensor, order: number): Tensor[] {
  const coefficients = taylor(output, point, tangent, order) ?? nested(output, point, tangent, order);
  let factorial = 1;
  return coefficients.map((coefficient, i) => {
    factorial *= i + 1;
    return coefficient ? mul(factorial, coefficient) : zeros(output.shape);
  });
}

function taylor(output: Tensor, point: Tensor, tangent: Tensor, order: number): Coefficients | undefined {
  const known = new Map<Tensor, Coefficients>([
    [point, Array.from({ length: order }, (_, i) => (i ? undefined : tangent))],
  ]);
  const none: Coefficients = new Array(order).fill(undefined);
  for (const node of topologicalOrder([output])) {
    if (known.has(node)) continue;
    const own = node.inputs.map((operand) => known.get(operand));
    if (own.every((series) => series === undefined)) continue;
    const rule = rules[node.operator.name];
    const isBilinear = bilinear.has(node.operator.name) && own.filter((series) => series).length === 1;
    if (isBilinear || linear.has(node.operator.name)) {
      const of = (i: number) => own.map((series) => series?.[i]);
      known.set(
        node,
        none.map((_, i) => (of(i).some((part) => part) ? node.operator.jvp(node, of(i)) : undefined)),
      );
    } else if (rule) {
      const operands = node.inputs.map((operand, i) => [operand, ...(own[i] ?? none)]);
      known.set(node, rule(operands, node, order));
    } else if (node.type !== "bool") {
      return undefined;
    }
  }
  return known.get(output) ?? none;
}

/** The coefficients by differentiation in s again and again. */
function nested(output: Tensor, point: Tensor, tangent: Tensor, order: number): Coefficients {
  const found: Tensor[] = [];
  let last = output;
  let factorial = 1;
  for (let i = 1; i <= order; i++) {
    [last] = jvp([last], [point], [tangent]);
    factorial *= i;
    found.push(div(last, factorial));
  }
  return found;
}

/** Operators whose forward rule is linear in all tangents and free of the moving values. */
const linear = new Set([
  ...["add", "sub", "neg", "reshape", "expand", "reduceSum", "transpose", "slice", "pad", "concat", "gather"],
  // Linear on each side of a threshold.
  ...["relu", "abs", "where", "maximum", "minimum", "stopGradient"],
]);

/** Operators that are linear in each operand; these are linear when only one moves. */
const bilinear = new Set(["mul", "matmul", "conv2d"]);

type Rule = (operands: readonly Series[], node: Tensor, order: number) => Coefficients;

const sum = (parts: readonly (Tensor | undefined)[]): Tensor | undefined =>
  parts.reduce((total, part) => (total && part ? add(total, part) : (total ?? part)), undefined);

const product = (a: Tensor | undefined, b: Tensor | undefined) => a && b && mul(a, b);

const scaled = (factor: number, a: Tensor | undefined) => a && mul(factor, a);

const minus = (a: Tensor | undefined, b: Tensor | undefined) => (a && b ? sub(a, b) : (a ?? (b && neg(b))));

const upTo = (k: number) => Array.from({ length: k + 1 }, (_, i) => i);

/** The coefficient of sᵏ of a·b. */
const convolved = (a: Series, b: Series, k: number) => sum(upTo(k).map((i) => product(a[i], b[k - i])));

/** The coefficient of sᵏ of a². */
function squared(a: Series, k: number): Tensor | undefined {
  const pairs = upTo(k).slice(0, Math.ceil(k / 2));
  const middle = k % 2 === 0 ? a[k / 2] && pow(a[k / 2]!, 2) : undefined;
  return sum([scaled(2, sum(pairs.map((i) => product(a[i], a[k - i])))), middle]);
}

/** The coefficient of sᵏ of y where y′ = w·z′, from w up to sᵏ⁻¹. */
const integrated = (w: Series, z: Series, k: number) =>
  scaled(
    1 / k,
    sum(
      upTo(k)
        .slice(1)
        .map((j) => scaled(j, product(z[j], w[k - j]))),
    ),
  );

/** A function with y′ = w(y)·z′; `factor` gives the coefficient of sᵏ of w from y. */
const autonomous =
  (factor: (y: Series, k: number) => Tensor | undefined): Rule =>
  ([z], node, order) => {
    const y: (Tensor | undefined)[] = [node];
    const w: (Tensor | undefined)[] = [];
    for (let k = 1; k <= order; k++) {
      w.push(factor(y, k - 1));
      y.push(integrated(w, z, k));
    }
    return y.slice(1);
  };

/** Sine and cosine together: s′ = c·z′, c′ = −s·z′. */
function circular(z: Series, s: Tensor, c: Tensor, order: number): [sine: Coefficients, cosine: Coefficients] {
  const [sine, cosine]: (Tensor | undefined)[][] = [[s], [c]];
  for (let k = 1; k <= order; k++) {
    const [next, slope] = [integrated(cosine, z, k), integrated(sine, z, k)];
    sine.push(next);
    cosine.push(slope && neg(slope));
  }
  return [sine.slice(1), cosine.slice(1)];
}

/** y = xᵃ, from x·y′ = a·y·x′; whole powers by products, which are right at x = 0, too. */
function power(x: Series, node: Tensor, exponent: number, order: number): Coefficients {
  if (exponent === 2)
    return upTo(order)
      .slice(1)
      .map((k) => squared(x, k));
  if (Number.isInteger(exponent) && exponent > 2) {
    let y = x;
    for (let i = 1; i < exponent; i++) y = upTo(order).map((k) => convolved(y, x, k));
    return y.slice(1);
  }
  const y: (Tensor | undefined)[] = [node];
  for (let k = 1; k <= order; k++) {
    const parts = upTo(k).slice(1);
    const total = sum(parts.map((j) => scaled(exponent * j - (k - j), product(x[j], y[k - j]))));
    y.push(total && div(scaled(1 / k, total)!, x[0]!));
  }
  return y.slice(1);
}

const rules: Readonly<Record<string, Rule | undefined>> = {
  mul: ([a, b], _, order) =>
    upTo(order)
      .slice(1)
      .map((k) => convolved(a, b, k)),
  div([a, b], node, order) {
    const y: (Tensor | undefined)[] = [node];
    for (let k = 1; k <= order; k++) {
      const change = minus(
        a[k],
        sum(
          upTo(k)
            .slice(1)
            .map((j) => product(b[j], y[k - j])),
        ),
      );
      y.push(change && div(change, b[0]!));
    }
    return y.slice(1);
  },
  tanh: autonomous((y, k) => (k === 0 ? sub(1, pow(y[0]!, 2)) : scaled(-1, squared(y, k)))),
  sigmoid: autonomous((y, k) => minus(y[k], squared(y, k))),
  exp: autonomous((y, k) => y[k]),
  sin: ([z], node, order) => circular(z, node, cos(z[0]!), order)[0],
  cos: ([z], node, order) => circular(z, sin(z[0]!), node, order)[1],
  log([x], node, order) {
    const y: (Tensor | undefined)[] = [node];
    for (let k = 1; k <= order; k++) {
      const rest = sum(
        upTo(k - 1)
          .slice(1)
          .map((j) => scaled(j / k, product(y[j], x[k - j]))),
      );
      const change = minus(x[k], rest);
      y.push(change && div(change, x[0]!));
    }
    return y.slice(1);
  },
  sqrt: ([x], node, order) => power(x, node, 0.5, order),
  pow: ([x], node, order) => power(x, node, (node.attributes as { exponent: number }).exponent, order),
  /** erf′(x) = 2/√π·exp(−x²). */
  erf([x], _, order) {
    const exponent: Series = upTo(order).map((k) => scaled(-1, squared(x, k)));
    const bell = exp(exponent[0]!);
    const w: Series = [bell, ...rules.exp!([exponent], bell, order)].map((part) =>
      scaled(2 / Math.sqrt(Math.PI), part),
    );
    return upTo(order)
      .slice(1)
      .map((k) => integrated(w, x, k));
  },
};
