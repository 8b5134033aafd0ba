import type { Discretization, LinearPart } from "./discretization.js";
import { fourierTransform } from "./fourierTransform.js";

/**
 * Real functions with the period upper − lower, known at n = 2^k equispaced points from `lower` on, as coefficients of
 * e^{iκ_k(x − lower)} with κ_k = 2πk/(upper − lower), k = 0 … n/2. In a state, real and imaginary parts of all
 * functions at one k are neighbours.
 */
export function fourierDiscretization(
  [lower, upper]: readonly [number, number],
  n: number,
  fields: number,
): Discretization {
  const waves = n / 2 + 1;
  const width = 2 * fields;
  const unit = (2 * Math.PI) / (upper - lower);

  function state(values: readonly Float64Array[]): Float64Array {
    const result = new Float64Array(waves * width);
    for (const [field, value] of values.entries()) {
      const [real, imaginary] = [value.slice(), new Float64Array(n)];
      fourierTransform(real, imaginary, "forward");
      for (let k = 0; k < waves; k++) {
        result[k * width + 2 * field] = real[k] / n;
        result[k * width + 2 * field + 1] = imaginary[k] / n;
      }
    }
    return result;
  }

  function derivative(of: Float64Array, field: number, order: number): Float64Array {
    const [real, imaginary] = [new Float64Array(n), new Float64Array(n)];
    for (let k = 0; k < waves; k++) {
      const [a, b] = symbol(order, k);
      const [c, d] = [of[k * width + 2 * field], of[k * width + 2 * field + 1]];
      real[k] = a * c - b * d;
      imaginary[k] = a * d + b * c;
      if (k === 0 || 2 * k === n) continue;
      real[n - k] = real[k];
      imaginary[n - k] = -imaginary[k];
    }
    fourierTransform(real, imaginary, "backward");
    return real;
  }

  /** (iκ_k)^order. The odd derivatives of the highest wave vanish at all nodes. */
  function symbol(order: number, k: number): [number, number] {
    if (order % 2 === 1 && 2 * k === n) return [0, 0];
    const size = (unit * k) ** order;
    return [
      [size, 0],
      [0, size],
      [-size, 0],
      [0, -size],
    ][order % 4] as [number, number];
  }

  const sample = (of: Float64Array, points: Float64Array) =>
    Array.from({ length: fields }, (_, field) =>
      points.map((point) => seriesAt(of.subarray(2 * field), waves, width, unit * (point - lower))),
    );

  function blocks(linear: LinearPart): Float64Array[] {
    return Array.from({ length: waves }, (_, k) => {
      const block = new Float64Array(width * width);
      for (const [i, row] of linear.entries()) {
        for (const [j, coefficients] of row.entries()) {
          for (const [order, coefficient] of coefficients.entries()) {
            const [a, b] = symbol(order, k);
            const at = 2 * i * width + 2 * j;
            block[at] += coefficient * a;
            block[at + 1] -= coefficient * b;
            block[at + width] += coefficient * b;
            block[at + width + 1] += coefficient * a;
          }
        }
      }
      return block;
    });
  }

  const nodes = Float64Array.from({ length: n }, (_, i) => lower + ((upper - lower) * i) / n);
  return { nodes, state, derivative, sample, rate: state, blocks, fixedRate: () => undefined };
}

/**
 * The real function with these coefficients, every `stride` numbers, at an angle: Horner's rule in z = e^{i·angle}. All
 * waves but the first and the last stand for two.
 */
function seriesAt(coefficients: Float64Array, waves: number, stride: number, angle: number): number {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  let [re, im] = [0, 0];
  for (let k = waves - 1; k >= 0; k--) {
    const twice = k === 0 || k === waves - 1 ? 1 : 2;
    [re, im] = [re * c - im * s, re * s + im * c];
    re += twice * coefficients[k * stride];
    im += twice * coefficients[k * stride + 1];
  }
  return re;
}
