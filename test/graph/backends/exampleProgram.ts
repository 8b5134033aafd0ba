import { gradient, hessianVectorProduct } from "../../../src/graph/differentiate.js";
import * as f from "../../../src/graph/functions.js";
import type { Program } from "../../../src/graph/program.js";
import { sizeOf } from "../../../src/graph/shape.js";
import type { Random } from "../../../src/linalg/random.js";
import { type Example, signed } from "../checkDerivatives.js";

/** A program with the value, gradients and Hessian–vector products of an example, and something to feed it with. */
export function exampleProgram(
  { shapes, build, draw = signed }: Example,
  random: Random,
): { program: Program; feeds: Record<string, Float64Array> } {
  const operands = shapes(random).map((shape, i) => f.input(`x${i}`, shape));
  const tangents = operands.map(({ shape }, i) => f.input(`v${i}`, shape));
  const listed = [...operands, ...tangents].map((x, i) => [`in${i}`, x] as const);
  const value = build(operands, random);
  const weights = f.constant(
    Float64Array.from({ length: sizeOf(value.shape) }, () => random.normal()),
    value.shape,
  );
  const scalar = f.sum(f.mul(weights, f.add(value, f.mul(value, value))));
  const gradients = gradient(scalar, operands).map((g, i) => [`gradient ${i}`, g]);
  const products = operands.map((x, i) => [`product ${i}`, hessianVectorProduct(scalar, x, tangents[i])]);
  return {
    program: {
      inputs: Object.fromEntries(listed),
      outputs: { value, ...Object.fromEntries([...gradients, ...products]) },
    },
    feeds: Object.fromEntries(
      listed.map(([name, { shape }], i) => [
        name,
        Float64Array.from({ length: sizeOf(shape) }, () => (i < operands.length ? draw(random) : random.normal())),
      ]),
    ),
  };
}
