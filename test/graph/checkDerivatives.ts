import assert from "node:assert/strict";
import { gradient, hessianVectorProduct, jvp } from "../../src/graph/differentiate.js";
import * as f from "../../src/graph/functions.js";
import { type Shape, sizeOf } from "../../src/graph/shape.js";
import { constant, input, type Tensor } from "../../src/graph/tensor.js";
import type { Random } from "../../src/linalg/random.js";
import { run } from "./run.js";

/** How to try a function: random shapes of its operands, and a tensor in which it occurs. */
export interface Example {
  shapes: (random: Random) => Shape[];
  build: (operands: Tensor[], random: Random) => Tensor;
  /** Draws an operand's value; the default is any number in (−1, 1), kinks and poles excepted. */
  draw?: (random: Random) => number;
}

export const signed = (random: Random) => (random.integer(2) ? 1 : -1) * (0.1 + 0.9 * random.uniform());

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i], 0);

/** Throws unless numbers agree to the tolerance, relative to the largest expected one or 1. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    assert.ok(difference <= tolerance * scale, `${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
  }
}

/**
 * Tries an example once: first and second derivatives against central differences, forward against reverse mode,
 * backends against the reference. Returns the tensor that was tried.
 */
export async function checkDerivatives({ shapes, build, draw = signed }: Example, random: Random): Promise<Tensor> {
  const operands = shapes(random).map((shape, i) => input(`x${i}`, shape));
  const tangents = operands.map(({ shape }, i) => input(`v${i}`, shape));
  const inputs = Object.fromEntries([...operands, ...tangents].map((x, i) => [`in${i}`, x]));
  const values = [...operands, ...tangents].map(({ shape }, i) =>
    Float64Array.from({ length: sizeOf(shape) }, () => (i < operands.length ? draw(random) : random.normal())),
  );
  const y = build(operands, random);
  const weights = constant(
    Float64Array.from({ length: sizeOf(y.shape) }, () => random.normal()),
    y.shape,
  );
  const scalar = f.sum(f.mul(weights, f.add(y, f.mul(y, y))));
  const gradients = gradient(scalar, operands);
  const products = operands.map((x, i) => hessianVectorProduct(scalar, x, tangents[i]));
  const reversed = operands.map((x, i) => gradient(f.sum(f.mul(gradients[i], tangents[i])), [x])[0]);
  const forward = jvp([y, scalar], operands, tangents);
  const outputs = Object.fromEntries(
    [y, scalar, ...forward, ...gradients, ...products, ...reversed].map((tensor, i) => [`out${i}`, tensor]),
  );
  const evaluate = async (operandValues: Float64Array[], options = {}) => {
    const feeds = [...operandValues, ...values.slice(operands.length)];
    const results = await run({ inputs, outputs }, Object.fromEntries(feeds.map((v, i) => [`in${i}`, v])), options);
    const list = Object.keys(outputs).map((key) => results[key]);
    const [ys, scalars, dy, dscalar, ...rest] = list;
    const n = operands.length;
    return { list, ys, scalars, dy, dscalar, g: rest.slice(0, n), hv: rest.slice(n, 2 * n), rr: rest.slice(2 * n) };
  };
  const own = values.slice(0, operands.length);
  const tangentValues = values.slice(operands.length);
  const at = await evaluate(own);
  const step = 1e-5;
  const moved = (sign: number, only?: number) =>
    own.map((x, i) =>
      x.map((value, k) => value + (only === undefined || only === i ? sign * step * tangentValues[i][k] : 0)),
    );
  const slope = (plus: Float64Array, minus: Float64Array) => plus.map((value, k) => (value - minus[k]) / (2 * step));

  const [plus, minus] = [await evaluate(moved(1)), await evaluate(moved(-1))];
  assertClose(at.dy, slope(plus.ys, minus.ys), 1e-7, "forward derivative");
  assertClose(at.dscalar, slope(plus.scalars, minus.scalars), 1e-7, "directional derivative");
  const inner = at.g.reduce((sum, g, i) => sum + dot(g, tangentValues[i]), 0);
  assertClose(at.dscalar, [inner], 1e-12, "gradient · tangent");
  for (const i of operands.keys()) {
    const [up, down] = [await evaluate(moved(1, i)), await evaluate(moved(-1, i))];
    assertClose([dot(at.g[i], tangentValues[i])], slope(up.scalars, down.scalars), 1e-7, `gradient ${i}`);
    assertClose(at.hv[i], slope(up.g[i], down.g[i]), 1e-7, `Hessian-vector product ${i}`);
    assertClose(at.hv[i], at.rr[i], 1e-12, `forward over reverse against reverse over reverse ${i}`);
  }
  for (const [dtype, tolerance] of [
    ["f64", 1e-12],
    ["f32", 1e-5],
  ] as const) {
    const other = await evaluate(own, { backend: "onnxruntime", dtype });
    for (const [i, result] of other.list.entries())
      assertClose(result, at.list[i], tolerance, `onnxruntime ${dtype} ${i}`);
  }
  return y;
}
