/** What scripts in test/fixtures compute by PyTorch, and how Cirque's losses are held to it. */
import assert from "node:assert/strict";
import type { Objective } from "../../../src/models/problems/objective.js";

/** A loss with its terms, its gradient and its product of the Hessian matrix with the vector sin(0.9 i). */
export interface Published {
  terms: Record<string, number>;
  loss: number;
  gradient: number[];
  product: number[];
}

/** Numbers that the scripts have, too: sin(0), sin(step), sin(2 step), …. */
export const sines = (count: number, step: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(i * step));

const relative = (a: ArrayLike<number>, b: readonly number[]) =>
  Math.hypot(...b.map((value, i) => a[i] - value)) / Math.hypot(...b);

/** Both sum in f64, in other orders: ten digits agree. */
const TOLERANCE = 1e-10;

/** Requires PyTorch's numbers of an objective at θ. Resolves to the names of the columns beside the loss. */
export async function requirePyTorch(objective: Objective, theta: Float64Array, expected: Published) {
  const { loss, ...terms } = await objective.lossTerms(theta);
  for (const [term, value] of Object.entries(expected.terms)) {
    assert.ok(Math.abs(terms[term][0] - value) <= TOLERANCE * value, `${term}: ${terms[term][0]} instead of ${value}`);
  }
  assert.ok(Math.abs(loss[0] - expected.loss) <= TOLERANCE * expected.loss, `loss: ${loss[0]}`);
  const { gradient } = await objective.lossAndGradient(theta);
  const product = await objective.hessianVectorProduct(theta, sines(theta.length, 0.9));
  for (const [name, found, known] of [
    ["gradient", gradient, expected.gradient],
    ["product", product, expected.product],
  ] as const) {
    assert.ok(relative(found, known) <= TOLERANCE, `${name}: ${relative(found, known)}`);
  }
  return Object.keys(terms);
}
